import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APIError } from 'openai';
import { chatPassage } from '../../src/dialects/openai-chat/passage.ts';
import type { Fault } from '../../src/fault.ts';
import { stamp } from '../open-context.ts';
import { sdkClient } from './sdk-client.ts';

const cut: Fault = { kind: 'upstream_error', message: 'The upstream broke off its answer.' };
const ending =
  'data: {"error":{"message":"The upstream broke off its answer.","type":"gateway_error","param":null,"code":"upstream_error"}}\n\ndata: [DONE]\n\n';
const usage = {
  inputTokens: 20,
  cachedInputTokens: 8,
  cacheWriteTokens: 0,
  outputTokens: 7,
  reasoningTokens: 2,
  totalTokens: 27,
};
const counted = {
  prompt_tokens: 20,
  prompt_tokens_details: { cached_tokens: 8, audio_tokens: 0 },
  completion_tokens: 7,
  completion_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 27,
};

function chunk(choices: readonly object[], more: object = {}): string {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-5.5-2026' };
  return `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
}

const delta = (index: number, content: string, finish: string | null = null) => ({
  index,
  delta: { content },
  finish_reason: finish,
});

const begun = [chunk([delta(0, '')], { usage: null }), chunk([delta(0, 'Hel')]), chunk([delta(0, 'lo')])];
const finished = [chunk([delta(0, '', 'stop')]), chunk([], { usage: counted })];

function following(text: string) {
  const follower = chatPassage.follow({ model: 'gpt-5.5', stamp });
  follower.push(text);
  return follower;
}

test('a stream that says that it is over gets nothing added', () => {
  const follower = following([...begun, ...finished, 'data: [DONE]\n\n'].join(''));
  assert.deepEqual(follower.told(), { usage, fault: null });
  assert.deepEqual([follower.ended(), follower.fail(cut)], [true, '']);
});

test('a stream that is cut in the middle of its text ends with an error that the SDK throws', async () => {
  for (let count = 0; count <= begun.length; count += 1) {
    const passed = begun.slice(0, count).join('');
    const follower = following(passed);
    assert.equal(follower.ended(), false);
    const added = follower.fail(cut);
    assert.equal(added, ending);
    assert.deepEqual([follower.ended(), follower.fail(cut)], [true, '']);
    const client = sdkClient(passed + added, 'text/event-stream');
    const stream = client.chat.completions.stream({ model: 'gpt-5.5', messages: [] });
    await assert.rejects(stream.finalChatCompletion(), (error) => {
      return error instanceof APIError && error.code === 'upstream_error';
    });
  }
});

test('a server that leaves [DONE] out lacks nothing when all of its choices have ended, but may go on', () => {
  const two = chunk([delta(0, 'a'), delta(1, 'b')]);
  const one = following(two + chunk([delta(0, '', 'stop')]));
  assert.deepEqual([one.isWhole(), one.fail(cut)], [false, ending]);
  const both = following(two + chunk([delta(0, '', 'stop'), delta(1, '', 'length')]));
  assert.deepEqual([both.isWhole(), both.fail(cut), both.ended()], [true, '', false]);
  both.push('data: [DONE]\n\n');
  assert.equal(both.ended(), true);
});

test('an error of the upstream is told and is an end', () => {
  const error = { message: 'Broken.', type: 'server_error', code: 'server_error', param: null };
  const follower = following(`${begun.join('')}data: ${JSON.stringify({ error })}\n\n`);
  assert.deepEqual(follower.told(), {
    usage: null,
    fault: { kind: 'upstream_error', message: 'Broken.' },
  });
  assert.equal(follower.ended(), true);
});

test('nothing comes after the end, no heartbeat either', () => {
  assert.equal(following('data: [DONE]\n\n').heartbeat(), '');
});

test('heartbeats are comments, and chunks that make no sense are passed over', () => {
  const follower = following('data: {broken\n\ndata: 5\n\ndata: {"choices":[5,{"index":0}]}\n\n');
  assert.deepEqual([follower.heartbeat(), follower.ended()], [': ping\n\n', false]);
});

for (const [name, body, expected] of [
  ['a completion', { object: 'chat.completion', usage: counted }, usage],
  ['counts without details', { usage: { prompt_tokens: 1, completion_tokens: 2 } }, 3],
  ['no usage', { object: 'chat.completion' }, null],
  ['odd counts', { usage: { prompt_tokens: 1.5, completion_tokens: 2 } }, null],
  ['something else', 5, null],
] as const) {
  test(`a whole answer is read: ${name}`, () => {
    const told = chatPassage.read(body);
    assert.deepEqual(typeof expected === 'number' ? told.usage?.totalTokens : told.usage, expected);
    assert.equal(told.fault, null);
  });
}
