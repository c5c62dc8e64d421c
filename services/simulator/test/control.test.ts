import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { isLoopback } from '../src/control/http.ts';
import { asObject } from '../src/json.ts';
import { outline, PLAIN_BODY, readSse, type Rig, spokenBy, startRig, user } from './rig.ts';

function control({ simulator }: Rig, path: string, body?: object): Promise<Response> {
  return fetch(`${simulator.issuerUrl}/control/${path}`, {
    method: 'POST',
    body: body === undefined ? null : JSON.stringify(body),
  });
}

function sha256(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}

test('the journal holds what was received, with the token as its SHA-256, and what became of the answer', async (t) => {
  const { simulator, login, post } = await startRig(t);
  const answer = await post({}, { 'x-client-request-id': 'req-7' });
  const received = Buffer.from(await answer.arrayBuffer());
  const { requests, counts } = await simulator.control.until(
    ({ requests: [first] }) => first?.ending === 'complete',
  );
  const [recorded] = requests;
  const fingerprint = sha256(login.tokens.access_token);
  assert.equal(recorded?.headers['authorization'], `Bearer sha256:${fingerprint}`);
  assert.equal(recorded?.headers['x-client-request-id'], 'req-7');
  assert.equal(typeof recorded?.at, 'number');
  assert.deepEqual(
    { ...recorded, headers: undefined, at: undefined },
    {
      sequence: 1,
      at: undefined,
      endpoint: 'responses',
      method: 'POST',
      path: '/backend-api/codex/responses',
      query: {},
      headers: undefined,
      body: PLAIN_BODY,
      bodyBytes: JSON.stringify(PLAIN_BODY).length,
      bodySha256: sha256(JSON.stringify(PLAIN_BODY)),
      status: 200,
      ending: 'complete',
      eventsSent: 11,
      bytesSent: received.length,
      sentSha256: sha256(received),
      lastEvent: 'response.completed',
      clientDisconnected: false,
      turnState: 'given',
    },
  );
  assert.deepEqual([counts.responses, counts.models], [1, 0]);
  assert.equal(JSON.stringify(requests).includes(login.tokens.access_token), false);
});

test('the journal holds the last requests only, but counts all', async (t) => {
  const { simulator, get } = await startRig(t, { journalLimit: 3 });
  for (let call = 0; call < 5; call += 1) await get('/backend-api/wham/usage');
  const { requests, counts } = simulator.control.journal();
  assert.deepEqual([requests.map(({ sequence }) => sequence), counts.wham], [[3, 4, 5], 5]);
  simulator.control.reset();
  assert.deepEqual(simulator.control.journal().requests, []);
  assert.equal(simulator.control.journal().counts.wham, 0);
});

test('step mode sends an event only when it is told to, and ends behind the last', async (t) => {
  const { simulator, post } = await startRig(t);
  simulator.control.set({ step: true });
  const answer = await post();
  const [id = 0] = simulator.control.openStreams();
  assert.ok(answer.body);
  const reader = answer.body.getReader();
  const types: (string | undefined)[] = [];
  for (let expected = 1; expected <= 11; expected += 1) {
    const report = await simulator.control.advance(id);
    const chunk = await reader.read();
    types.push(readSse(Buffer.from(chunk.value ?? []).toString())[0]?.event);
    assert.deepEqual([report?.eventsSent, report?.lastEvent], [expected, types.at(-1)]);
  }
  assert.equal(types.at(-1), 'response.completed');
  assert.equal((await reader.read()).done, true);
  assert.deepEqual(simulator.control.openStreams(), []);
  assert.equal(await simulator.control.advance(4711), undefined);
});

test('step mode can let several events go, and advance reports the end of a stream', async (t) => {
  const { simulator, post } = await startRig(t);
  const answer = await post({ input: [user('[[sim: step]] Say exactly: x')] });
  const [id = 0] = simulator.control.openStreams();
  assert.deepEqual(await simulator.control.advance(id, 3), {
    eventsSent: 3,
    lastEvent: 'response.output_item.added',
    finished: false,
  });
  assert.deepEqual(await simulator.control.advance(id, 100), {
    eventsSent: 11,
    lastEvent: 'response.completed',
    finished: true,
  });
  assert.deepEqual(spokenBy(readSse(await answer.text())), ['x']);
});

test('answers can be held after the request was read, and released together', async (t) => {
  const { simulator, post } = await startRig(t);
  const { control: direct } = simulator;
  direct.hold('responses');
  const answers = [post(), post(), post()];
  await direct.until(() => direct.waiting('responses') === 3);
  assert.deepEqual(
    direct.journal().requests.map(({ status, body }) => [status, body]),
    [
      [undefined, PLAIN_BODY],
      [undefined, PLAIN_BODY],
      [undefined, PLAIN_BODY],
    ],
  );
  direct.release('responses');
  assert.deepEqual(
    (await Promise.all(answers)).map(({ status }) => status),
    [200, 200, 200],
  );
});

test('a script is sent verbatim instead of the answer of the model', async (t) => {
  const { simulator, post } = await startRig(t);
  simulator.control.nextScript([
    { type: 'response.created', response: { id: 'resp_1' } },
    'data: [DONE]\n\n',
  ]);
  assert.equal(
    await (await post()).text(),
    'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1"}}\n\ndata: [DONE]\n\n',
  );
  assert.equal(spokenBy(readSse(await (await post()).text())).length, 1);
});

