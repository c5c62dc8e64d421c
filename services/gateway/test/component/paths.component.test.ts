import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startStack } from './stack.ts';
import { VERSION } from '../../src/version.ts';
import { dialectCases, json, send } from './client.ts';

const bounded = { timeout: 60_000 };

function openAi(message: string, code: string): unknown {
  return { error: { message, type: 'invalid_request_error', param: null, code } };
}

function anthropic(message: string, type: string, code: string): unknown {
  return { type: 'error', error: { type, message, details: { error_code: code } }, request_id: 'case-1' };
}

const named = { 'x-request-id': 'case-1' };

test(
  'unknown paths are not found, in the envelope of who asks, with and without a key',
  bounded,
  async (t) => {
    const { url } = await startStack(t);
    for (const key of [undefined, null]) {
      for (const path of [
        '/v1/nothing',
        '/v2/chat/completions',
        '/v1',
        '/v1/v1/v1/models',
        '/chat',
        '/favicon.ico',
        '/V1/MESSAGES',
      ]) {
        const answer = await send(url + path, { ...(key === null && { key }), headers: named });
        assert.deepEqual(
          [answer.status, json(answer), answer.headers['x-request-id'], answer.headers['x-gateway-outcome']],
          [404, openAi(`Unknown request URL: GET ${path}.`, 'unknown_url'), 'case-1', 'client_error'],
        );
      }
    }
    const below = await send(`${url}/v1/messages/batches`, { headers: named });
    const message = 'Unknown request URL: GET /v1/messages/batches.';
    assert.deepEqual(json(below), anthropic(message, 'not_found_error', 'unknown_url'));
    const claude = await send(`${url}/v1/complete`, {
      headers: { ...named, 'anthropic-version': '2023-06-01' },
    });
    assert.deepEqual(
      json(claude),
      anthropic('Unknown request URL: GET /v1/complete.', 'not_found_error', 'unknown_url'),
    );
  },
);

test(
  'an answer that a client wants to fetch, delete or cancel is not stored, and that is said',
  bounded,
  async (t) => {
    const { url } = await startStack(t);
    for (const [method, path] of [
      ['GET', '/v1/responses/resp_1'],
      ['GET', '/responses/resp_1?stream=true'],
      ['DELETE', '/v1/responses/resp_1'],
      ['POST', '/v1/responses/resp_1/cancel'],
      ['GET', '/v1/responses/resp_1/input_items'],
    ] as const) {
      const answer = await send(url + path, { method });
      const message = "Response with id 'resp_1' not found: answers are not stored here.";
      const error = { message, type: 'invalid_request_error', param: 'id', code: 'response_not_found' };
      assert.deepEqual([answer.status, json(answer)], [404, { error }], `${method} ${path}`);
    }
    assert.equal((await send(`${url}/v1/responses/resp_1`, { key: null })).status, 401);
    assert.match((await send(`${url}/v1/responses/resp_1`, { method: 'POST' })).text, /"unknown_url"/);
  },
);

test('a path that cannot be decoded is not found', bounded, async (t) => {
  const { url } = await startStack(t);
  const answer = await send(`${url}/v1/models/%E0%A4%A`);
  assert.deepEqual([answer.status, json(answer)], [404, openAi('The path is not valid.', 'unknown_url')]);
});

test('a wrong method says which one is right', bounded, async (t) => {
  const { url } = await startStack(t);
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    for (const { path } of dialectCases) {
      const answer = await send(url + path, { method });
      assert.deepEqual([answer.status, answer.headers.allow], [405, 'POST'], `${method} ${path}`);
    }
  }
  for (const path of ['/v1/models', '/models/gpt-5.5', '/', '/healthz', '/ready']) {
    for (const method of ['POST', 'DELETE']) {
      const answer = await send(url + path, { method });
      assert.deepEqual([answer.status, answer.headers.allow], [405, 'GET, HEAD'], `${method} ${path}`);
    }
  }
});

test('only a WebSocket upgrade is refused: an offer of HTTP/2 is none', bounded, async (t) => {
  const { url } = await startStack(t);
  const connection = 'Upgrade';
  for (const upgrade of ['websocket', 'WebSocket']) {
    for (const path of ['/v1/responses', '/responses', '/v1/chat/completions', '/']) {
      const answer = await send(url + path, { headers: { connection, upgrade } });
      assert.equal(answer.status, 426, `${upgrade} ${path}`);
    }
  }
  const offered = await send(`${url}/v1/models`, { headers: { connection, upgrade: 'h2c' } });
  assert.equal(offered.status, 200);
});

