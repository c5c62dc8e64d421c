import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { startStack } from './stack.ts';
import { isRecord } from '@codex-gateway/wire/record.ts';
import { chat, dialectCases, events, json, messages, responses, send, type DialectCase } from './client.ts';

const bounded = { timeout: 60_000 };

/** The member at a path such as `choices.0.message.content`. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((found, step) => {
    if (Array.isArray(found)) return found.at(Number(step));
    return isRecord(found) ? found[step] : undefined;
  }, value);
}

const textPath: ReadonlyMap<DialectCase, string> = new Map([
  [chat, 'choices.0.message.content'],
  [responses, 'output.-1.content.0.text'],
  [messages, 'content.-1.text'],
]);

/** The visible text of a stream, put together from its deltas. */
function streamedText(dialect: DialectCase, text: string): string {
  const paths = new Map([
    [chat, 'choices.0.delta.content'],
    [responses, 'delta'],
    [messages, 'delta.text'],
  ]);
  const isText = (event: unknown): boolean =>
    dialect !== responses || at(event, 'type') === 'response.output_text.delta';
  return events(text)
    .filter(isText)
    .map((event) => at(event, paths.get(dialect) ?? ''))
    .filter((piece) => typeof piece === 'string')
    .join('');
}

/** The last things a whole stream says. */
const ending: ReadonlyMap<DialectCase, RegExp> = new Map([
  [chat, /"finish_reason":"stop"\}\][^]*data: \[DONE\]\n\n$/],
  [responses, /event: response\.completed\ndata: \{[^\n]*\}\n\ndata: \[DONE\]\n\n$/],
  [messages, /event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/],
]);

for (const dialect of dialectCases) {
  test(`${dialect.name}: an answer in one piece`, bounded, async (t) => {
    const { url } = await startStack(t);
    const answer = await send(url + dialect.path, { body: dialect.body('Say exactly: grüße ☃') });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(at(json(answer), textPath.get(dialect) ?? ''), 'grüße ☃');
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    assert.match(String(answer.headers['server-timing']), /^gateway;dur=\d+$/);
    assert.equal(answer.headers['x-gateway-outcome'], undefined);
  });

  test(`${dialect.name}: an answer as a stream, ended as its clients expect`, bounded, async (t) => {
    const { url } = await startStack(t);
    const answer = await send(url + dialect.path, {
      body: dialect.body('Say exactly: grüße ☃', { stream: true }),
    });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(streamedText(dialect, answer.text), 'grüße ☃');
    assert.match(answer.text, ending.get(dialect) ?? /never/);
    assert.deepEqual(
      ['content-type', 'cache-control', 'x-accel-buffering'].map((name) => answer.headers[name]),
      ['text/event-stream; charset=utf-8', 'no-cache, no-transform', 'no'],
    );
  });

  test(
    `${dialect.name}: stream and piece tell the same, however the upstream cuts its bytes`,
    bounded,
    async (t) => {
      const { url } = await startStack(t);
      const prompt =
        '[[sim: split bytes=7]] [[sim: stream events=40 bytes=9]] [[sim: unknown every=3]] [[sim: comments every=2]] go';
      const whole = await send(url + dialect.path, { body: dialect.body(prompt) });
      const stream = await send(url + dialect.path, { body: dialect.body(prompt, { stream: true }) });
      const text = at(json(whole), textPath.get(dialect) ?? '');
      assert.ok(typeof text === 'string' && text.length >= 40 * 9);
      assert.equal(streamedText(dialect, stream.text), text);
    },
  );

  test(`${dialect.name}: a packed body is the same request`, bounded, async (t) => {
    const { url, simulator } = await startStack(t);
    const plain = JSON.stringify(dialect.body('Say exactly: packed'));
    const packed = { gzip: gzipSync(plain), br: brotliCompressSync(plain), zstd: zstdCompressSync(plain) };
    for (const [encoding, body] of Object.entries(packed)) {
      const answer = await send(url + dialect.path, { body, headers: { 'content-encoding': encoding } });
      assert.equal(answer.status, 200, answer.text);
    }
    await send(url + dialect.path, { body: plain });
    const sent = simulator.control.journal().requests.filter(({ endpoint }) => endpoint === 'responses');
    assert.equal(sent.length, 4);
    for (const { body } of sent) assert.deepEqual(body, sent[0]?.body);
  });
}

test(
  'one request is one request upstream, with our own name and the ids of both sides',
  bounded,
  async (t) => {
    const { url, simulator } = await startStack(t);
    const answer = await send(url + chat.path, {
      body: chat.body('hi'),
      headers: { 'x-request-id': 'mine-1' },
    });
    const { requests, violations } = simulator.control.journal();
    const [sent, ...others] = requests.filter(({ endpoint }) => endpoint === 'responses');
    assert.ok(sent && others.length === 0);
    assert.deepEqual(
      ['x-client-request-id', 'originator', 'version', 'chatgpt-account-id', 'accept'].map(
        (name) => sent.headers[name],
      ),
      ['mine-1', 'codex_gateway', '0.169.0', 'acct_default', 'text/event-stream'],
    );
    assert.match(sent.headers['user-agent'] ?? '', /^codex-gateway\/\d/);
    assert.equal(answer.headers['x-request-id'], 'mine-1');
    assert.match(String(answer.headers['x-upstream-request-id']), /^req_/);
    assert.deepEqual(violations, []);
  },
);

