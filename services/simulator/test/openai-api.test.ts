import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { RecordedRequest } from '../src/control/journal.ts';
import { asObject, asObjects, type JsonObject } from '../src/json.ts';
import { AUTHORIZATION, firstMessage, readChunks, say, sha256, startApi } from './openai-rig.ts';
import { createManualClock } from './rig.ts';

const RESPONSES = '/responses';
const CHAT = '/chat/completions';
const FACES = [
  { path: RESPONSES, ask: (prompt: string): JsonObject => ({ input: prompt }) },
  { path: CHAT, ask: (prompt: string): JsonObject => say(prompt) },
] as const;

test('the head of every answer: request id, organization, time, version, limits', async (t) => {
  const { post, get } = await startApi(t, { clock: createManualClock() });
  const answers = [
    await post(RESPONSES, { input: 'Say exactly: x' }),
    await post(RESPONSES, { input: 'Say exactly: x', stream: true }),
    await post(CHAT, { ...say('x'), colour: 'red' }),
  ];
  for (const { headers } of answers) {
    assert.match(headers.get('x-request-id') ?? '', /^req_[0-9a-f]{32}$/);
    assert.deepEqual(
      [
        headers.get('openai-organization'),
        headers.get('openai-project'),
        headers.get('openai-processing-ms'),
        headers.get('openai-version'),
        headers.get('x-ratelimit-limit-requests'),
        headers.get('x-ratelimit-remaining-requests'),
        headers.get('x-ratelimit-reset-requests'),
        headers.get('x-ratelimit-limit-tokens'),
        headers.get('x-ratelimit-reset-tokens'),
      ],
      ['org-simulated', 'proj_simulated', '0', '2020-10-01', '10000', '9999', '6ms', '30000000', '0s'],
    );
  }
  const ids = new Set(answers.map(({ headers }) => headers.get('x-request-id')));
  assert.equal(ids.size, answers.length);
  assert.equal((await get('/models')).headers.get('x-ratelimit-limit-requests'), null);
});

test('without a key and with a wrong one: 401 in the layout of the layer that checks keys', async (t) => {
  const { simulator, get } = await startApi(t);
  const bare = await fetch(`${simulator.openaiUrl}/models`);
  assert.equal(bare.status, 401);
  assert.equal(asObject(asObject(await bare.json())['error'])['code'], null);
  const wrong = await get('/models', { authorization: 'Bearer sk-somebody-elses-key' });
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.get('openai-organization'), null);
  assert.equal(
    await wrong.text(),
    `{
    "error": {
        "message": "Incorrect API key provided: sk-someb*********-key. You can find your API key at https://platform.openai.com/account/api-keys.",
        "type": "invalid_request_error",
        "param": null,
        "code": "invalid_api_key"
    }
}
`,
  );
});

test('the accepted key is configurable', async (t) => {
  const { get } = await startApi(t, { openaiApiKey: 'sk-of-a-test' });
  assert.equal((await get('/models')).status, 401);
  assert.equal((await get('/models', { authorization: 'Bearer sk-of-a-test' })).status, 200);
});

test('models are a list of plain objects; the scenario models only when they are asked for', async (t) => {
  const { get } = await startApi(t);
  const { object, data } = asObject(await (await get('/models')).json());
  assert.equal(object, 'list');
  const models = asObjects(data);
  for (const model of models) assert.deepEqual(Object.keys(model), ['id', 'object', 'created', 'owned_by']);
  const ids = models.map(({ id }) => id);
  for (const id of ['gpt-5.5', 'gpt-5.5-2026-04-23', 'text-embedding-3-small'])
    assert.ok(ids.includes(id), id);
  for (const id of ['codex-auto-review', 'sim-cut']) assert.ok(!ids.includes(id), id);
  assert.equal((await get('/models/sim-cut')).status, 200);
  const unknown = await get('/models/gpt-nobody');
  assert.equal(unknown.status, 404);
  const { get: getAll } = await startApi(t, { listScenarioModels: true });
  assert.match(await (await getAll('/models')).text(), /"sim-cut"/);
});

test('models can fail, and be held', async (t) => {
  const { get, simulator } = await startApi(t);
  simulator.control.nextModels('status 503');
  assert.equal((await get('/models')).status, 503);
  simulator.control.hold('models');
  const held = get('/models');
  await simulator.control.until(() => simulator.control.waiting('models') === 1);
  simulator.control.release('models');
  assert.equal((await held).status, 200);
});