test('every inference path answers with /v1, without it and with two of it', bounded, async (t) => {
  const { url, simulator } = await startStack(t);
  for (const { path, body } of dialectCases) {
    for (const prefix of ['', '/v1', '/v1/v1']) {
      const answer = await send(url + prefix + path.replace('/v1', ''), { body: body('Say exactly: here') });
      assert.equal(answer.status, 200, `${prefix} ${path}: ${answer.text}`);
      assert.ok(answer.text.includes('here'));
    }
  }
  assert.equal(simulator.control.journal().counts.responses, 9);
});

test('a key may come in either header; x-api-key wins, and an empty one is none', bounded, async (t) => {
  const { url } = await startStack(t, { keys: { a: {}, disabled: { status: 'disabled' } } });
  const status = async (headers: Record<string, string>) =>
    (await send(`${url}/v1/models`, { key: null, headers })).status;
  assert.equal(await status({ authorization: 'Bearer sk-a' }), 200);
  assert.equal(await status({ authorization: 'bearer   sk-a ' }), 200);
  assert.equal(await status({ 'x-api-key': 'sk-a' }), 200);
  assert.equal(await status({ 'x-api-key': 'sk-a', authorization: 'Bearer sk-a' }), 200);
  assert.equal(await status({ 'x-api-key': 'sk-a', authorization: 'Bearer other' }), 200);
  assert.equal(await status({ 'x-api-key': 'sk-disabled', authorization: 'Bearer sk-a' }), 403);
  assert.equal(await status({ 'x-api-key': '', authorization: 'Bearer sk-a' }), 200);
  for (const authorization of ['sk-a', 'Basic sk-a', 'Bearer', 'Bearer ', 'Bearer sk-a extra'])
    assert.equal(await status({ authorization }), 401, authorization);
});

test('liveness, readiness and the root need no key', bounded, async (t) => {
  const { url, opsUrl } = await startStack(t);
  await send(`${url}/v1/models`);
  for (const base of [url, opsUrl]) {
    for (const path of ['/healthz', '/health']) {
      const answer = await send(base + path, { key: null });
      const { uptimeSeconds, ...rest } = json(answer) as Record<string, unknown>; // compared below
      assert.deepEqual([answer.status, rest], [200, { status: 'ok', version: VERSION }]);
      assert.ok(Number.isInteger(uptimeSeconds));
    }
    const ready = await send(`${base}/ready`, { key: null });
    const expected = { status: 'ready', mode: 'codex_oauth', reasons: [] };
    assert.deepEqual([ready.status, json(ready)], [200, expected]);
  }
  const root = await send(`${url}/`, { key: null });
  assert.deepEqual(json(root), { name: 'codex-gateway', version: VERSION });
  const asked = await send(`${url}/`, { key: null, method: 'HEAD' });
  assert.deepEqual([asked.status, asked.text], [200, '']);
});

test('before the first token the gateway is alive but not ready, and says so', bounded, async (t) => {
  const { url } = await startStack(t, { environment: { BROKER_URL: 'http://127.0.0.1:1' } });
  assert.equal((await send(`${url}/healthz`)).status, 200);
  const ready = await send(`${url}/ready`);
  const expected = { status: 'not_ready', mode: 'codex_oauth', reasons: ['no_credentials'] };
  assert.deepEqual([ready.status, json(ready)], [503, expected]);
});

test('metrics are on the ops port only, where no request of a client is served', bounded, async (t) => {
  const { url, opsUrl } = await startStack(t);
  assert.equal((await send(`${url}/metrics`)).status, 404);
  const text = await send(`${opsUrl}/metrics`, { key: null });
  assert.match(text.text, /^codex_gateway_build_info\{version="[^"]+"\} 1$/m);
  for (const path of ['/v1/models', '/v1/chat/completions'])
    assert.equal((await send(opsUrl + path)).status, 404);
});

test('nothing tells what software serves, and no answer may be framed or sniffed', bounded, async (t) => {
  const { url } = await startStack(t);
  for (const path of ['/', '/v1/models', '/v1/nothing']) {
    const { headers } = await send(url + path);
    assert.deepEqual([headers['x-powered-by'], headers['server']], [undefined, undefined]);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'SAMEORIGIN');
  }
});