test('queued directives come before those of the prompt, for as many answers as asked', async (t) => {
  const { simulator, ask, post } = await startRig(t);
  simulator.control.nextResponses(['cut after=2', 'crlf'], 2);
  for (let call = 0; call < 2; call += 1) {
    assert.match(
      await (await post()).text(),
      /^event: response\.created\r\n[^\n]*\r\n\r\nevent: response\.in_progress\r\n[^\n]*\r\n\r\n$/,
    );
  }
  assert.equal((await ask('Say exactly: x')).at(-1)?.event, 'response.completed');
});

test('only loopback addresses may control', () => {
  for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
    assert.equal(isLoopback(address), true, address);
  }
  for (const address of ['10.0.0.1', '::ffff:10.0.0.1', '192.168.127.1', 'fe80::1', undefined]) {
    assert.equal(isLoopback(address), false, address);
  }
});

test('over HTTP: a login is minted with its options, and works', async (t) => {
  const rig = await startRig(t);
  const made = await control(rig, 'logins', { accountId: 'acct_http', plan: 'pro', accessTokenSeconds: 60 });
  assert.equal(made.status, 201);
  const tokens = asObject(asObject(await made.json())['tokens']);
  assert.equal(tokens['account_id'], 'acct_http');
  const usage = await rig.get('/backend-api/wham/usage', {
    authorization: `Bearer ${String(tokens['access_token'])}`,
  });
  assert.equal(asObject(await usage.json())['plan_type'], 'pro');
  assert.equal((await control(rig, 'logins')).status, 201, 'options can be left out');
});

test('over HTTP: faults, scripts, switches, revocations, quota and reset do what the typed control does', async (t) => {
  const rig = await startRig(t);
  const { post, ask, get, refresh, login } = rig;
  const done = async (path: string, body?: object) =>
    assert.equal((await control(rig, path, body)).status, 204);
  await done('responses', { directives: ['status 503'], times: 1 });
  assert.equal((await post()).status, 503);
  await done('responses', { script: ['data: x\n\n'] });
  assert.equal(await (await post()).text(), 'data: x\n\n');
  await done('refreshes', { fault: { kind: 'status', status: 500 } });
  assert.equal((await refresh(login.tokens.refresh_token)).status, 500);
  await done('models', { directive: 'status 500' });
  assert.equal((await get('/backend-api/codex/models?client_version=1.0.0')).status, 500);
  await done('settings', { instructions: 'lax', accessTokenSeconds: 5 });
  const developer = { role: 'developer', content: 'x' };
  assert.equal((await post({ instructions: undefined, input: [developer, user('hi')] })).status, 200);
  await done('quota', { accountId: 'acct_simulated', limitReached: true });
  assert.equal((await post()).status, 429);
  await done('revocations', { allAccessTokens: true });
  assert.equal((await post()).status, 401);
  await done('revocations', { grantsOf: 'acct_simulated' });
  assert.equal((await refresh(login.tokens.refresh_token)).status, 401);
  await done('reset');
  assert.deepEqual(outline(await ask('Say exactly: x')).at(-1), 'completed');
});

test('over HTTP: hold, look, release; step and advance; devices', async (t) => {
  const rig = await startRig(t);
  const { simulator, post } = rig;
  const look = async (what: string) => (await fetch(`${simulator.issuerUrl}/control/${what}`)).json();
  await control(rig, 'hold', { gate: 'responses' });
  const held = post();
  await simulator.control.until(() => simulator.control.waiting('responses') === 1);
  assert.deepEqual(await look('gates'), { responses: 1, refresh: 0, models: 0 });
  await control(rig, 'release', { gate: 'responses' });
  assert.equal((await held).status, 200);
  await control(rig, 'settings', { step: true });
  const stepped = await post();
  assert.deepEqual(await look('streams'), { open: [2] });
  const report = await control(rig, 'streams/2/advance', { count: 2 });
  assert.deepEqual(await report.json(), {
    eventsSent: 2,
    lastEvent: 'response.in_progress',
    finished: false,
  });
  assert.equal((await control(rig, 'streams/9/advance')).status, 404);
  await control(rig, 'reset');
  assert.equal(readSse(await stepped.text()).length, 11, 'a reset lets stepped streams run to their end');
  assert.equal((await control(rig, 'devices', { userCode: 'NONE' })).status, 404);
  assert.equal(asObject(asObject(await look('journal'))['counts'])['responses'], 0);
});

test('over HTTP: a wrong body is explained, an unknown action is 404', async (t) => {
  const rig = await startRig(t);
  for (const [path, body] of [
    ['settings', { steps: true }],
    ['responses', { directives: ['cut after=soon'] }],
    ['refreshes', { fault: { kind: 'explode' } }],
    ['hold', {}],
  ] as const) {
    const answer = await control(rig, path, body);
    assert.equal(answer.status, 400, path);
    assert.match(String(asObject(asObject(await answer.json())['error'])['message']), /\w/);
  }
  assert.equal((await control(rig, 'explode')).status, 404);
});
