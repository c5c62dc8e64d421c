import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { inPieces, sendForBytes, sha256, stackBefore, type Respond } from './byte-upstream.ts';
import { json, send } from './client.ts';
import { OPENAI_API_KEY, type StackOptions } from './stack.ts';

const bounded = { timeout: 60_000 };

function before(t: TestContext, respond: Respond, options: Pick<StackOptions, 'keys' | 'environment'> = {}) {
  return stackBefore(t, respond, { mode: 'openai_api', ...options });
}

const paths = ['/chat/completions', '/responses', '/responses/compact', '/responses/input_tokens'] as const;

/** Odd in every way that a parser would smooth out. */
const oddBody = Buffer.from(
  '{ "model" : "gpt-5.5",\n\t"temperature": 1.0, "input":"gr\\u00fc\\u00dfe ☃", "a":1, "a": [1e2, -0], "model": "gpt-5.5" }\r\n',
);
const oddJson = Buffer.from(
  '{"object":"response" ,"usage":{"input_tokens":7.0, "output_tokens":3}, "é":"\\u00e9"}\n\n',
);
const chatChunk = '{"id":"c","choices":[{"index":0,"delta":{"content":"☃"},"finish_reason":null}]}';
const streams = {
  '/chat/completions': `: hello\r\n\r\ndata: ${chatChunk}\r\n\r\nevent: odd\rdata: é☃\r\rid: 7\nretry: 1\nnonsense\ndata: [DONE]\n\n: after the end`,
  '/responses':
    'data: {"type":"response.created","response":{"id":"r"}}\r\n\r\nevent: strange\ndata: {"type":"of.nobody","é":"☃"}\n\ndata: {"type":"response.completed","response":{"output":[]}}\n\ndata: [DONE]\n\n',
} as const;

for (const path of paths) {
  test(`${path}: request and JSON answer are the same bytes on both sides`, bounded, async (t) => {
    const { stack, received } = await before(t, (res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'up_1' }).end(oddJson);
    });
    for (const base of ['', '/v1', '/v1/v1']) {
      const answer = await sendForBytes(stack.url + base + path, { body: oddBody });
      assert.deepEqual([answer.status, sha256(answer.bytes)], [200, sha256(oddJson)]);
      assert.deepEqual(
        [answer.headers['content-type'], answer.headers['x-upstream-request-id']],
        ['application/json', 'up_1'],
      );
      assert.equal(answer.headers['x-gateway-warnings'], undefined);
    }
    assert.deepEqual(
      received.map((got) => [got.path, sha256(got.bytes)]),
      Array.from({ length: 3 }, () => [`/openai/v1${path}`, sha256(oddBody)]),
    );
  });
}

for (const path of ['/chat/completions', '/responses'] as const) {
  test(
    `${path}: a stream is the same bytes on both sides, wherever the network cuts it`,
    bounded,
    async (t) => {
      const stream = Buffer.from(streams[path]);
      const { stack } = await before(t, async (res, _received, count) => {
        res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        await inPieces(res, stream, [1, 5, 4_096][count - 1] ?? 1);
        res.end();
      });
      for (let count = 0; count < 3; count++) {
        const answer = await sendForBytes(`${stack.url}/v1${path}`, { body: oddBody });
        assert.equal(answer.bytes.toString(), stream.toString());
        assert.equal(sha256(answer.bytes), sha256(stream));
        assert.equal(answer.headers['content-type'], 'text/event-stream; charset=utf-8');
      }
    },
  );
}

for (const [what, type, body] of [
  ['JSON', 'application/json', oddJson],
  ['a stream', 'text/event-stream', Buffer.from(streams['/responses'])],
] as const) {
  test(`${what} that comes compressed stays compressed`, bounded, async (t) => {
    const bytes = gzipSync(body);
    const { stack, received } = await before(t, async (res) => {
      res.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' });
      await inPieces(res, bytes, 7);
      res.end();
    });
    const headers = { 'accept-encoding': 'gzip, br' };
    const answer = await sendForBytes(`${stack.url}/v1/responses`, { headers, body: oddBody });
    assert.deepEqual([answer.headers['content-encoding'], sha256(answer.bytes)], ['gzip', sha256(bytes)]);
    assert.equal(received[0]?.headers['accept-encoding'], 'identity');
  });
}

