import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StreamEncoder } from '../../src/dialects/dialect.ts';
import { openChat } from '../../src/dialects/openai-chat/open.ts';
import type { Fault } from '../../src/fault.ts';
import { begin, completed, errorEvent, failed, functionCall, message, upstream } from '../upstream-events.ts';
import { openContext, stamp } from '../open-context.ts';

const drained: Fault = { kind: 'drain_deadline', message: 'The gateway is shutting down.' };
const drainedEnding =
  'data: {"error":{"message":"The gateway is shutting down.","type":"gateway_error","param":null,"code":"server_is_overloaded"}}\n\n' +
  'data: [DONE]\n\n';

function encoder(fields: Readonly<Record<string, unknown>> = {}): StreamEncoder {
  const body = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Go.' }], stream: true, ...fields };
  return openChat(body, openContext()).encoder(stamp);
}

function deltasOf(text: string): readonly unknown[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => JSON.parse(frame.slice('data: '.length)).choices[0]?.delta);
}

test('nothing is said before the answer has begun', () => {
  const stream = encoder();
  assert.equal(stream.push(upstream(begin())), '');
  assert.equal(stream.ended(), false);
});

test('a failure before the first event is an error and the end', () => {
  const stream = encoder();
  assert.equal(stream.fail(drained), drainedEnding);
  assert.equal(stream.ended(), true);
});

test('a failure midway is told once, and nothing comes after it', () => {
  const stream = encoder();
  stream.push(upstream(begin(), message({ at: 0, deltas: ['Hel', 'lo'] }).slice(0, 3)));
  assert.equal(stream.fail(drained), drainedEnding);
  assert.equal(stream.fail(drained), '');
  assert.equal(stream.push(upstream(completed())), '');
});

test('of an error event and the failed response after it only the first is told', () => {
  const stream = encoder();
  const first = { code: 'cyber_policy', message: 'First.' };
  const text = stream.push(
    upstream(begin(), errorEvent(first), failed({ code: 'other', message: 'Second.' })),
  );
  assert.equal(
    text,
    'data: {"error":{"message":"First.","type":"invalid_request_error","param":null,"code":"cyber_policy"}}\n\n' +
      'data: [DONE]\n\n',
  );
});

test('after the end of the answer a failure is nobody’s business', () => {
  const stream = encoder();
  stream.push(upstream(begin(), message({ at: 0, deltas: ['Hello'] }), completed()));
  assert.equal(stream.ended(), true);
  assert.equal(stream.fail(drained), '');
});

test('the prepared frame of a text delta is what JSON.stringify would make', () => {
  const delta = 'quote " backslash \\ newline \n line separator \u2028 emoji 🌍 null \0';
  for (const include_usage of [false, true]) {
    const stream = encoder({ model: 'odd "model"', stream_options: { include_usage } });
    stream.push(upstream(begin(), message({ at: 0, deltas: ['first', delta] }).slice(0, 3)));
    const text = stream.push(
      upstream([
        { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'msg_0', delta },
      ]),
    );
    const chunk = {
      id: `chatcmpl-${stamp.id}`,
      object: 'chat.completion.chunk',
      created: stamp.createdAt,
      model: 'odd "model"',
      choices: [{ index: 0, delta: { content: delta }, logprobs: null, finish_reason: null }],
      ...(include_usage && { usage: null }),
    };
    assert.equal(text, `data: ${JSON.stringify(chunk)}\n\n`);
  }
});

test('what waits behind a call is told as soon as the call is whole', () => {
  const first = functionCall({ at: 0, callId: 'call_a', name: 'a', deltas: ['{}'] });
  const second = functionCall({ at: 1, callId: 'call_b', name: 'b', deltas: ['{"x"', ':1}'] });
  const stream = encoder();
  stream.push(upstream(begin(), first.slice(0, 2)));
  assert.equal(stream.push(upstream(second.slice(0, 2))), '', 'the second call waits');
  assert.deepEqual(deltasOf(stream.push(upstream(first.slice(2)))), [
    { tool_calls: [{ index: 1, id: 'call_b', type: 'function', function: { name: 'b', arguments: '' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{"x"' } }] },
  ]);
  assert.deepEqual(deltasOf(stream.push(upstream(second.slice(2)))), [
    { tool_calls: [{ index: 1, function: { arguments: ':1}' } }] },
  ]);
});
