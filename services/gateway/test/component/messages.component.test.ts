import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { chat, json, messages, responses, send, type Answered } from './client.ts';
import { startStack, type Stack } from './stack.ts';

/** What clients of the Messages API rely on beside the bodies. */

const bounded = { timeout: 60_000 };
const NOON = Date.UTC(2026, 10, 21, 12);

function ask({ url }: Stack, more: object = {}, key?: string): Promise<Answered> {
  const body = messages.body('Say exactly: a word or two', { ...more });
  return send(url + messages.path, { body, ...(key !== undefined && { key }) });
}

function errorOf(answer: Answered): unknown {
  const { error } = json(answer) as { readonly error: unknown }; // compared by the caller
  return error;
}

test('any version and any beta is taken, and a path with one /v1 too many', bounded, async (t) => {
  const { url } = await startStack(t);
  const body = messages.body('hi');
  for (const path of ['/v1/messages?beta=true', '/messages', '/v1/v1/messages?beta=true'])
    assert.equal((await send(url + path, { body })).status, 200, path);
  for (const version of ['2023-06-01', '2026-10-21', '2099-01-01', 'none']) {
    const headers = {
      'anthropic-version': version,
      'anthropic-beta': 'nobody-knows-2030-01-01,claude-code-20250219',
    };
    assert.equal((await send(`${url}/v1/messages?beta=true`, { body, headers })).status, 200, version);
  }
});

test('every answer names its request in the header that the SDK reads', bounded, async (t) => {
  const stack = await startStack(t);
  for (const answer of [await ask(stack), await ask(stack, { max_tokens: 0 })])
    assert.deepEqual(
      [typeof answer.headers['request-id'], answer.headers['request-id']],
      ['string', answer.headers['x-request-id']],
    );
});

test('a probe with a limit of one token is answered with one', bounded, async (t) => {
  const stack = await startStack(t);
  const { content, stop_reason } = json(await ask(stack, { max_tokens: 1 })) as {
    readonly content: unknown;
    readonly stop_reason: unknown;
  }; // compared right here
  assert.deepEqual([content, stop_reason], [[{ type: 'text', text: 'a' }], 'max_tokens']);
});

test('a thread is refused in the words that its client knows, and nobody is asked', bounded, async (t) => {
  const stack = await startStack(t);
  const threads = [{ type: 'create' }, { type: 'continue', previous_message_id: 'msg_1' }];
  for (const thread of threads) {
    const answer = await ask(stack, { thread });
    assert.equal(answer.status, 400);
    assert.deepEqual(errorOf(answer), {
      type: 'invalid_request_error',
      message: 'Message threads are not supported by this gateway.',
      details: { error_code: 'thread_unsupported_request', unsupported: [] },
    });
  }
  assert.equal(stack.simulator.control.journal().counts.responses, 0);
});

/** The headers that only this API has. */
function own({ headers }: Answered): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('anthropic-')));
}

const overflow = 'error code=context_length_exceeded after=2';
const lateOverflow = 'fail code=context_length_exceeded after=5';

test('a prompt that is too long is told with what was sent and what fits', bounded, async (t) => {
  const stack = await startStack(t);
  await send(`${stack.url}/v1/models`); // the catalog says what fits
  for (const [stream, directive] of [
    [false, overflow],
    [true, overflow],
    [false, lateOverflow], // a plain answer is none, however far it had come
  ] as const) {
    stack.simulator.control.nextResponses(directive);
    const answer = await ask(stack, { stream, system: 'word '.repeat(400_000) });
    assert.equal(answer.status, 400);
    const { message } = errorOf(answer) as { readonly message: string }; // compared below
    const [, sent = ''] = /^prompt is too long: (\d+) tokens > 272000 maximum$/.exec(message) ?? [];
    assert.ok(Math.abs(Number(sent) - 500_000) < 100, message);
  }
});

test(
  'where nobody knows what fits the upstream’s words follow the beginning that clients know',
  bounded,
  async (t) => {
    const stack = await startStack(t);
    stack.simulator.control.nextModels('status 500', 100);
    stack.simulator.control.nextResponses(overflow);
    const { message } = errorOf(await ask(stack)) as { readonly message: string }; // matched right here
    assert.match(message, /^prompt is too long: \D/);
  },
);

test(
  'the limits of a key are told in Anthropic’s own headers, to clients of that API alone',
  bounded,
  async (t) => {
    const keys = { limited: { limits: { rpm: 1, tpm: 100_000 } } };
    const stack = await startStack(t, { keys, clock: createManualClock(NOON) });
    const first = await ask(stack, { max_tokens: 100 }, 'sk-limited');
    assert.equal(first.status, 200);
    const told = {
      'anthropic-ratelimit-requests-limit': '1',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-21T12:01:01Z',
      'anthropic-ratelimit-tokens-limit': '100000',
      'anthropic-ratelimit-tokens-remaining': first.headers['x-ratelimit-remaining-tokens'],
      'anthropic-ratelimit-tokens-reset': '2026-11-21T12:01:01Z',
    };
    assert.deepEqual(own(first), told);
    const second = await ask(stack, { max_tokens: 100 }, 'sk-limited');
    assert.equal(second.status, 429);
    assert.equal(own(second)['anthropic-ratelimit-requests-remaining'], '0');
    for (const dialect of [chat, responses]) {
      const answer = await send(stack.url + dialect.path, { key: 'sk-limited', body: dialect.body('hi') });
      assert.deepEqual(own(answer), {});
    }
  },
);
