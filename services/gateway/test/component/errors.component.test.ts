import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startStack } from './stack.ts';
import { chat, dialectCases, json, messages, responses, send, type Ask, type DialectCase } from './client.ts';

const bounded = { timeout: 60_000 };

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly outcome: string;
  readonly param?: string | null;
  /** The `error.type` of the Messages API. */
  readonly type: string;
  readonly message: string;
  /** Beside those that every error has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of a refusal in the envelope of a dialect. */
function envelope(dialect: DialectCase, { message, code, param = null, type }: Refusal): unknown {
  if (dialect !== messages) return { error: { message, type: 'invalid_request_error', param, code } };
  const error_code = code === 'unsupported_encoding' ? 'request_body_encoding_unsupported' : code;
  return { type: 'error', error: { type, message, details: { error_code } }, request_id: 'case-1' };
}

const badRequest = {
  status: 400,
  code: 'invalid_request',
  outcome: 'client_error',
  type: 'invalid_request_error',
} as const;

/** How a dialect says that a field is missing or wrong. */
function field(dialect: DialectCase, param: string, wrong: string | null): Refusal {
  const bracketed =
    wrong === null ? `Missing required parameter: '${param}'.` : `Invalid value for '${param}': ${wrong}.`;
  const message = dialect === messages ? `${param}: ${wrong ?? 'Field required'}` : bracketed;
  return { ...badRequest, message, param };
}

const keys = {
  open: {},
  disabled: { status: 'disabled', expiresAt: '2020-01-01T00:00:00Z' },
  expired: { expiresAt: '2020-01-01T00:00:00Z' },
  narrow: { models: { allow: ['gpt-6*'] } },
};

type Row = readonly [
  what: string,
  ask: (dialect: DialectCase) => Ask,
  refusal: (dialect: DialectCase) => Refusal,
];

const usual = { key: 'sk-open' };

const rows: readonly Row[] = [
  [
    'no key',
    (dialect) => ({ key: null, body: dialect.body('hi') }),
    () => ({
      status: 401,
      code: 'missing_api_key',
      outcome: 'unauthorized',
      type: 'authentication_error',
      message: 'No API key was given. Send it as Authorization: Bearer <key> or x-api-key: <key>.',
    }),
  ],
  [
    'an unknown key',
    (dialect) => ({ key: 'sk-canary', body: dialect.body('hi') }),
    () => ({
      status: 401,
      code: 'invalid_api_key',
      outcome: 'unauthorized',
      type: 'authentication_error',
      message: 'The API key is not known.',
    }),
  ],
  [
    'a disabled key, even an expired one',
    (dialect) => ({ key: 'sk-disabled', body: dialect.body('hi') }),
    () => ({
      status: 403,
      code: 'api_key_disabled',
      outcome: 'forbidden',
      type: 'permission_error',
      message: 'The API key is disabled.',
    }),
  ],
  [
    'an expired key',
    (dialect) => ({ key: 'sk-expired', body: dialect.body('hi') }),
    () => ({
      status: 401,
      code: 'api_key_expired',
      outcome: 'unauthorized',
      type: 'authentication_error',
      message: 'The API key has expired.',
    }),
  ],
  [
    'a body that is not JSON',
    () => ({ ...usual, body: '{"model": canary' }),
    () => ({ ...badRequest, message: 'The request body is not valid JSON.' }),
  ],
  [
    'no body',
    () => ({ ...usual, method: 'POST' }),
    () => ({ ...badRequest, message: 'The request body is not valid JSON.' }),
  ],
  [
    'a JSON text that is no object',
    () => ({ ...usual, body: '[]' }),
    () => ({ ...badRequest, message: 'The request body must be a JSON object.' }),
  ],
  [
    'a wrong content type',
    (dialect) => ({ ...usual, body: dialect.body('hi'), headers: { 'content-type': 'text/plain' } }),
    () => ({ ...badRequest, message: 'The content-type must be application/json.' }),
  ],
  [
    'no model',
    (dialect) => ({ ...usual, body: dialect.body('hi', { model: undefined }) }),
    (dialect) => field(dialect, 'model', null),
  ],
  [
    'a model that is a number',
    (dialect) => ({ ...usual, body: dialect.body('hi', { model: 5 }) }),
    (dialect) => field(dialect, 'model', 'it must be a string'),
  ],
  [
    'a stream that is a word',
    (dialect) => ({ ...usual, body: dialect.body('hi', { stream: 'yes' }) }),
    (dialect) => field(dialect, 'stream', 'it must be a boolean'),
  ],
  [
    'a body over the limit',
    (dialect) => ({ ...usual, body: dialect.body('x'.repeat(70_000)) }),
    () => ({
      status: 413,
      code: 'request_too_large',
      outcome: 'client_error',
      type: 'request_too_large',
      message: 'The request body is larger than 65536 bytes.',
    }),
  ],
  [
    'a body that unpacks over the limit',
    (dialect) => ({
      ...usual,
      body: gzipSync(JSON.stringify(dialect.body('x'.repeat(70_000)))),
      headers: { 'content-encoding': 'gzip' },
    }),
    () => ({
      status: 413,
      code: 'request_too_large',
      outcome: 'client_error',
      type: 'request_too_large',
      message: 'The request body is larger than 65536 bytes.',
    }),
  ],
  [
    'an encoding that is not supported',
    (dialect) => ({ ...usual, body: dialect.body('hi'), headers: { 'content-encoding': 'compress' } }),
    () => ({
      status: 415,
      code: 'unsupported_encoding',
      outcome: 'client_error',
      type: 'invalid_request_error',
      message: 'The content-encoding is not supported; use one of gzip, x-gzip, deflate, br, zstd.',
    }),
  ],
  [
    'a wrong method',
    () => ({ ...usual, method: 'GET' }),
    () => ({
      status: 405,
      code: 'method_not_allowed',
      outcome: 'client_error',
      type: 'invalid_request_error',
      message: 'Method GET is not allowed here; use POST.',
      headers: { allow: 'POST' },
    }),
  ],
  [
    'a WebSocket upgrade',
    () => ({ ...usual, method: 'GET', headers: { connection: 'Upgrade', upgrade: 'websocket' } }),
    () => ({
      status: 426,
      code: 'method_not_allowed',
      outcome: 'client_error',
      type: 'invalid_request_error',
      message: 'WebSocket is not supported; use HTTP with server-sent events.',
      headers: { upgrade: 'HTTP/1.1', connection: 'close, upgrade' },
    }),
  ],
  [
    'a model that does not exist',
    (dialect) => ({ ...usual, body: dialect.body('hi', { model: 'gpt-canary' }) }),
    () => ({
      status: 404,
      code: 'model_not_found',
      outcome: 'client_error',
      type: 'not_found_error',
      param: 'model',
      message: "The model 'gpt-canary' does not exist or you do not have access to it.",
    }),
  ],
  [
    'a model that the key may not use',
    (dialect) => ({ key: 'sk-narrow', body: dialect.body('hi') }),
    () => ({
      status: 403,
      code: 'model_not_allowed',
      outcome: 'forbidden',
      type: 'permission_error',
      param: 'model',
      message: "This key may not use the model 'gpt-5.5'.",
    }),
  ],
];

