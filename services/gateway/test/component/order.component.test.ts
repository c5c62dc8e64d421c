import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startStack, type Stack } from './stack.ts';
import { chat, json, messages, send, type Ask } from './client.ts';

const bounded = { timeout: 60_000 };

const past = '2020-01-01T00:00:00Z';
const narrow = { allow: ['gpt-6*'] };
const keys = {
  disabled: { status: 'disabled', expiresAt: past },
  expired: { expiresAt: past },
  // every limit is too small for any request: whichever is checked first is told
  none: {
    models: narrow,
    limits: { maxTokens: 1, tpm: 1, rpm: 1, rpd: 1, concurrency: 1 },
    quota: { tokens: 1, period: 'day' },
  },
  tokens: { limits: { maxTokens: 1, tpm: 1 }, quota: { tokens: 1, period: 'day' } },
  quota: { limits: { rpm: 1, tpm: 1 }, quota: { tokens: 1, period: 'day' } },
  rpm: { limits: { rpm: 1, rpd: 1, tpm: 3_000, concurrency: 1 } },
  rpd: { limits: { rpd: 1, tpm: 1, concurrency: 1 } },
  tpm: { limits: { tpm: 1, concurrency: 1 } },
  slots: { limits: { concurrency: 1 } },
  free: {},
};

async function codeOf({ url }: Stack, ask: Ask, path = chat.path): Promise<unknown> {
  const { error } = json(await send(url + path, ask)) as { error: { code: unknown } }; // the OpenAI envelope
  return error.code;
}

const unknown = { model: 'gpt-none', max_tokens: 5 };
const encoded = { 'content-encoding': 'compress' };
const large = 'x'.repeat(5_000);

/** Each row is wrong in everything that is checked from its code on. */
const rows: readonly (readonly [code: string, ask: Ask, path?: string])[] = [
  ['unknown_url', { key: 'sk-no', body: '{' }, '/v1/nothing'],
  ['method_not_allowed', { key: 'sk-no', method: 'PUT', body: '{' }],
  ['missing_api_key', { key: null, headers: encoded, body: large }],
  ['invalid_api_key', { key: 'sk-no', headers: encoded, body: large }],
  ['api_key_disabled', { key: 'sk-disabled', headers: encoded, body: large }],
  ['api_key_expired', { key: 'sk-expired', headers: encoded, body: large }],
  ['request_too_large', { key: 'sk-none', headers: encoded, body: large }],
  ['unsupported_encoding', { key: 'sk-none', headers: encoded, body: '{' }],
  ['invalid_request', { key: 'sk-none', body: '{' }],
  ['invalid_request', { key: 'sk-none', body: chat.body('hi', { ...unknown, messages: 5 }) }],
  ['model_not_allowed', { key: 'sk-none', body: chat.body('hi', unknown) }],
  ['model_not_found', { key: 'sk-tokens', body: chat.body('hi', unknown) }],
  ['max_tokens_exceeded', { key: 'sk-tokens', body: chat.body('hi', { max_tokens: 5 }) }],
  ['quota_exceeded', { key: 'sk-quota', body: chat.body('hi') }],
];

test('checks run in one order, and the first that fails is told', bounded, async (t) => {
  const stack = await startStack(t, { keys, environment: { MAX_BODY_BYTES: '4096' } });
  await send(`${stack.url}/v1/models`, { key: 'sk-free' }); // the catalog is known
  for (const [code, ask, path] of rows) {
    await t.test(`${code} comes before whatever is wrong besides`, async () => {
      assert.equal(await codeOf(stack, ask, path), code);
    });
  }
  assert.equal(stack.simulator.control.journal().counts.responses, 0);
});

test(
  'of the limits, requests come before tokens, and slots last; the account comes after all of them',
  bounded,
  async (t) => {
    const stack = await startStack(t, { keys });
    const { control } = stack.simulator;
    const ask = (key: string) => codeOf(stack, { key: `sk-${key}`, body: chat.body('hi') });
    control.hold('responses');
    const running = ['rpm', 'slots'].map((key) =>
      send(stack.url + chat.path, { key: `sk-${key}`, body: chat.body('hi') }),
    );
    await control.until(() => control.waiting('responses') === running.length);
    assert.equal(await ask('rpm'), 'rate_limit_rpm');
    assert.equal(await ask('tpm'), 'rate_limit_tpm');
    assert.equal(await ask('slots'), 'concurrent_limit');
    control.release('responses');
    await Promise.all(running);

    const lonely = await startStack(t, { keys, environment: { BROKER_URL: 'http://127.0.0.1:1' } });
    assert.equal(await codeOf(lonely, { key: 'sk-tpm', body: chat.body('hi') }), 'rate_limit_tpm');
    assert.equal(await codeOf(lonely, { key: 'sk-free', body: chat.body('hi') }), 'oauth_unavailable');
  },
);

test('requests per day come before tokens', bounded, async (t) => {
  const byDay = { day: { limits: { rpd: 1, tpm: 3_000, concurrency: 1 } } };
  const stack = await startStack(t, { keys: byDay });
  assert.equal((await send(stack.url + chat.path, { key: 'sk-day', body: chat.body('hi') })).status, 200);
  assert.equal(await codeOf(stack, { key: 'sk-day', body: chat.body('x'.repeat(20_000)) }), 'rate_limit_rpd');
});

/** The first line and the rest of what a server says to a head whose body never comes. */
async function answerToHead({ url }: Stack, headers: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('latin1');
  socket.write(
    ['POST /v1/chat/completions HTTP/1.1', 'host: x', 'content-length: 900', ...headers, '', ''].join('\r\n'),
  );
  let text = '';
  while (!text.includes('}')) text += String((await once(socket, 'data'))[0]);
  socket.destroy();
  return text;
}

test('the body of a request is not waited for before its key is accepted', bounded, async (t) => {
  const stack = await startStack(t, { keys });
  assert.match(await answerToHead(stack, []), /^HTTP\/1\.1 401 [^]*missing_api_key/);
  assert.match(await answerToHead(stack, ['x-api-key: sk-no']), /^HTTP\/1\.1 401 [^]*invalid_api_key/);
  assert.match(await answerToHead(stack, ['x-api-key: sk-disabled']), /^HTTP\/1\.1 403 [^]*api_key_disabled/);
});

test('a gateway at its ceiling says so to who has a key, before the body has come', bounded, async (t) => {
  const stack = await startStack(t, { keys, environment: { MAX_CONCURRENT_REQUESTS: '2' } });
  const { control } = stack.simulator;
  control.hold('responses');
  const running = [1, 2].map(() => send(stack.url + chat.path, { key: 'sk-free', body: chat.body('hi') }));
  await control.until(() => control.waiting('responses') === 2);
  assert.match(await answerToHead(stack, ['x-api-key: sk-no']), /^HTTP\/1\.1 401 /);
  const refused = await answerToHead(stack, ['x-api-key: sk-free']);
  assert.match(refused, /^HTTP\/1\.1 503 [^]*server_is_overloaded/);
  assert.match(refused, /^retry-after: 1\r$/im);
  assert.match(refused, /^x-gateway-outcome: overloaded\r$/im);
  const claude = await send(stack.url + messages.path, { key: 'sk-free', body: messages.body('hi') });
  assert.equal(claude.status, 529);
  assert.equal((await send(`${stack.url}/healthz`, { key: null })).status, 200);
  control.release('responses');
  for (const answer of await Promise.all(running)) assert.equal(answer.status, 200);
});