test('a path that is not there is a 404 in the envelope, and so is JSON that cannot be read a 400', async (t) => {
  const { get, simulator } = await startApi(t);
  const unknown = await get('/embeddings');
  assert.equal(unknown.status, 404);
  assert.deepEqual(await unknown.json(), {
    error: {
      message: 'Invalid URL (GET /v1/embeddings)',
      type: 'invalid_request_error',
      param: null,
      code: null,
    },
  });
  for (const body of ['{"model":', '[]', '']) {
    const broken = await fetch(`${simulator.openaiUrl}${RESPONSES}`, {
      method: 'POST',
      headers: { authorization: AUTHORIZATION },
      body,
    });
    assert.equal(broken.status, 400);
    assert.match(await broken.text(), /could not parse the JSON body/);
  }
});

for (const { path, ask } of FACES) {
  test(`the journal has hashes of the bytes both ways, also of a refusal: ${path}`, async (t) => {
    const { simulator } = await startApi(t);
    for (const extra of [{ stream: true }, {}, { colour: 'red' }]) {
      simulator.control.reset();
      // not as JSON.stringify would write what was read of it
      const body = ` ${JSON.stringify({ model: 'gpt-5.5', ...ask('Say exactly: héllo 🦊'), ...extra }, null, 3)}\n`;
      const answer = await fetch(`${simulator.openaiUrl}${path}`, {
        method: 'POST',
        headers: { authorization: AUTHORIZATION },
        body,
      });
      const received = Buffer.from(await answer.arrayBuffer());
      const { requests } = await simulator.control.until(
        ({ requests: [first] }) => first?.sentSha256 !== undefined,
      );
      assert.equal(requests[0]?.bodySha256, sha256(body));
      assert.equal(requests[0]?.sentSha256, sha256(received));
      assert.equal(requests[0]?.bytesSent, received.length);
    }
  });

  test(`the journal names the endpoint, and the key by its hash: ${path}`, async (t) => {
    const { simulator, post } = await startApi(t);
    await (await post(path, ask('Say exactly: x'))).text();
    const { requests, counts } = simulator.control.journal();
    const endpoint = path === CHAT ? 'openai_chat' : 'openai_responses';
    assert.deepEqual([requests[0]?.endpoint, counts[endpoint], counts.responses], [endpoint, 1, 0]);
    assert.equal(requests[0]?.headers['authorization'], `Bearer sha256:${sha256('sk-simulated')}`);
  });

  for (const stream of [false, true]) {
    test(`gzip only when the scenario says so and the client takes it: ${path}, stream ${stream}`, async (t) => {
      const { simulator, post } = await startApi(t);
      const plain = await post(path, { ...ask('Say exactly: x'), stream }, { 'accept-encoding': 'gzip' });
      assert.equal(plain.headers.get('content-encoding'), null);
      const body = JSON.stringify({ model: 'gpt-5.5', ...ask('[[sim: gzip]] Say exactly: x'), stream });
      const refused = await rawPost(`${simulator.openaiUrl}${path}`, body, 'identity');
      assert.equal(refused.encoding, undefined);
      const compressed = await rawPost(`${simulator.openaiUrl}${path}`, body, 'br, gzip');
      assert.equal(compressed.encoding, 'gzip');
      assert.equal(withoutIds(gunzipSync(compressed.bytes)), withoutIds(refused.bytes));
      const { requests } = await simulator.control.until(
        ({ requests: [, , last] }) => last?.sentSha256 !== undefined,
      );
      assert.equal(requests[2]?.sentSha256, sha256(compressed.bytes));
    });
  }

  for (const [directive, status, code, type] of [
    ['status 400', 400, null, 'invalid_request_error'],
    ['status 400 kind=context_length', 400, 'context_length_exceeded', 'invalid_request_error'],
    ['status 401', 401, 'invalid_api_key', 'invalid_request_error'],
    ['status 403', 403, 'unsupported_country_region_territory', 'request_forbidden'],
    ['status 404 kind=model', 404, 'model_not_found', 'invalid_request_error'],
    ['status 429', 429, 'rate_limit_exceeded', 'requests'],
    ['status 429 kind=tokens', 429, 'rate_limit_exceeded', 'tokens'],
    ['status 429 kind=insufficient_quota', 429, 'insufficient_quota', 'insufficient_quota'],
    ['status 500', 500, null, 'server_error'],
    ['status 503', 503, 'server_is_overloaded', 'service_unavailable_error'],
    ['status 503 kind=slow_down', 503, 'slow_down', 'service_unavailable_error'],
    ['status 520', 520, null, 'server_error'],
  ] as const) {
    test(`[[sim: ${directive}]] is refused in the envelope: ${path}`, async (t) => {
      const { post } = await startApi(t);
      const answer = await post(path, ask(`[[sim: ${directive}]]`));
      const { error } = asObject(await answer.json());
      const { message, ...others } = asObject(error);
      const param = code === 'context_length_exceeded' ? 'input' : null;
      assert.deepEqual([answer.status, others], [status, { type, param, code }]);
      assert.equal(typeof message, 'string');
    });
  }

  test(`a rate limit says when to come back; a 502 is a page; an unknown kind is refused loudly: ${path}`, async (t) => {
    const { post } = await startApi(t);
    const limited = await post(path, ask('[[sim: status 429 retry_after=7]]'));
    assert.deepEqual(
      [
        limited.headers.get('retry-after'),
        limited.headers.get('retry-after-ms'),
        limited.headers.get('x-ratelimit-remaining-requests'),
        limited.headers.get('x-ratelimit-reset-requests'),
      ],
      ['7', '7000', '0', '7s'],
    );
    const page = await post(path, ask('[[sim: status 502]]'));
    assert.equal(page.headers.get('content-type'), 'text/html; charset=UTF-8');
    const odd = asObject(await (await post(path, ask('[[sim: status 503 kind=odd]]'))).json());
    assert.equal(asObject(odd['error'])['code'], 'simulator_directive');
  });

  test(`a failure is an error status in JSON: ${path}`, async (t) => {
    const { post } = await startApi(t);
    for (const [directive, status] of [
      ['fail', 500],
      ['fail code=context_length_exceeded', 400],
      ['fail code=rate_limit_exceeded', 429],
      ['overload', 503],
      ['error', 500],
    ] as const) {
      assert.equal((await post(path, ask(`[[sim: ${directive}]]`))).status, status, directive);
    }
  });

  test(`JSON can be cut and reset in its middle, and dropped before: ${path}`, async (t) => {
    const { simulator, post } = await startApi(t);
    const whole = await (await post(path, ask('Say exactly: x'))).text();
    const half = await (await post(path, ask('[[sim: cut]] Say exactly: x'))).text();
    assert.ok(half.length > 0 && half.length < whole.length);
    const reset = await post(path, ask('[[sim: cut how=reset]] Say exactly: x'));
    await assert.rejects(reset.text());
    await assert.rejects(post(path, ask('[[sim: drop]]')));
    const { requests } = await simulator.control.until(
      ({ requests: [, , , last] }) => last?.ending !== undefined,
    );
    assert.deepEqual(
      requests.map(({ ending }) => ending),
      ['complete', 'cut', 'reset', 'dropped'],
    );
  });

  for (const [directive, isUnderWay] of [
    ['stall', ({ bytesSent }: RecordedRequest) => bytesSent > 0],
    ['hang', ({ body }: RecordedRequest) => body !== undefined],
  ] as const) {
    test(`JSON that does not come, or not to its end, waits for the client to leave, ${directive}: ${path}`, async (t) => {
      const { simulator } = await startApi(t);
      const leaving = new AbortController();
      const answer = fetch(`${simulator.openaiUrl}${path}`, {
        method: 'POST',
        headers: { authorization: AUTHORIZATION },
        body: JSON.stringify({ model: 'gpt-5.5', ...ask(`[[sim: ${directive}]] Say exactly: x`) }),
        signal: leaving.signal,
      }).then((response) => response.text());
      await simulator.control.until(({ requests: [first] }) => first !== undefined && isUnderWay(first));
      leaving.abort();
      await assert.rejects(answer);
      await simulator.control.until(({ requests: [first] }) => first?.ending === 'stalled');
    });
  }

  test(`JSON is held back for a while by slow: ${path}`, async (t) => {
    const clock = createManualClock();
    const { post } = await startApi(t, { clock });
    const answer = post(path, ask('[[sim: slow ms=5000]] Say exactly: x')).then((response) =>
      response.json(),
    );
    await clock.someoneWaits();
    clock.advance(5000);
    assert.equal(typeof asObject(await answer)['id'], 'string');
  });

  test(`the same calls give the same bytes: ${path}`, async (t) => {
    const answers = [];
    for (let run = 0; run < 2; run += 1) {
      const { post } = await startApi(t, { clock: createManualClock(), seed: 'same' });
      answers.push([
        await (await post(path, ask('Tell me a story'))).text(),
        await (await post(path, { ...ask('Tell me a story'), stream: true })).text(),
      ]);
    }
    assert.deepEqual(answers[0], answers[1]);
  });

  test(`scenario models, gates and step mode work as at the Codex face: ${path}`, async (t) => {
    const { post, simulator } = await startApi(t);
    assert.equal((await post(path, { ...ask('x'), model: 'sim-unavailable' })).status, 503);
    assert.equal((await post(path, { ...ask('x'), model: 'sim-usage-limit' })).status, 429);
    simulator.control.hold('responses');
    simulator.control.nextResponses('step');
    const answer = post(path, { ...ask('Say exactly: x'), stream: true });
    await simulator.control.until(() => simulator.control.waiting('responses') === 1);
    simulator.control.release('responses');
    await answer;
    const [stream = 0] = simulator.control.openStreams();
    assert.equal((await simulator.control.advance(stream))?.eventsSent, 1);
    assert.equal((await simulator.control.advance(stream, 100))?.finished, true);
    // JSON has no events that could be let go one by one
    simulator.control.set({ step: true });
    assert.equal((await post(path, ask('Say exactly: x'))).status, 200);
    assert.deepEqual(simulator.control.openStreams(), []);
  });
}

