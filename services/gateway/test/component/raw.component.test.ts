import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { bytesOf, inPieces, sendForBytes, sha256, stackBefore } from './byte-upstream.ts';
import { startStack, type Stack } from './stack.ts';
import { head, json, open, responses, send } from './client.ts';

const bounded = { timeout: 60_000 };
const raw = { 'x-codex-mode': 'raw' };

async function sendRaw({ url }: Stack, body: Buffer | string | object, more: object = {}) {
  return sendForBytes(`${url}/v1/responses`, { headers: { ...raw, ...more }, body });
}

/** Odd in every way that a translation would smooth out. */
const oddBody = Buffer.from(
  '{ "model" : "gpt-5.5",\n\t"temperature": 1.0, "input":"gr\\u00fc\\u00dfe ☃", "model": "gpt-5.5", "of_nobody": [1e2, -0] }\r\n',
);
const usage = '{"input_tokens":7,"output_tokens":3,"total_tokens":10}';
const oddStream = Buffer.from(
  `: hello\r\n\r\ndata: {"type":"response.created"}\r\n\r\nevent: strange\ndata: {"type":"codex.rate_limits","é":"☃"}\n\nid: 7\nretry: 1\nnonsense\ndata: {"type":"response.completed","response":{"output":[],"usage":${usage}}}\n\ndata: {"type":"after.the.end"}`,
);

for (const mode of ['codex_oauth', 'openai_api'] as const) {
  test(`${mode}: request and answer are the same bytes on both sides`, bounded, async (t) => {
    const { stack, received } = await stackBefore(
      t,
      async (res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'up_1' });
        await inPieces(res, oddStream, 5); // through the middle of characters
        res.end();
      },
      { mode },
    );
    const answer = await sendRaw(stack, oddBody);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'text/event-stream');
    assert.equal(answer.headers['x-upstream-request-id'], 'up_1');
    assert.equal(answer.headers['x-gateway-warnings'], undefined);
    assert.equal(sha256(answer.bytes), sha256(oddStream));
    assert.deepEqual(
      received.map(({ bytes }) => sha256(bytes)),
      [sha256(oddBody)],
    );
  });
}

test('the other header asks for the same, in any case of letters', bounded, async (t) => {
  const { stack, received } = await stackBefore(t, (res) => void res.end(oddStream));
  for (const headers of [{ 'x-codex-raw-passthrough': 'True' }, { 'x-codex-mode': 'RAW' }]) {
    const answer = await head(open(`${stack.url}/responses`, { headers, body: oddBody }));
    assert.equal(sha256(await bytesOf(answer)), sha256(oddStream));
  }
  assert.deepEqual(
    received.map(({ bytes }) => sha256(bytes)),
    [sha256(oddBody), sha256(oddBody)],
  );
});

test('compressed bytes stay compressed, and their model is read all the same', bounded, async (t) => {
  const { stack, received } = await stackBefore(t, (res) => void res.end(oddStream), {
    keys: { narrow: { models: { allow: ['gpt-5.5'] } } },
  });
  const body = zstdCompressSync(oddBody);
  const ask = { key: 'sk-narrow', headers: { ...raw, 'content-encoding': 'zstd' } };
  const answer = await send(`${stack.url}/v1/responses`, { ...ask, body });
  assert.equal(answer.status, 200);
  assert.deepEqual(
    [received[0]?.headers['content-encoding'], sha256(received[0]?.bytes ?? oddBody)],
    ['zstd', sha256(body)],
  );
  const other = zstdCompressSync(JSON.stringify({ model: 'gpt-6-sol', input: 'hi' }));
  const refused = await send(`${stack.url}/v1/responses`, { ...ask, body: other });
  assert.deepEqual([refused.status, received.length], [403, 1]);
});

