import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startStack } from './stack.ts';
import { chat, json, messages, responses, send, type DialectCase } from './client.ts';

const bounded = { timeout: 60_000 };
const keys = { capped: { limits: { maxTokens: 100 } } };
const sentence = 'This key allows at most 100 output tokens, the request asks for 101.';

const asks: readonly (readonly [DialectCase, Readonly<Record<string, number>>])[] = [
  [chat, { max_tokens: 101 }],
  [chat, { max_completion_tokens: 101 }],
  [chat, { max_completion_tokens: 1, max_tokens: 101 }],
  [chat, { max_completion_tokens: 1, max_output_tokens: 101 }],
  [responses, { max_output_tokens: 101 }],
  [responses, { max_output_tokens: 1, max_tokens: 101 }],
  [messages, { max_tokens: 101 }],
];

test(
  'a request for more tokens than the key allows is refused, and the field that asks for most is named',
  bounded,
  async (t) => {
    const { url, simulator } = await startStack(t, { keys });
    for (const [dialect, limits] of asks) {
      await t.test(`${dialect.name}: ${JSON.stringify(limits)}`, async () => {
        const answer = await send(url + dialect.path, { key: 'sk-capped', body: dialect.body('hi', limits) });
        assert.deepEqual([answer.status, answer.headers['x-gateway-outcome']], [400, 'client_error']);
        const { error } = json(answer) as { error: Record<string, unknown> }; // compared below
        const code = 'max_tokens_exceeded';
        const { message, type } = error;
        assert.deepEqual([message, type], [sentence, 'invalid_request_error']);
        const param = Object.entries(limits).find(([, tokens]) => tokens > 100)?.[0];
        assert.deepEqual(
          dialect === messages ? error['details'] : { code: error['code'], param: error['param'] },
          dialect === messages ? { error_code: code } : { code, param },
        );
      });
    }
    assert.equal(simulator.control.journal().counts.responses, 0);
  },
);

test('the cap itself is allowed', bounded, async (t) => {
  const { url } = await startStack(t, { keys });
  for (const dialect of [chat, responses, messages]) {
    const limit = dialect === responses ? { max_output_tokens: 100 } : { max_tokens: 100 };
    const answer = await send(url + dialect.path, { key: 'sk-capped', body: dialect.body('hi', limit) });
    assert.equal(answer.status, 200, answer.text);
  }
});