test('a Responses stream fails in the API’s own events', async (t) => {
  const { respondEvents } = await startApi(t);
  const failed = await respondEvents({ input: '[[sim: overload after=3]] Say exactly: x' });
  const [error, last] = failed.slice(-2);
  assert.deepEqual(error?.data, {
    type: 'error',
    sequence_number: 3,
    code: 'server_is_overloaded',
    message: 'Our servers are currently overloaded. Please try again later.',
    param: null,
  });
  const response = asObject(last?.data['response']);
  assert.deepEqual(
    [response['status'], asObject(response['error'])['code']],
    ['failed', 'server_is_overloaded'],
  );
});

test('a chat stream fails with an error in the place of a chunk, and has no sentinel', async (t) => {
  const { post } = await startApi(t);
  for (const verb of ['fail', 'overload', 'error']) {
    const answer = await post(CHAT, { ...say(`[[sim: ${verb} after=1 code=server_error]]`), stream: true });
    const text = await answer.text();
    const [chunk = '', error = '', rest = ''] = text.split('\n\n');
    assert.match(chunk, /"role":"assistant"/);
    assert.deepEqual(JSON.parse(error.slice('data: '.length)), {
      error: {
        message: 'An error occurred while processing your request.',
        type: 'server_error',
        param: null,
        code: 'server_error',
      },
    });
    assert.equal(rest, '');
  }
});