test('every refusal of a request, in each dialect', bounded, async (t) => {
  const stack = await startStack(t, { keys, environment: { MAX_BODY_BYTES: '65536' } });
  await send(`${stack.url}/v1/models`, usual); // the catalog is known
  const { url } = stack;
  for (const dialect of dialectCases) {
    for (const [what, ask, refusal] of rows) {
      await t.test(`${dialect.name}: ${what}`, async () => {
        const asked = ask(dialect);
        const headers = { 'x-request-id': 'case-1', ...asked.headers };
        const answer = await send(url + dialect.path, { ...asked, headers });
        const expected = refusal(dialect);
        assert.deepEqual(
          { status: answer.status, body: json(answer) },
          { status: expected.status, body: envelope(dialect, expected) },
        );
        const told = Object.entries({
          'content-type': 'application/json; charset=utf-8',
          'x-request-id': 'case-1',
          'request-id': 'case-1',
          'x-gateway-outcome': expected.outcome,
          ...expected.headers,
        });
        assert.deepEqual(
          told.map(([name]) => [name, answer.headers[name]]),
          told,
        );
        assert.equal(answer.headers['retry-after'], undefined);
      });
    }
  }
  assert.equal(stack.simulator.control.journal().counts.responses, 0);
  assert.equal(stack.logs().includes('canary'), false);
});

const specific: readonly (readonly [what: string, dialect: DialectCase, body: object, param: string])[] = [
  ['no messages', chat, chat.body('', { messages: [] }), 'messages'],
  ['no messages', messages, messages.body('', { messages: [] }), 'messages'],
  ['no input', responses, responses.body('', { input: [] }), 'input'],
  ['an input that is missing', responses, { model: 'gpt-5.5' }, 'input'],
  ['messages that are a text', chat, chat.body('', { messages: 'hi' }), 'messages'],
  [
    'an unknown role',
    chat,
    chat.body('', {
      messages: [
        { role: 'user', content: 'a' },
        { role: 'king', content: 'b' },
      ],
    }),
    'messages[1].role',
  ],
  [
    'an unknown role',
    messages,
    messages.body('', { messages: [{ role: 'king', content: 'b' }] }),
    'messages.0.role',
  ],
  [
    'a content that is a number',
    chat,
    chat.body('', { messages: [{ role: 'user', content: 7 }] }),
    'messages[0].content',
  ],
  [
    'a content that is a number',
    messages,
    messages.body('', { messages: [{ role: 'user', content: 7 }] }),
    'messages.0.content',
  ],
  ['no max_tokens', messages, messages.body('hi', { max_tokens: undefined }), 'max_tokens'],
  ['a max_tokens of zero', messages, messages.body('hi', { max_tokens: 0 }), 'max_tokens'],
  ['an input item that is a number', responses, responses.body('', { input: [7] }), 'input[0]'],
];

test('a refusal names the field at fault as its client writes it', bounded, async (t) => {
  const { url } = await startStack(t, { keys });
  for (const [what, dialect, body, param] of specific) {
    await t.test(`${dialect.name}: ${what}`, async () => {
      const answer = await send(url + dialect.path, { ...usual, body });
      assert.equal(answer.status, 400, answer.text);
      if (dialect === messages) {
        const { error } = json(answer) as { error: { type: string; message: string } }; // compared below
        assert.equal(error.type, 'invalid_request_error');
        assert.ok(error.message.startsWith(`${param}: `), error.message);
      } else {
        const { error } = json(answer) as { error: Record<string, unknown> }; // compared below
        assert.deepEqual(
          { ...error, message: '' },
          { message: '', type: 'invalid_request_error', param, code: 'invalid_request' },
        );
      }
    });
  }
});
