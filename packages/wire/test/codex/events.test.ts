import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeEvent, isRealEvent, isTerminal, usageOf } from '../../src/codex/events.ts';
import {
  begin,
  completed,
  customCall,
  errorEvent,
  failed,
  functionCall,
  incomplete,
  message,
  noise,
  reasoning,
  refusalMessage,
  upstream,
} from '../upstream-events.ts';

test('every event of an ordinary answer is known', () => {
  const events = upstream(
    begin(),
    reasoning({ at: 0, summary: [['Hm.']] }),
    message({ at: 1, deltas: ['Hello'] }),
    refusalMessage({ at: 2, deltas: ['No.'] }),
    functionCall({ at: 3, callId: 'call_1', name: 'f', deltas: ['{}'] }),
    customCall({ at: 4, callId: 'call_2', name: 'c', deltas: ['ls'] }),
    completed(),
    incomplete('max_output_tokens'),
    failed({ code: 'x', message: 'Broken.' }),
    errorEvent({ code: 'x', message: 'Broken.' }),
  );
  assert.deepEqual(
    events.filter(({ type }) => type === 'other' || type === 'malformed'),
    [],
  );
});

test('members that no schema names stay on the event', () => {
  const raw = {
    type: 'response.output_text.delta',
    output_index: 0,
    content_index: 0,
    item_id: 'msg_0',
    delta: 'Hi',
    obfuscation: 'xyz',
  };
  assert.deepEqual(decodeEvent(JSON.stringify(raw)), raw);
});

test('an unknown type is an event of its own, with its body', () => {
  const body = { type: 'codex.rate_limits', plan_type: 'plus' };
  assert.deepEqual(decodeEvent(JSON.stringify(body)), { type: 'other', name: 'codex.rate_limits', body });
});

test('a type that is a member of every object is unknown too', () => {
  assert.deepEqual(decodeEvent('{"type":"constructor"}'), {
    type: 'other',
    name: 'constructor',
    body: { type: 'constructor' },
  });
});

const malformed: readonly (readonly [string, string | null])[] = [
  ['', null],
  ['{', null],
  ['null', null],
  ['"response.completed"', null],
  ['[]', null],
  ['{}', null],
  ['{"type":7}', null],
  ['{"type":"response.completed"}', 'response.completed'],
  ['{"type":"response.completed","response":null}', 'response.completed'],
  ['{"type":"response.output_text.delta","output_index":0,"content_index":0}', 'response.output_text.delta'],
  [
    '{"type":"response.output_text.delta","output_index":"0","content_index":0,"delta":""}',
    'response.output_text.delta',
  ],
  ['{"type":"response.output_item.done","output_index":0}', 'response.output_item.done'],
  ['{"type":"response.output_item.done","output_index":0,"item":{}}', 'response.output_item.done'],
];

for (const [data, name] of malformed) {
  test(`${data || 'empty data'} is malformed, and no exception`, () => {
    assert.deepEqual(decodeEvent(data), { type: 'malformed', name });
  });
}

test('an error event is the same whether its members stand at the top or under "error"', () => {
  const members = { code: 'server_error', message: 'Broken.', param: null };
  assert.deepEqual(decodeEvent(JSON.stringify({ type: 'error', error: { type: 'x', ...members } })), {
    type: 'error',
    error: { type: 'x', ...members },
  });
  assert.deepEqual(decodeEvent(JSON.stringify({ type: 'error', ...members })), {
    type: 'error',
    error: { type: null, ...members },
  });
});

test('an answer is over with its completed, incomplete, failed or error event', () => {
  const over = upstream(
    begin(),
    message({ at: 0, deltas: ['Hi'] }),
    completed(),
    incomplete('x'),
    failed({}),
    errorEvent({}),
    noise(),
  )
    .filter(isTerminal)
    .map(({ type }) => type);
  assert.deepEqual(over, ['response.completed', 'response.incomplete', 'response.failed', 'error']);
});

test('an answer has not begun before its first item, delta or ending', () => {
  const preludes = upstream(begin(), [{ type: 'response.queued' }], noise());
  assert.deepEqual(preludes.filter(isRealEvent), []);
  assert.equal(isRealEvent({ type: 'malformed', name: null }), false);
  const real = upstream(message({ at: 0, deltas: ['Hi'] }), completed(), failed({}), errorEvent({}));
  assert.deepEqual(real.filter(isRealEvent), real);
});

test('usage is read with its details', () => {
  const usage = {
    input_tokens: 20,
    output_tokens: 7,
    total_tokens: 28,
    input_tokens_details: { cached_tokens: 8, cache_write_tokens: 4 },
    output_tokens_details: { reasoning_tokens: 2 },
  };
  assert.deepEqual(usageOf({ usage }), {
    inputTokens: 20,
    cachedInputTokens: 8,
    cacheWriteTokens: 4,
    outputTokens: 7,
    reasoningTokens: 2,
    totalTokens: 28,
  });
});

test('what usage does not say is zero or the sum', () => {
  assert.deepEqual(usageOf({ usage: { input_tokens: 3, output_tokens: 4 } }), {
    inputTokens: 3,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 4,
    reasoningTokens: 0,
    totalTokens: 7,
  });
  assert.equal(usageOf({ usage: null }), null);
  assert.equal(usageOf({}), null);
});

for (const usage of [
  { input_tokens: 10, output_tokens: -5, total_tokens: 5 },
  { input_tokens: 1.5, output_tokens: 1 },
  { input_tokens: 1e308, output_tokens: 1 },
  { input_tokens: '10', output_tokens: 1 },
  'many',
]) {
  test(`a usage that makes no sense is none, and costs no answer: ${JSON.stringify(usage)}`, () => {
    const event = decodeEvent(JSON.stringify({ type: 'response.completed', response: { id: 'r', usage } }));
    assert.equal(event.type, 'response.completed');
    assert.equal('response' in event && usageOf(event.response), null);
  });
}