test('a chat stream can be cut, garbled, split and mixed with what is not its own', async (t) => {
  const { post } = await startApi(t);
  const textOf = async (directive: string): Promise<string> => {
    const answer = await post(CHAT, { ...say(`[[sim: ${directive}]] Say exactly: one two`), stream: true });
    return answer.text();
  };
  assert.equal((await textOf('cut after=1')).split('\n\n').length, 2);
  assert.match(await textOf('malformed after=1'), /"unfin\n\n/);
  assert.match(await textOf('malformed after=1 how=html'), /upstream connect error/);
  assert.match(await textOf('comments'), /: simulated comment\n\n/);
  assert.match(await textOf('crlf'), /^data: [^\n]*\r\n\r\n/);
  assert.deepEqual(deltasIn(await textOf('split bytes=7')), deltasIn(await textOf('usage')));
  assert.match(await textOf('unknown'), /"simulated_unknown"/);
  assert.match(await textOf('rate_limits every=1'), /"rate_limits"/);
});

test('a script is sent word for word: as chunks without a name, and as the body of JSON', async (t) => {
  const { complete, post, simulator } = await startApi(t);
  const chunk = { id: 'chatcmpl-1', choices: [{ index: 0, delta: { content: 'scripted' } }] };
  simulator.control.nextScript([chunk, 'data: [DONE]\n\n']);
  const streamed = await post(CHAT, { ...say('x'), stream: true });
  assert.equal(await streamed.text(), `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
  simulator.control.nextScript([{ choices: [{ message: { content: 'scripted' } }] }]);
  assert.equal(firstMessage(await complete(say('x')))['content'], 'scripted');
});

/** A body without what differs from one answer to the next. */
function withoutIds(bytes: Buffer): string {
  return bytes.toString().replaceAll(/_?[0-9a-f]{24,}|(?<=chatcmpl-)\w+/g, 'id');
}

function deltasIn(stream: string): unknown {
  return readChunks(stream).map(({ choices }) => asObjects(choices).map(({ delta }) => delta));
}

/** A POST whose answer is not decompressed. */
function rawPost(url: string, body: string, acceptEncoding: string) {
  return new Promise<{ readonly bytes: Buffer; readonly encoding: string | undefined }>((resolve, reject) => {
    const headers = { authorization: AUTHORIZATION, 'accept-encoding': acceptEncoding };
    const sent = request(url, { method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ bytes: Buffer.concat(chunks), encoding: answer.headers['content-encoding'] }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
