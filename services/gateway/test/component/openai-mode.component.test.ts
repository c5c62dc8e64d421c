import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { sendForBytes, stackBefore } from './byte-upstream.ts';
import { chat, dialectCases, json, messages, open, responses, send } from './client.ts';
import { OPENAI_API_KEY, startStack, type Stack } from './stack.ts';

const bounded = { timeout: 60_000 };
const mode = 'openai_api';

function codeOf(answer: { readonly text: string }): unknown {
  const { error } = json(answer) as {
    readonly error: { readonly code?: string; readonly details?: { readonly error_code: string } };
  }; // as documented
  return error.details?.error_code ?? error.code;
}

test('without any broker the gateway is ready and serves every dialect', bounded, async (t) => {
  const stack = await startStack(t, { mode });
  const ready = await send(`${stack.url}/ready`);
  assert.deepEqual([ready.status, json(ready)], [200, { status: 'ready', mode, reasons: [] }]);
  for (const dialect of dialectCases) {
    for (const stream of [false, true]) {
      const answer = await send(stack.url + dialect.path, {
        body: dialect.body('Say exactly: It works.', { stream }),
      });
      assert.equal(answer.status, 200, answer.text);
      assert.match(answer.text.replaceAll('\\n', ''), stream ? /works/ : /It works\./);
    }
  }
  assert.doesNotMatch(stack.logs(), /broker|sk-upstream-key-canary/);
});

for (const status of [401, 402, 403]) {
  test(
    `a ${status} is about the gateway's own key, whatever was asked: the operator must act`,
    bounded,
    async (t) => {
      const { stack, received } = await stackBefore(
        t,
        (res) => {
          const error = {
            message: `Incorrect API key provided: ${OPENAI_API_KEY}.`,
            code: 'invalid_api_key',
          };
          res.writeHead(status, { 'x-request-id': 'up_1' }).end(JSON.stringify({ error }));
        },
        { mode },
      );
      for (const [path, body] of [
        [chat.path, chat.body('Go.')],
        [responses.path, responses.body('Go.', { stream: true })],
        ['/v1/responses/compact', responses.body('Go.')],
        ['/v1/responses/input_tokens', responses.body('Go.')],
        [messages.path, messages.body('Go.')],
      ] as const) {
        const answer = await send(stack.url + path, { body });
        assert.deepEqual([answer.status, codeOf(answer)], [503, 'oauth_unavailable']);
        assert.deepEqual(
          [answer.headers['x-gateway-outcome'], answer.headers['x-upstream-request-id']],
          ['oauth_unavailable', 'up_1'],
        );
        assert.match(answer.text, /check OPENAI_API_KEY/);
        assert.doesNotMatch(answer.text, /canary/);
      }
      const raw = await send(`${stack.url}/v1/responses`, {
        headers: { 'x-codex-mode': 'raw' },
        body: responses.body('Go.'),
      });
      assert.deepEqual([raw.status, codeOf(raw)], [503, 'oauth_unavailable']);
      assert.equal(received.length, 6, 'there is no other key to ask again with');
    },
  );
}

test('what surely never got there is sent once more, anything else is not', bounded, async (t) => {
  const clock = createManualClock(Date.now());
  const { stack, received } = await stackBefore(t, (res) => void res.socket?.resetAndDestroy(), {
    mode,
    clock,
  });
  const lost = await send(stack.url + chat.path, { body: chat.body('Go.') });
  assert.deepEqual([lost.status, codeOf(lost), received.length], [502, 'upstream_unavailable', 1]);
  const away = await startStack(t, { mode, environment: { OPENAI_BASE_URL: 'http://127.0.0.1:1' } });
  const refused = await send(away.url + chat.path, { body: chat.body('Go.') });
  assert.deepEqual([refused.status, codeOf(refused)], [502, 'upstream_unavailable']);
  const { text } = await send(`${away.opsUrl}/metrics`, { headers: { accept: 'text/plain' } });
  assert.match(text, /upstream_retries_total\{reason="pause"\} 1\n/);
});