test(
  'the upstream learns what the bytes are and who the gateway is, and nothing else of the client',
  bounded,
  async (t) => {
    const { stack, received } = await stackBefore(t, (res) => void res.end(oddStream));
    await sendRaw(stack, oddBody, {
      accept: 'text/event-stream',
      'session-id': 's-1',
      'thread-id': 't-1',
      cookie: 'canary=1',
      originator: 'canary',
      'user-agent': 'canary',
      'chatgpt-account-id': 'canary',
      'x-codex-turn-state': 'canary',
      'x-codex-installation-id': 'canary',
      'x-request-id': 'req_of_client',
      'openai-organization': 'canary',
    });
    const { host: _host, authorization, 'user-agent': agent, ...headers } = received[0]?.headers ?? {};
    assert.deepEqual(headers, {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'session-id': 's-1',
      'thread-id': 't-1',
      'chatgpt-account-id': 'acct_default',
      originator: 'codex_gateway',
      version: '0.169.0',
      'x-client-request-id': 'req_of_client',
      'content-length': String(oddBody.length),
      connection: 'keep-alive',
    });
    assert.match(String(agent), /^codex-gateway\//);
    assert.notEqual(authorization, 'Bearer sk-stack-key-canary');
  },
);

const refusals = [
  [400, 'application/json', '{"detail" : "Unsupported parameter: temperature"}', 'upstream_refused'],
  [
    400,
    'application/json',
    '{"error":{"message":"☃","type":"t","code":"c","param":"p"}, "more":1}',
    'upstream_refused',
  ],
  [404, 'application/json', '{"detail":"Not Found"}', 'upstream_refused'],
  [422, 'text/plain', 'no JSON at all', 'upstream_refused'],
  [
    429,
    'application/json',
    '{"error":{"type":"usage_limit_reached","message":"m","resets_at":4102444800}}',
    'usage_limit',
  ],
  [403, 'application/json', '{"error":{"code":"cyber_policy","message":"m"}}', 'upstream_refused'],
  [500, 'text/html', '<h1>oh</h1>', 'upstream_error'],
  [503, 'application/json', '{"error":{"code":"server_is_overloaded","message":"m"}}', 'overloaded'],
] as const;

for (const [status, type, text, outcome] of refusals) {
  test(`a ${status} of the upstream (${outcome}) reaches the client byte for byte`, bounded, async (t) => {
    const { stack, received } = await stackBefore(t, (res) => {
      res.writeHead(status, { 'content-type': type, 'retry-after': '7', 'set-cookie': 'canary=1' }).end(text);
    });
    const { headers, ...answer } = await sendRaw(stack, oddBody);
    assert.deepEqual([answer.status, answer.bytes.toString()], [status, text]);
    assert.deepEqual(
      [headers['content-type'], headers['retry-after'], headers['set-cookie'], headers['x-gateway-outcome']],
      [type, '7', undefined, outcome],
    );
    assert.equal(received.length, 1);
  });
}

test('a usage limit that was passed on is known to the next request', bounded, async (t) => {
  const { stack, received } = await stackBefore(t, (res) => {
    const error = {
      type: 'usage_limit_reached',
      message: 'm',
      resets_at: Math.floor(Date.now() / 1000) + 900,
    };
    res.writeHead(429).end(JSON.stringify({ error }));
  });
  assert.equal((await sendRaw(stack, oddBody)).status, 429);
  const next = await send(`${stack.url}/v1/responses`, { body: responses.body('hi') });
  assert.deepEqual(
    [next.status, next.headers['x-gateway-outcome'], received.length],
    [429, 'usage_limit', 1],
  );
});

for (const status of [401, 402, 403]) {
  test(`a ${status} about the account is the gateway's own affair`, bounded, async (t) => {
    const { stack } = await stackBefore(t, (res) => void res.writeHead(status).end('{"detail":"canary"}'));
    const answer = await sendRaw(stack, oddBody);
    assert.equal(answer.status, 503);
    assert.deepEqual(json({ text: answer.bytes.toString() }), {
      error: {
        message: 'oauth token unavailable, run auth login: the upstream accepts no account',
        type: 'gateway_error',
        param: null,
        code: 'oauth_unavailable',
      },
    });
  });
}

test('a refused token is replaced and the same bytes are sent again', bounded, async (t) => {
  const stack = await startStack(t);
  stack.simulator.control.nextResponses('status 401');
  const input = [{ role: 'user', content: [{ type: 'input_text', text: 'Say exactly: hello' }] }];
  const body = { model: 'gpt-5.5', instructions: '', input, stream: true, store: false };
  const answer = await sendRaw(stack, body);
  assert.equal(answer.status, 200, answer.bytes.toString());
});

test('key, model and size are judged as for every other request', bounded, async (t) => {
  const { stack, received } = await stackBefore(t, (res) => void res.end(oddStream), {
    keys: {
      open: {},
      plain: { raw: false },
      narrow: { models: { allow: ['gpt-6*'] } },
      slow: { limits: { rpm: 1 } },
    },
  });
  const codeOf = async (key: string | null, body: Buffer | string) => {
    const { status, text } = await send(`${stack.url}/v1/responses`, { key, headers: raw, body });
    return [status, (json({ text }) as { readonly error: { readonly code: unknown } }).error.code]; // as documented
  };
  assert.deepEqual(await codeOf(null, oddBody), [401, 'missing_api_key']);
  assert.deepEqual(await codeOf('sk-plain', oddBody), [403, 'raw_not_allowed']);
  assert.deepEqual(await codeOf('sk-narrow', oddBody), [403, 'model_not_allowed']);
  assert.deepEqual(await codeOf('sk-open', '{"input":"hi"}'), [400, 'invalid_request']);
  assert.deepEqual(await codeOf('sk-open', '{"model":5}'), [400, 'invalid_request']);
  assert.deepEqual(await codeOf('sk-open', 'no JSON'), [400, 'invalid_request']);
  assert.deepEqual(await codeOf('sk-open', Buffer.alloc(3_000, ' ')), [413, 'request_too_large']);
  assert.equal(received.length, 0);
  assert.equal(
    (await send(`${stack.url}/v1/responses`, { key: 'sk-slow', headers: raw, body: oddBody })).status,
    200,
  );
  assert.deepEqual(await codeOf('sk-slow', oddBody), [429, 'rate_limit_rpm']);
  const ordinary = await send(`${stack.url}/v1/responses`, { key: 'sk-plain', body: responses.body('hi') });
  assert.notEqual(ordinary.status, 403);
});

test('an alias opens no model: the upstream gets the name as it is', bounded, async (t) => {
  const { stack, received } = await stackBefore(t, (res) => void res.end(oddStream), {
    keys: { narrow: { models: { allow: ['gpt-5.5'] } } },
  });
  const body = '{"model":"openai/gpt-5.5","input":"hi"}';
  const refused = await send(`${stack.url}/v1/responses`, { key: 'sk-narrow', headers: raw, body });
  assert.deepEqual([refused.status, received.length], [403, 0]);
});

test(
  'usage is settled from the last event; of a stream without one the reservation stays',
  bounded,
  async (t) => {
    const cut = oddStream.subarray(0, oddStream.indexOf('event: strange'));
    const { stack } = await stackBefore(
      t,
      (res, _received, count) => void res.end(count === 1 ? oddStream : cut),
      { keys: { metered: { limits: { tpm: 100_000 } } } },
    );
    const remaining = async () => {
      const answer = await send(`${stack.url}/v1/responses`, {
        key: 'sk-metered',
        headers: raw,
        body: oddBody,
      });
      return Number(answer.headers['x-ratelimit-remaining-tokens']);
    };
    const reserved = Math.ceil(oddBody.length / 4) + 1024;
    assert.equal(await remaining(), 100_000 - reserved);
    assert.equal(await remaining(), 100_000 - 10 - reserved);
    assert.equal(await remaining(), 100_000 - 10 - 2 * reserved);
    assert.match(stack.logs(), /"usage":\{"inputTokens":7,/);
  },
);

test('what breaks off upstream breaks off here, without an ending of ours', bounded, async (t) => {
  const { stack } = await stackBefore(t, (res) => {
    res.write(oddStream.subarray(0, 60), () => res.socket?.resetAndDestroy());
  });
  const answer = await head(open(`${stack.url}/v1/responses`, { headers: raw, body: oddBody }));
  let bytes = Buffer.alloc(0);
  await assert.rejects(async () => {
    for await (const chunk of answer) bytes = Buffer.concat([bytes, chunk]);
  });
  assert.equal(sha256(bytes), sha256(oddStream.subarray(0, 60)));
  // the line is written when the gateway has seen its own side close; the test's deadline bounds the wait
  const line = /"outcome":"upstream_error"/;
  while (!line.test(stack.logs())) await new Promise((resolve) => setImmediate(resolve));
});

test('a client that leaves takes the upstream with it', bounded, async (t) => {
  const gone = Promise.withResolvers<void>();
  const { stack } = await stackBefore(t, async (res) => {
    res.once('close', () => gone.resolve());
    res.write(oddStream.subarray(0, 60));
  });
  const sent = open(`${stack.url}/v1/responses`, { headers: raw, body: oddBody });
  const answer = await head(sent);
  await once(answer, 'data');
  sent.destroy();
  await gone.promise;
});

test('silence stays silent', bounded, async (t) => {
  const clock = createManualClock(Date.now());
  const ready = Promise.withResolvers<ServerResponse>();
  const respond = (res: ServerResponse): void => {
    res.write(oddStream.subarray(0, 60));
    ready.resolve(res);
  };
  const { stack } = await stackBefore(t, respond, { clock });
  const answer = await head(open(`${stack.url}/v1/responses`, { headers: raw, body: oddBody }));
  const upstream = await ready.promise;
  for (let second = 0; second < 60; second++) clock.advance(1_000);
  upstream.end(oddStream.subarray(60));
  assert.equal(sha256(await bytesOf(answer)), sha256(oddStream));
});
