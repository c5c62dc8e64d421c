import assert from 'node:assert/strict';
import { test } from 'node:test';
import { responsesPassage } from '../../src/dialects/openai-responses/passage.ts';
import type { Fault } from '../../src/fault.ts';
import { noUsage } from '../../src/usage.ts';
import { stamp } from '../open-context.ts';
import {
  begin,
  completed,
  errorEvent,
  failed,
  functionCall,
  incomplete,
  message,
  noise,
  reasoning,
  upstreamText,
} from '../upstream-events.ts';
import { readFrames } from './frames.ts';
import { assertReadable, responseOf } from './legal.ts';

const cut: Fault = { kind: 'upstream_error', message: 'The upstream broke off its answer.' };
const usage = {
  inputTokens: 20,
  cachedInputTokens: 8,
  cacheWriteTokens: 0,
  outputTokens: 7,
  reasoningTokens: 2,
  totalTokens: 27,
};

function follow() {
  return responsesPassage.follow({ model: 'gpt-5.5', stamp });
}

const whole = upstreamText(
  begin(),
  reasoning({ at: 0, summary: [['Hm', 'm.']] }),
  message({ at: 1, deltas: ['Hel', 'lo.'] }),
  functionCall({ at: 2, callId: 'call_1', name: 'f', deltas: ['{"a"', ':1}'] }),
  completed(),
);

test('a stream that has told its end gets nothing added', () => {
  const follower = follow();
  follower.push(whole);
  assert.deepEqual(follower.told(), { usage, fault: null });
  assert.deepEqual([follower.ended(), follower.fail(cut), follower.heartbeat()], [true, '', '']);
});

test('a stream that is cut after any event goes on to a legal end, with the items that had begun', async () => {
  const frames = whole.split(/(?<=\n\n)/);
  for (let count = 0; count < frames.length; count += 1) {
    const follower = follow();
    const passed = frames.slice(0, count).join('');
    follower.push(passed);
    assert.deepEqual([follower.ended(), follower.told().usage], [false, null]);
    const text = passed + follower.fail(cut);
    const read = readFrames(text);
    assert.deepEqual(
      read.map(({ data }) => data['sequence_number']),
      [...read.keys()],
    );
    const [first, error, last] = [read[0], read.at(-2), read.at(-1)];
    assert.ok(first && error && last);
    assert.deepEqual(
      [first.event, error.event, last.event],
      ['response.created', 'error', 'response.failed'],
    );
    const { id, status, output, error: why } = responseOf(last);
    assert.deepEqual(
      [id, status, why],
      [responseOf(first)['id'], 'failed', { code: 'upstream_error', message: cut.message }],
    );
    const added = read.filter(({ event }) => event === 'response.output_item.added');
    assert.equal(Array.isArray(output) && output.length, added.length);
    assert.deepEqual([follower.ended(), follower.fail(cut)], [true, '']);
    await assertReadable(text);
  }
});

test('a heartbeat is a comment until the upstream has named its answer, then it says that again', () => {
  const follower = follow();
  assert.equal(follower.heartbeat(), ': ping\n\n');
  follower.push(upstreamText(begin(), noise().slice(0, 2)));
  const beat = follower.heartbeat();
  assert.deepEqual([beat, follower.heartbeat()], [beat, beat]);
  const [frame] = readFrames(`${beat}data: [DONE]\n\n`);
  assert.ok(frame);
  // the number of the last event: the ones that follow are the upstream's
  assert.deepEqual([frame.event, frame.data['sequence_number']], ['response.in_progress', 3]);
  assert.equal(responseOf(frame)['id'], 'resp_0a1b2c3d4e5f60718293a4b5c6d7e8f9');
});

for (const [name, end, told] of [
  ['an incomplete answer has used tokens', incomplete('max_output_tokens'), { usage, fault: null }],
  [
    'a failure of the upstream is told as such',
    failed({ code: 'server_error', message: 'Broken.' }),
    { usage: null, fault: { kind: 'upstream_error', message: 'Broken.' } },
  ],
  [
    'an error event is an end',
    errorEvent({ code: 'server_error', message: 'Broken.' }),
    { usage: null, fault: { kind: 'upstream_error', message: 'Broken.' } },
  ],
] as const) {
  test(name, () => {
    const follower = follow();
    follower.push(upstreamText(begin(), end));
    assert.deepEqual([follower.told(), follower.ended()], [told, true]);
  });
}

test('only the first of two endings counts', () => {
  const follower = follow();
  follower.push(upstreamText(begin(), completed(), failed({ code: 'x', message: 'y' })));
  assert.deepEqual(follower.told(), { usage, fault: null });
});

test('events that make no sense are passed over', () => {
  const follower = follow();
  follower.push(`data: {broken\n\nnonsense\n\ndata: [DONE]\n\n${upstreamText(begin(), completed())}`);
  assert.deepEqual(follower.told(), { usage, fault: null });
});

const counted = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 27,
};

for (const [name, body, told] of [
  ['a response', { object: 'response', status: 'completed', usage: counted }, { usage, fault: null }],
  ['a compaction', { object: 'response.compaction', usage: counted }, { usage, fault: null }],
  [
    'a count of tokens, which costs none',
    { object: 'response.input_tokens', input_tokens: 20 },
    { usage: noUsage, fault: null },
  ],
  [
    'a response that failed',
    {
      object: 'response',
      status: 'failed',
      error: { code: 'server_error', message: 'Broken.' },
      usage: counted,
    },
    { usage, fault: { kind: 'upstream_error', message: 'Broken.' } },
  ],
  [
    'a response in the background',
    { object: 'response', status: 'queued', usage: null },
    { usage: null, fault: null },
  ],
  ['something else', ['response'], { usage: null, fault: null }],
  ['odd counts', { object: 'response', usage: { input_tokens: -1 } }, { usage: null, fault: null }],
] as const) {
  test(`a whole answer is read: ${name}`, () => {
    assert.deepEqual(responsesPassage.read(body), told);
  });
}