test('a compressed request goes on as the bytes that were in it', bounded, async (t) => {
  const { stack, received } = await before(t, (res) => void res.end(oddJson));
  const ask = { headers: { 'content-encoding': 'zstd' }, body: zstdCompressSync(oddBody) };
  assert.equal((await send(`${stack.url}/v1/responses`, ask)).status, 200);
  const [got] = received;
  assert.deepEqual(
    [got?.headers['content-encoding'], got?.headers['content-length'], got && sha256(got.bytes)],
    [undefined, String(oddBody.length), sha256(oddBody)],
  );
});

const choices = `
aliases: { "fast*": gpt-5.5 }
presets: { empty: {}, terse: { verbosity: low, effort: low } }
extraModels: [gpt-5.5, gpt-5.4]
models: { gpt-5.4: { pinnedEffort: low } }
`;

/** Gateways that know other names for `gpt-5.5`. */
function naming(t: TestContext, keys: Readonly<Record<string, object>> = { all: {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-pass-through-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'config.yaml');
  writeFileSync(path, choices);
  return before(t, (res) => void res.writeHead(200, { 'content-type': 'application/json' }).end(oddJson), {
    keys,
    environment: { CONFIG_FILE: path },
  });
}

for (const [what, sent, got] of [
  ['an alias', '{ "n":1.0 ,"model" :\t"fast-one" , "n": 2}', '{ "n":1.0 ,"model" :\t"gpt-5.5" , "n": 2}'],
  ["a provider's prefix", '{"model":"openai/gpt-5.5","é":"\\u00e9"}', '{"model":"gpt-5.5","é":"\\u00e9"}'],
  ['a prefix for Anthropic clients', '{"model":"claude-gpt-5.5"}', '{"model":"gpt-5.5"}'],
  ['a preset that sets nothing', '{"model":"fast@empty"}', '{"model":"gpt-5.5"}'],
  ['a name in escapes', '{"mod\\u0065l":"f\\u0061st"}', '{"mod\\u0065l":"gpt-5.5"}'],
  ['the last of several', '{"model":"fast-1","model":"fast-2"}', '{"model":"fast-1","model":"gpt-5.5"}'],
  [
    'only the one at the top',
    '{"a":[{"model":"fast"}],"model":"fast"}',
    '{"a":[{"model":"fast"}],"model":"gpt-5.5"}',
  ],
  ['nothing in a name that is the model', '{"model":"gpt\\u002d5.5"}', '{"model":"gpt\\u002d5.5"}'],
  ['nothing in a name that nobody knows', '{"model":"ft:gpt-5.5:me::1"}', '{"model":"ft:gpt-5.5:me::1"}'],
  ['nothing for an effort that the operator has pinned', '{"model":"gpt-5.4"}', '{"model":"gpt-5.4"}'],
] as const) {
  test(`of a body these bytes change: ${what}`, bounded, async (t) => {
    const { stack, received } = await naming(t);
    const ask = { key: 'sk-all', body: sent };
    const answer = await sendForBytes(`${stack.url}/v1/responses`, ask);
    assert.equal(answer.status, 200, answer.bytes.toString());
    assert.equal(received[0]?.bytes.toString(), got);
    assert.equal(sha256(answer.bytes), sha256(oddJson), 'the answer keeps the name that the upstream gives');
  });
}

for (const [model, options] of [
  ['gpt-5.5@terse', 'effort, verbosity'],
  ['gpt-5.5-high', 'effort'],
] as const) {
  test(`${model} would set more than the model, which a body that passes cannot take`, bounded, async (t) => {
    const { stack, received } = await naming(t);
    const answer = await send(`${stack.url}/v1/chat/completions`, { key: 'sk-all', body: { model } });
    const message = `Unsupported value for 'model': '${model}' also sets ${options}; requests pass as they are here, so name the model alone and set these in the request.`;
    assert.deepEqual(
      [answer.status, json(answer), received.length],
      [
        400,
        { error: { message, type: 'invalid_request_error', param: 'model', code: 'unsupported_value' } },
        0,
      ],
    );
  });
}

test('a key is held to its models and its token limit, whatever else a body says', bounded, async (t) => {
  const { stack, received } = await naming(t, {
    all: {},
    narrow: { models: { allow: ['gpt-5.5'] }, limits: { maxTokens: 100 } },
  });
  const codeOf = async (key: string, body: string): Promise<unknown> => {
    const answer = await send(`${stack.url}/v1/responses`, { key, body });
    if (answer.status === 200) return 200;
    const { error } = json(answer) as { readonly error: { readonly code: string } }; // as documented
    return `${answer.status} ${error.code}`;
  };
  const results = {
    allowed: await codeOf('sk-narrow', '{"model":"gpt-5.5","max_output_tokens":100}'),
    alias: await codeOf('sk-narrow', '{"model":"fast"}'),
    other: await codeOf('sk-narrow', '{"model":"gpt-5.4"}'),
    // who reads the first of two members would get a model that the key may not use
    hiddenFirst: await codeOf('sk-narrow', '{"model":"gpt-5.4","model":"gpt-5.5"}'),
    hiddenLast: await codeOf('sk-narrow', '{"model":"gpt-5.5","model":"gpt-5.4"}'),
    nameless: await codeOf('sk-narrow', '{"input":"hi"}'),
    tooMuch: await codeOf(
      'sk-narrow',
      '{"model":"gpt-5.5","max_output_tokens":1,"max_completion_tokens":101}',
    ),
    namelessOfAll: await codeOf('sk-all', '{"prompt":{"id":"pmpt_1"}}'),
    noName: await codeOf('sk-all', '{"model":5}'),
    noJson: await codeOf('sk-all', '{"model":'),
  };
  assert.deepEqual(results, {
    allowed: 200,
    alias: 200,
    other: '403 model_not_allowed',
    hiddenFirst: '403 model_not_allowed',
    hiddenLast: '403 model_not_allowed',
    nameless: '400 invalid_request',
    tooMuch: '400 max_tokens_exceeded',
    namelessOfAll: 200,
    noName: '400 invalid_request',
    noJson: '400 invalid_request',
  });
  assert.equal(received.length, 3);
});

test(
  'the upstream learns what the bytes are and who the gateway is, and nothing else of the client',
  bounded,
  async (t) => {
    const { stack, received } = await before(t, (res) => void res.end(oddJson));
    const headers = {
      accept: 'application/json',
      'openai-beta': 'responses=v1',
      cookie: 'canary=1',
      'user-agent': 'canary',
      'x-stainless-lang': 'canary',
      'openai-organization': 'canary',
      'openai-project': 'canary',
      'x-codex-turn-state': 'canary',
      'session-id': 'canary',
      'x-request-id': 'req_of_client',
    };
    await send(`${stack.url}/v1/responses`, { headers, body: oddBody });
    const { host: _host, 'user-agent': agent, ...got } = received[0]?.headers ?? {};
    assert.deepEqual(got, {
      authorization: `Bearer ${OPENAI_API_KEY}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'openai-beta': 'responses=v1',
      'accept-encoding': 'identity',
      'x-client-request-id': 'req_of_client',
      'content-length': String(oddBody.length),
      connection: 'keep-alive',
    });
    assert.match(String(agent), /^codex-gateway\//);
  },
);

const refusals = [
  [
    400,
    'application/json',
    '{"error":{"message":"☃","type":"t","code":"c","param":"p"}, "more":1}',
    'upstream_refused',
  ],
  [403, 'application/json', '{"error":{"code":"model_not_found","message":"m"}}', 'client_error'],
  [404, 'application/json', '{"error":{"code":"model_not_found","message":"m"}}', 'client_error'],
  [422, 'text/plain', 'no JSON at all', 'upstream_refused'],
  [429, 'application/json', '{"error":{"code":"insufficient_quota","message":"m"}}', 'upstream_refused'],
  [429, 'application/json', '{"error":{"code":"rate_limit_exceeded","message":"m"}}', 'upstream_refused'],
  [500, 'text/html', '<h1>oh</h1>', 'upstream_error'],
  [503, 'application/json', '{"error":{"code":"server_is_overloaded","message":"m"}}', 'overloaded'],
] as const;

for (const [status, type, text, outcome] of refusals) {
  for (const path of ['/chat/completions', '/responses'] as const) {
    test(`${path}: a ${status} (${text}) reaches the client byte for byte, once`, bounded, async (t) => {
      const { stack, received } = await before(t, (res) => {
        const hints = { 'retry-after': '7', 'retry-after-ms': '6500', 'x-should-retry': 'true' };
        res.writeHead(status, { 'content-type': type, ...hints, 'set-cookie': 'canary=1' }).end(text);
      });
      const { headers, ...answer } = await sendForBytes(`${stack.url}/v1${path}`, { body: oddBody });
      assert.deepEqual([answer.status, answer.bytes.toString()], [status, text]);
      assert.deepEqual(
        [
          'content-type',
          'retry-after',
          'retry-after-ms',
          'x-should-retry',
          'set-cookie',
          'x-gateway-outcome',
        ].map((name) => headers[name]),
        [type, '7', '6500', 'true', undefined, outcome],
      );
      assert.equal(received.length, 1);
    });
  }
}