test('what was not honoured is declared', bounded, async (t) => {
  const { url } = await startStack(t);
  const answer = await send(url + chat.path, { body: chat.body('hi', { logit_bias: {}, invented: 1 }) });
  assert.equal(answer.status, 200, answer.text);
  assert.match(String(answer.headers['x-gateway-warnings']), /^dropped=[a-z_,]*invented/);
});

test('a model answers to every name it has, and is called as the client called it', bounded, async (t) => {
  const { url, simulator } = await startStack(t);
  await send(`${url}/v1/models`); // the catalog is known
  for (const model of [
    'gpt-5.5',
    'openai/gpt-5.5',
    'claude-gpt-5.5',
    'anthropic/claude-gpt-5.5',
    'gpt-5.5-low',
  ]) {
    for (const dialect of dialectCases) {
      const answer = await send(url + dialect.path, { body: dialect.body('hi', { model }) });
      assert.equal(at(json(answer), 'model'), model, answer.text);
    }
  }
  const sent = simulator.control.journal().requests.filter(({ endpoint }) => endpoint === 'responses');
  assert.deepEqual(new Set(sent.map(({ body }) => at(body, 'model'))), new Set(['gpt-5.5']));
  assert.equal(at(sent.at(-1)?.body, 'reasoning.effort'), 'low');
});

test('on loopback without any key everybody is served', bounded, async (t) => {
  const { url } = await startStack(t, { environment: { API_KEY: '' } });
  const answer = await send(url + chat.path, { key: null, body: chat.body('hi') });
  assert.equal(answer.status, 200);
});

test(
  'requests and tokens are counted, by dialect, model and client, never by two of model and client',
  bounded,
  async (t) => {
    const { url, opsUrl } = await startStack(t, { keys: { team: {} } });
    const prompt = '[[sim: usage input=100 cached=60 output=50 reasoning=20]] hi';
    await send(url + chat.path, { key: 'sk-team', body: chat.body(prompt) });
    await send(url + messages.path, { key: 'sk-team', body: messages.body(prompt, { stream: true }) });
    await send(url + chat.path, { key: 'sk-none', body: chat.body(prompt) });
    await send(`${url}/v1/models`, { key: 'sk-team' });
    const { text } = await send(`${opsUrl}/metrics`);
    const lines = text
      .split('\n')
      .filter((line) => /^codex_gateway_(model_|client_)?(requests|tokens)_total/.test(line));
    assert.deepEqual(
      new Set(lines),
      new Set([
        'codex_gateway_requests_total{dialect="openai-chat",outcome="ok"} 1',
        'codex_gateway_requests_total{dialect="anthropic-messages",outcome="ok"} 1',
        'codex_gateway_requests_total{dialect="openai-chat",outcome="unauthorized"} 1',
        'codex_gateway_model_requests_total{model="gpt-5.5",outcome="ok"} 2',
        'codex_gateway_model_requests_total{model="none",outcome="unauthorized"} 1',
        'codex_gateway_client_requests_total{client="team",outcome="ok"} 2',
        'codex_gateway_client_requests_total{client="none",outcome="unauthorized"} 1',
        ...['model', 'client'].flatMap((label) => {
          const value = label === 'model' ? 'gpt-5.5' : 'team';
          return [
            ['input', 200],
            ['cached_input', 120],
            ['output', 100],
            ['reasoning', 40],
          ].map(
            ([type, count]) =>
              `codex_gateway_${label}_tokens_total{${label}="${value}",type="${type}"} ${count}`,
          );
        }),
      ]),
    );
    assert.match(text, /^codex_gateway_inflight_requests 0$/m);
    assert.match(text, /^codex_gateway_draining 0$/m);
    assert.match(
      text,
      /^codex_gateway_request_duration_seconds_count\{dialect="openai-chat",outcome="ok"\} 1$/m,
    );
  },
);

test('a request is one log line, with its figures and without its content', bounded, async (t) => {
  const { url, logs } = await startStack(t, { keys: { team: {} } });
  const prompt = '[[sim: usage input=100 cached=60 output=50 reasoning=20]] canary';
  await send(url + chat.path, {
    key: 'sk-team',
    body: chat.body(prompt),
    headers: { 'x-request-id': 'mine-1' },
  });
  const lines = logs()
    .split('\n')
    .filter((line) => line.includes('"mine-1"'));
  assert.equal(lines.length, 1);
  const { time, durationMs, firstEventMs, upstreamRequestId, ...line } = JSON.parse(lines[0] ?? '') as Record<
    string,
    unknown
  >; // compared below
  assert.deepEqual(
    [typeof time, typeof durationMs, typeof firstEventMs, typeof upstreamRequestId],
    ['string', 'number', 'number', 'string'],
  );
  assert.deepEqual(line, {
    level: 'info',
    name: 'gateway',
    requestId: 'mine-1',
    method: 'POST',
    path: '/v1/chat/completions',
    status: 200,
    outcome: 'ok',
    dialect: 'openai-chat',
    client: 'team',
    model: 'gpt-5.5',
    stream: false,
    code: null,
    retries: 0,
    usage: {
      inputTokens: 100,
      cachedInputTokens: 60,
      cacheWriteTokens: 0,
      outputTokens: 50,
      reasoningTokens: 20,
      totalTokens: 150,
    },
    msg: 'request',
  });
});