const chatUsage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const responseUsage = { input_tokens: 7, output_tokens: 3, total_tokens: 10 };
const sse = 'text/event-stream';
const chatStream = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: {"choices":[],"usage":${JSON.stringify(chatUsage)}}\n\ndata: [DONE]\n\n`;
const responseStream = `data: {"type":"response.completed","response":{"usage":${JSON.stringify(responseUsage)}}}\n\n`;

for (const [what, path, type, body, charged] of [
  ['a completion', '/v1/chat/completions', 'application/json', JSON.stringify({ usage: chatUsage }), 10],
  ['a stream of chunks', '/v1/chat/completions', sse, chatStream, 10],
  ['a stream of chunks without usage', '/v1/chat/completions', sse, 'data: [DONE]\n\n', null],
  [
    'a response',
    '/v1/responses',
    'application/json',
    JSON.stringify({ object: 'response', usage: responseUsage }),
    10,
  ],
  ['a stream of events', '/v1/responses', sse, responseStream, 10],
  ['a compaction', '/v1/responses/compact', 'application/json', JSON.stringify({ usage: responseUsage }), 10],
  [
    'a count of tokens',
    '/v1/responses/input_tokens',
    'application/json',
    '{"object":"response.input_tokens","input_tokens":7}',
    0,
  ],
  ['something of another kind', '/v1/responses', 'text/plain', 'no JSON', null],
] as const) {
  test(`${what} is charged with ${charged ?? 'what was reserved for it'}`, bounded, async (t) => {
    const { stack } = await stackBefore(
      t,
      (res) => void res.writeHead(200, { 'content-type': type }).end(body),
      { mode, keys: { metered: { limits: { tpm: 100_000, rpm: 100 } } } },
    );
    const sent = JSON.stringify({ model: 'gpt-5.5', max_tokens: 24 });
    const reserved = Math.ceil(sent.length / 4) + 24;
    const remaining = async () => {
      const { status, headers, bytes } = await sendForBytes(stack.url + path, {
        key: 'sk-metered',
        body: sent,
      });
      assert.deepEqual([status, bytes.toString()], [200, body]);
      return [headers['x-ratelimit-remaining-tokens'], headers['x-ratelimit-remaining-requests']].map(Number);
    };
    assert.deepEqual(await remaining(), [100_000 - reserved, 99]);
    assert.deepEqual(await remaining(), [100_000 - (charged ?? reserved) - reserved, 98]);
    if (charged === 10) assert.match(stack.logs(), /"usage":\{"inputTokens":7,/);
  });
}

test(
  'an answer that nobody waited for may have been given: what was reserved for it stays counted',
  bounded,
  async (t) => {
    const sentOn = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const { stack } = await stackBefore(
      t,
      (res, _received, count) => {
        if (count > 1) return void res.writeHead(400).end('{}');
        res.once('close', () => gone.resolve());
        sentOn.resolve();
      },
      { mode, keys: { metered: { limits: { tpm: 100_000 } } } },
    );
    const sent = JSON.stringify({ model: 'gpt-5.5', max_tokens: 24 });
    const reserved = Math.ceil(sent.length / 4) + 24;
    const leaving = open(stack.url + chat.path, { key: 'sk-metered', body: sent });
    leaving.on('error', () => {}); // it is cut off here
    await sentOn.promise;
    leaving.destroy();
    await gone.promise;
    for (let count = 0; count < 2; count++) {
      const { headers } = await send(stack.url + chat.path, { key: 'sk-metered', body: sent });
      // the refusals that these are cost nothing
      assert.equal(headers['x-ratelimit-remaining-tokens'], String(100_000 - 2 * reserved));
    }
  },
);

test(
  "a failure that an answer tells is the outcome of its request, its bytes are the upstream's",
  bounded,
  async (t) => {
    const failed = JSON.stringify({
      object: 'response',
      status: 'failed',
      error: { code: 'server_error', message: 'Broken.' },
    });
    const { stack } = await stackBefore(
      t,
      (res) => void res.writeHead(200, { 'content-type': 'application/json' }).end(failed),
      { mode },
    );
    const answer = await send(`${stack.url}/v1/responses`, { body: responses.body('Go.') });
    assert.deepEqual([answer.status, answer.text], [200, failed]);
    assert.match(stack.logs(), /"status":200,"outcome":"upstream_error"/);
  },
);

/** What the API was asked last, as the gateway has translated it. */
function asked({ simulator }: Stack): Readonly<Record<string, unknown>> {
  const { body } = simulator.control.journal().requests.findLast(({ method }) => method === 'POST') ?? {};
  return body as Record<string, unknown>; // the gateway sends nothing but objects
}

test('Messages are translated with what the API takes, and only the rest is declared', bounded, async (t) => {
  const stack = await startStack(t, { mode });
  const ask = (more: object) =>
    send(stack.url + messages.path, {
      headers: { 'anthropic-version': '2023-06-01' },
      body: messages.body('Say exactly: one two three.', { ...more }),
    });
  const answer = await ask({
    temperature: 0.2,
    top_p: 0.9,
    top_k: 5,
    metadata: { user_id: 'user-1' },
    stop_sequences: [' three'],
  });
  const { content, stop_reason, stop_sequence } = json(answer) as Readonly<Record<string, unknown>>; // as documented
  assert.deepEqual(
    [content, stop_reason, stop_sequence],
    [[{ type: 'text', text: 'one two' }], 'stop_sequence', ' three'],
  );
  assert.equal(answer.headers['x-gateway-warnings'], 'dropped=top_k; usage=estimated');
  const { temperature, top_p, max_output_tokens, safety_identifier, store, instructions } = asked(stack);
  assert.deepEqual(
    { temperature, top_p, max_output_tokens, store, instructions },
    { temperature: 0.2, top_p: 0.9, max_output_tokens: 4_000, store: false, instructions: '' },
  );
  assert.match(String(safety_identifier), /^[0-9a-f]{64}$/);
});

test('a model that does not reason serves Messages, too', bounded, async (t) => {
  const stack = await startStack(t, { mode });
  const thinking = { type: 'enabled', budget_tokens: 1_024 };
  const body = messages.body('Say exactly: It works.', { model: 'gpt-4.1', thinking });
  const answer = await send(stack.url + messages.path, { body });
  assert.deepEqual(
    [answer.status, answer.headers['x-gateway-warnings']],
    [200, 'dropped=thinking'],
    answer.text,
  );
});

test('a limit below what the API takes is kept all the same', bounded, async (t) => {
  const stack = await startStack(t, { mode });
  const body = messages.body('Say exactly: one two three four five.', { max_tokens: 2 });
  const { content, stop_reason } = json(await send(stack.url + messages.path, { body })) as Readonly<
    Record<string, unknown>
  >; // as documented
  assert.deepEqual([content, stop_reason], [[{ type: 'text', text: 'one two' }], 'max_tokens']);
  assert.equal(asked(stack)['max_output_tokens'], 16);
});

test(
  'reasoning that Messages clients cannot carry comes back between the turns of their tools',
  bounded,
  async (t) => {
    const stack = await startStack(t, { mode });
    const tools = [{ name: 'look', input_schema: { type: 'object' } }];
    const question = messages.body('[[sim: reasoning]] [[sim: call look {}]]', { tools });
    const first = json(await send(stack.url + messages.path, { body: question })) as {
      readonly content: readonly { readonly type: string; readonly id: string }[];
    }; // as documented
    const call = first.content.find(({ type }) => type === 'tool_use');
    assert.ok(call);
    const more = [
      ...(question['messages'] as readonly object[]),
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'a cat' }] },
    ];
    const second = await send(stack.url + messages.path, { body: { ...question, messages: more } });
    assert.equal(second.status, 200, second.text);
    const { input } = asked(stack) as { readonly input: readonly { readonly type: string }[] };
    assert.deepEqual(
      input.map(({ type }) => type),
      ['message', 'reasoning', 'function_call', 'function_call_output'],
    );
  },
);
