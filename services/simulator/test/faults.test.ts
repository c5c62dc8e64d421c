import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import { asObject, type JsonObject } from '../src/json.ts';
import {
  createManualClock,
  outline,
  PLAIN_BODY,
  readSse,
  type Rig,
  spokenBy,
  startRig,
  user,
} from './rig.ts';

const PLAIN_ANSWER = [
  'response.created',
  'response.in_progress',
  'response.output_item.added',
  'response.output_item.done',
  'response.output_item.added',
  'response.content_part.added',
  'response.output_text.delta',
  'response.output_text.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.completed',
];

/** POSTs over a plain socket, so that chunks and the end of the connection can be seen. */
function open({ simulator, login }: Rig, prompt: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const req = request(`${simulator.backendUrl}/responses`, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${login.tokens.access_token}` },
    });
    req.on('response', resolve).on('error', reject);
    req.end(JSON.stringify({ ...PLAIN_BODY, input: [user(prompt)] }));
  });
}

/** Each chunk as it was written; reading by iteration would join those that arrive together. */
function chunksOf(res: IncomingMessage): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    res.on('data', (chunk: Buffer) => chunks.push(chunk));
    res.on('end', () => resolve(chunks)).on('error', reject);
  });
}

function failureOf(events: readonly { data: JsonObject }[]): JsonObject {
  return asObject(asObject(events.at(-1)?.data['response'])['error']);
}

for (const code of [
  'context_length_exceeded',
  'insufficient_quota',
  'usage_not_included',
  'cyber_policy',
  'misalignment_policy_violation',
  'invalid_prompt',
  'bio_policy',
  'server_is_overloaded',
  'slow_down',
  'rate_limit_exceeded',
  'server_error',
]) {
  test(`response.failed with ${code}, after zero and after some output`, async (t) => {
    const { ask } = await startRig(t);
    const early = await ask(`[[sim: fail code=${code}]] hi`);
    assert.deepEqual(outline(early), ['created', 'in_progress', 'failed']);
    assert.equal(failureOf(early)['code'], code);
    const late = await ask(`[[sim: fail code=${code} after=7]] hi`);
    assert.deepEqual(outline(late).slice(-3), ['content_part.added', 'output_text.delta', 'failed']);
    assert.deepEqual(
      late.map(({ data }) => data['sequence_number']),
      late.map((_, index) => index),
    );
    const immediate = await ask(`[[sim: fail code=${code} after=0]] hi`);
    assert.deepEqual(outline(immediate), ['failed']);
  });
}

test('rate_limit_exceeded says in how many seconds to try again', async (t) => {
  const { ask } = await startRig(t);
  const { message } = failureOf(await ask('[[sim: fail code=rate_limit_exceeded]] hi'));
  assert.match(String(message), /try again in 1\.5s/);
});

test('overload inside a 200: created, in_progress, error, failed', async (t) => {
  const { ask } = await startRig(t);
  const events = await ask('[[sim: overload]] hi');
  assert.deepEqual(outline(events), ['created', 'in_progress', 'error', 'failed']);
  const message = 'Our servers are currently overloaded. Please try again later.';
  assert.deepEqual(events[2]?.data, {
    type: 'error',
    sequence_number: 2,
    error: { type: 'service_unavailable_error', code: 'server_is_overloaded', message, param: null },
  });
  assert.deepEqual(failureOf(events), { code: 'server_is_overloaded', message });
  const limit = await ask('[[sim: error code=usage_limit_reached]] hi');
  assert.deepEqual(outline(limit), ['created', 'in_progress', 'error']);
  assert.equal(asObject(limit.at(-1)?.data['error'])['resets_in_seconds'], 1800);
});

test('incomplete: the text stops early and its item ends incomplete', async (t) => {
  const { ask } = await startRig(t);
  const events = await ask('[[sim: incomplete reason=content_filter words=3]] tell a long story');
  assert.equal(events.at(-1)?.event, 'response.incomplete');
  const response = asObject(events.at(-1)?.data['response']);
  assert.deepEqual(response['incomplete_details'], { reason: 'content_filter' });
  assert.equal(response['status'], 'incomplete');
  assert.deepEqual(spokenBy(events), ['Every evening the']);
  const done = events.findLast(({ event }) => event === 'response.output_item.done');
  assert.equal(asObject(done?.data['item'])['status'], 'incomplete');
});

test('cut: the stream ends after any number of events, without a terminal one', async (t) => {
  const { simulator, ask } = await startRig(t);
  for (let after = 0; after < PLAIN_ANSWER.length; after += 1) {
    const events = await ask(`[[sim: cut after=${after}]] Say exactly: x`);
    assert.deepEqual(
      events.map(({ event }) => event),
      PLAIN_ANSWER.slice(0, after),
    );
  }
  const whole = await ask('[[sim: cut after=99]] Say exactly: x');
  assert.equal(whole.at(-1)?.event, 'response.completed');
  const endings = simulator.control.journal().requests.map(({ ending, eventsSent }) => [ending, eventsSent]);
  assert.deepEqual(endings.slice(-2), [
    ['cut', PLAIN_ANSWER.length - 1],
    ['complete', PLAIN_ANSWER.length],
  ]);
});

test('cut: with how=reset the connection is reset', async (t) => {
  const rig = await startRig(t);
  const res = await open(rig, '[[sim: cut after=3 how=reset]] hi');
  await assert.rejects(chunksOf(res), { code: 'ECONNRESET' });
  const { requests } = await rig.simulator.control.until(
    ({ requests: [first] }) => first?.ending === 'reset',
  );
  assert.equal(requests[0]?.clientDisconnected, false);
});

test('stall: after some events there is silence until the client leaves, and the journal sees it leave', async (t) => {
  const rig = await startRig(t);
  const { control } = rig.simulator;
  const res = await open(rig, '[[sim: stall after=4]] hi');
  await control.until(({ requests: [first] }) => first?.eventsSent === 4);
  assert.equal(control.journal().requests[0]?.ending, undefined);
  res.destroy();
  const { requests } = await control.until(({ requests: [first] }) => first?.clientDisconnected === true);
  assert.equal(requests[0]?.lastEvent, 'response.output_item.done');
});

test('a client that leaves stops the answer at once', async (t) => {
  const clock = createManualClock();
  const rig = await startRig(t, { clock });
  const { control } = rig.simulator;
  const res = await open(rig, '[[sim: slow ms=1000]] tell a long story');
  await clock.someoneWaits();
  res.destroy();
  const { requests } = await control.until(({ requests: [first] }) => first?.ending === 'client_gone');
  assert.equal(requests[0]?.clientDisconnected, true);
  assert.equal(requests[0]?.eventsSent, 1);
});

test('slow and stream rates follow the clock: no event before its time', async (t) => {
  const clock = createManualClock();
  const rig = await startRig(t, { clock });
  const { control } = rig.simulator;
  const answer = rig.ask('[[sim: stream events=4 bytes=10 rate=10]]');
  const total = 4 + 8;
  for (let sent = 1; sent < total; sent += 1) {
    const { requests } = await control.until(({ requests: [first] }) => Number(first?.eventsSent) >= sent);
    assert.equal(requests[0]?.eventsSent, sent);
    await clock.someoneWaits();
    clock.advance(100);
  }
  assert.equal((await answer).length, total);
});

test('stream pauses after every so many events', async (t) => {
  const clock = createManualClock();
  const rig = await startRig(t, { clock });
  const answer = rig.ask('[[sim: stream events=8 bytes=10 every=4 pause=500]]');
  const seen: number[] = [];
  for (let pauses = 0; pauses < 3; pauses += 1) {
    await clock.someoneWaits();
    seen.push(Number(rig.simulator.control.journal().requests[0]?.eventsSent));
    clock.advance(500);
  }
  assert.equal((await answer).length, 16);
  assert.deepEqual(seen, [4, 8, 12]);
});

test('back-pressure: a reader that stops reading stops the answer, and gets all of it in the end', async (t) => {
  const rig = await startRig(t);
  const { control } = rig.simulator;
  const res = await open(rig, '[[sim: stream events=200 bytes=40000]]');
  res.pause();
  // other requests are the measure of time: an answer that does not wait for its reader would be through long before
  let sent = -1;
  for (let unchanged = 0; unchanged < 20;) {
    await rig.get('/backend-api/wham/usage');
    const now = Number(control.journal().requests[0]?.bytesSent);
    unchanged = now === sent ? unchanged + 1 : 0;
    sent = now;
  }
  assert.ok(sent < 16 * 1024 * 1024, `${sent} bytes were sent to a reader that does not read`);
  assert.equal(control.journal().requests[0]?.ending, undefined);
  let received = 0;
  for await (const chunk of res) received += Buffer.isBuffer(chunk) ? chunk.length : 0;
  const { requests } = await control.until(({ requests: [first] }) => first?.ending === 'complete');
  assert.equal(received, requests[0]?.bytesSent);
  assert.ok(received > 4 * 200 * 40_000);
});

test('split writes cut lines and characters apart, and the bytes are the same', async (t) => {
  const rig = await startRig(t);
  const chunks = await chunksOf(await open(rig, '[[sim: split bytes=3]] Say exactly: 🦊é'));
  assert.ok(chunks.every(({ length }) => length <= 3));
  assert.ok(
    chunks.some((chunk) => chunk.toString('utf8').includes('\uFFFD')),
    'a character is cut',
  );
  assert.deepEqual(spokenBy(readSse(Buffer.concat(chunks).toString('utf8'))), ['🦊é']);
});

test('CRLF, comments, unknown events and codex.rate_limits can stand between the events', async (t) => {
  const { post } = await startRig(t);
  const textOf = async (directives: string) =>
    (await post({ input: [user(`${directives} Say exactly: x`)] })).text();
  const crlf = await textOf('[[sim: crlf]]');
  assert.equal(crlf.replaceAll('\r\n', '').includes('\n'), false);
  assert.deepEqual(spokenBy(readSse(crlf.replaceAll('\r\n', '\n'))), ['x']);
  const commented = await textOf('[[sim: comments every=2]]');
  assert.equal(commented.split(': simulated comment\n\n').length - 1, Math.floor(PLAIN_ANSWER.length / 2));
  const mixed = readSse(await textOf('[[sim: unknown every=3]] [[sim: rate_limits every=4]]'));
  const foreign = mixed.filter(({ data }) => data['sequence_number'] === undefined);
  assert.deepEqual([...new Set(foreign.map(({ event }) => event))].toSorted(), [
    'codex.rate_limits',
    'response.simulated_unknown',
  ]);
  assert.deepEqual(
    mixed.filter((event) => !foreign.includes(event)).map(({ event }) => event),
    PLAIN_ANSWER,
  );
});

test('malformed data stands where it was asked for, and the answer goes on', async (t) => {
  const { post } = await startRig(t);
  const answer = await post({ input: [user('[[sim: malformed after=3]] Say exactly: x')] });
  const blocks = (await answer.text()).split('\n\n').filter((block) => block !== '');
  assert.throws(() => JSON.parse(blocks[3]?.split('data: ')[1] ?? ''), SyntaxError);
  assert.equal(blocks.length, PLAIN_ANSWER.length + 1);
  const html = await post({ input: [user('[[sim: malformed how=html]] x')] });
  assert.match(await html.text(), /^data: <html>/m);
});

test('an answer can come without content type, and can leave the connection open after completed', async (t) => {
  const rig = await startRig(t);
  const bare = await rig.post({ input: [user('[[sim: no_content_type]] Say exactly: x')] });
  assert.equal(bare.headers.get('content-type'), null);
  assert.deepEqual(spokenBy(readSse(await bare.text())), ['x']);
  const res = await open(rig, '[[sim: keep_open]] Say exactly: x');
  const { control } = rig.simulator;
  const { requests } = await control.until(
    (journal) => journal.requests.at(-1)?.lastEvent === 'response.completed',
  );
  assert.equal(requests.at(-1)?.ending, undefined);
  assert.equal(res.complete, false);
  res.destroy();
  await control.until((journal) => journal.requests.at(-1)?.ending === 'complete');
});

const STATUSES: readonly (readonly [string, number, unknown])[] = [
  [
    '401',
    401,
    {
      error: {
        message: 'Your authentication token has been invalidated. Please try signing in again.',
        type: 'invalid_request_error',
        code: 'token_invalidated',
        param: null,
      },
      status: 401,
    },
  ],
  [
    '401 kind=token_expired',
    401,
    {
      error: {
        message: 'Provided authentication token is expired. Please try signing in again.',
        type: 'invalid_request_error',
        code: 'token_expired',
        param: null,
      },
      status: 401,
    },
  ],
  ['401 kind=unauthorized', 401, { detail: 'Unauthorized' }],
  [
    '401 kind=unparseable',
    401,
    { detail: 'Could not parse your authentication token. Please try signing in again.' },
  ],
  ['402', 402, { detail: { code: 'deactivated_workspace' } }],
  ['404', 404, { detail: 'Not Found' }],
  ['429 kind=plain', 429, { detail: 'Too many requests' }],
  [
    '500',
    500,
    {
      error: {
        message: 'The server had an error while processing your request. Sorry about that!',
        type: 'server_error',
        param: null,
        code: null,
      },
    },
  ],
  [
    '503',
    503,
    {
      error: {
        message: 'Our servers are currently overloaded. Please try again later.',
        type: 'service_unavailable_error',
        param: null,
        code: 'server_is_overloaded',
      },
    },
  ],
];

for (const [directive, status, body] of STATUSES) {
  test(`status ${directive} is answered as the backend does`, async (t) => {
    const { post } = await startRig(t);
    const answer = await post({ input: [user(`[[sim: status ${directive}]] hi`)] });
    assert.deepEqual([answer.status, await answer.json()], [status, body]);
  });
}

test('429 usage_limit_reached has its body, its time and its headers; plain 429 has Retry-After', async (t) => {
  const clock = createManualClock();
  const { simulator, login } = await startRig(t, { clock });
  const send = (prompt: string) =>
    fetch(`${simulator.backendUrl}/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${login.tokens.access_token}` },
      body: JSON.stringify({ ...PLAIN_BODY, input: [user(prompt)] }),
    });
  const limited = await send('[[sim: status 429 retry_after=600]] hi');
  const now = clock.now() / 1000;
  assert.deepEqual(await limited.json(), {
    error: {
      type: 'usage_limit_reached',
      message: 'The usage limit has been reached',
      plan_type: 'plus',
      resets_at: now + 600,
      resets_in_seconds: 600,
      eligible_promo: null,
    },
  });
  assert.equal(limited.headers.get('x-codex-primary-used-percent'), '100');
  assert.equal(limited.headers.get('x-codex-primary-reset-at'), String(now + 600));
  assert.equal(limited.headers.get('x-codex-rate-limit-reached-type'), 'rate_limit_reached');
  assert.notEqual(limited.headers.get('x-codex-secondary-reset-at'), null);
  const plain = await send('[[sim: status 429 kind=plain retry_after=3]] hi');
  assert.equal(plain.headers.get('retry-after'), '3');
  simulator.control.setQuota('acct_simulated', { limitReached: true });
  assert.equal((await send('hi')).status, 429, 'a used-up account refuses every request');
});

test('403 is the page of Cloudflare with cf-mitigated, 502 is HTML too', async (t) => {
  const { post } = await startRig(t);
  const challenge = await post({ input: [user('[[sim: status 403]] hi')] });
  assert.deepEqual([challenge.status, challenge.headers.get('cf-mitigated')], [403, 'challenge']);
  const page = await challenge.text();
  assert.ok(page.includes('Cloudflare') && page.includes('blocked'));
  const gateway = await post({ input: [user('[[sim: status 502]] hi')] });
  assert.deepEqual([gateway.status, gateway.headers.get('content-type')], [502, 'text/html; charset=UTF-8']);
});

test('a refusal of the backend names the request, a page of the edge does not', async (t) => {
  const { post } = await startRig(t);
  const named = async (more: JsonObject): Promise<boolean> =>
    (await post(more)).headers.get('x-oai-request-id')?.startsWith('req_') === true;
  assert.equal(await named({ input: [user('[[sim: status 429]] hi')] }), true);
  assert.equal(await named({ temperature: 1 }), true);
  assert.equal(await named({ input: [user('[[sim: status 403]] hi')] }), false);
});

test('401 once, twice or for ever, and the calls are counted', async (t) => {
  const { simulator, post } = await startRig(t);
  const statuses = async (prompt: string) => {
    const seen = [];
    for (let call = 0; call < 4; call += 1) seen.push((await post({ input: [user(prompt)] })).status);
    return seen;
  };
  assert.deepEqual(await statuses('[[sim: status 401 times=1]] hi'), [401, 200, 200, 200]);
  assert.deepEqual(await statuses('[[sim: status 401 times=2]] hi'), [401, 401, 200, 200]);
  assert.deepEqual(await statuses('[[sim: status 401]] hi'), [401, 401, 401, 401]);
  simulator.control.nextResponses('status 401', 2);
  assert.deepEqual(await statuses('hi'), [401, 401, 200, 200]);
  assert.equal(simulator.control.journal().counts.responses, 16);
});

test('hang gives no answer, drop resets the connection', async (t) => {
  const rig = await startRig(t);
  const { control } = rig.simulator;
  await assert.rejects(open(rig, '[[sim: drop]] hi'), { code: 'ECONNRESET' });
  const impatient = new AbortController();
  const hanging = fetch(`${rig.simulator.backendUrl}/responses`, {
    method: 'POST',
    signal: impatient.signal,
    headers: { authorization: `Bearer ${rig.login.tokens.access_token}` },
    body: JSON.stringify({ ...PLAIN_BODY, input: [user('[[sim: hang]] hi')] }),
  });
  await control.until(({ requests }) => requests[1]?.body !== undefined);
  impatient.abort();
  await assert.rejects(hanging, { name: 'AbortError' });
  const { requests } = await control.until((journal) => journal.requests[1]?.ending === 'stalled');
  assert.deepEqual(
    requests.map(({ ending, status }) => [ending, status]),
    [
      ['dropped', undefined],
      ['stalled', undefined],
    ],
  );
});

test('a model name can choose the scenario', async (t) => {
  const { post, ask } = await startRig(t);
  assert.equal((await post({ model: 'sim-usage-limit' })).status, 429);
  assert.deepEqual(outline(await ask('hi', { model: 'sim-overloaded' })).slice(-2), ['error', 'failed']);
  assert.equal((await ask('hi', { model: 'sim-incomplete' })).at(-1)?.event, 'response.incomplete');
});

test('a directive with a typo is refused loudly', async (t) => {
  const { post, simulator } = await startRig(t);
  for (const directive of [
    '[[sim: stal]]',
    '[[sim: stall afer=3]]',
    '[[sim: cut after=soon]]',
    '[[sim: stall',
  ]) {
    const answer = await post({ input: [user(directive)] });
    assert.equal(answer.status, 400);
    assert.equal(asObject(asObject(await answer.json())['error'])['code'], 'simulator_directive');
  }
  assert.throws(() => simulator.control.nextResponses('stal'), { name: 'DirectiveError' });
});
