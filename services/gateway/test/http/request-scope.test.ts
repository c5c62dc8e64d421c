import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import { faultOf } from '../fault-of.ts';
import { serveHandler } from './served.ts';

const bounded = { timeout: 10_000 };

async function idsFor(t: TestContext, headers: Record<string, string>) {
  const served = await serveHandler(
    t,
    { clock: createManualClock() },
    () => (_req, res) => void res.json({}),
  );
  const answer = await fetch(served.url, { headers });
  await answer.text();
  await served.untilFinished(1);
  return [
    answer.headers.get('x-request-id'),
    answer.headers.get('request-id'),
    served.finished[0]?.scope.requestId,
  ];
}

const longest = 'x'.repeat(128);
for (const [what, headers, id] of [
  ['the x-request-id', { 'x-request-id': 'abc', 'x-correlation-id': 'def' }, 'abc'],
  ['the x-correlation-id', { 'x-correlation-id': 'def' }, 'def'],
  [
    'the x-correlation-id when the other is not fit',
    { 'x-request-id': 'a b', 'x-correlation-id': 'def' },
    'def',
  ],
  ['every visible character', { 'x-request-id': '!"#~' }, '!"#~'],
  ['128 characters', { 'x-request-id': longest }, longest],
] as const) {
  test(`a request is called by ${what} of its client`, bounded, async (t) => {
    assert.deepEqual(await idsFor(t, headers), [id, id, id]);
  });
}

for (const [what, headers] of [
  ['nothing', {}],
  ['an empty id', { 'x-request-id': '' }],
  ['an id with a space', { 'x-request-id': 'a b' }],
  ['129 characters', { 'x-request-id': `${longest}x` }],
  ['a letter beyond ASCII', { 'x-request-id': 'ä' }],
] as const) {
  test(`a request with ${what} is called by an id of ours`, bounded, async (t) => {
    const [id, ...same] = await idsFor(t, headers);
    assert.match(id ?? '', /^req_[0-9a-f]{24}$/);
    assert.deepEqual(same, [id, id]);
  });
}

test('a request is open until its answer is out, and is reported once', bounded, async (t) => {
  const clock = createManualClock();
  const served = await serveHandler(t, { clock }, (scopes) => (req, res) => {
    assert.equal(scopes.open().has(scopes.of(res)), true);
    clock.advance(1_500);
    res.status(201).json({ path: req.path });
  });
  await (await fetch(`${served.url}a/b?secret=canary`, { method: 'PUT' })).text();
  await served.untilFinished(1);
  assert.equal(served.scopes.open().size, 0);
  const [request, ...others] = served.finished;
  assert.ok(request);
  const { scope, ...rest } = request;
  assert.deepEqual([rest, others.length], [{ method: 'PUT', path: '/a/b', status: 201, outcome: 'ok' }, 0]);
  assert.deepEqual([scope.elapsedMs(), scope.signal.aborted, clock.pending()], [1_500, false, 0]);
});

test('a fault is the outcome of its request', bounded, async (t) => {
  const served = await serveHandler(t, { clock: createManualClock() }, () => () => {
    throw new FaultError({ kind: 'api_key_disabled', message: 'The API key is disabled.' });
  });
  await (await fetch(served.url)).text();
  await served.untilFinished(1);
  const [request] = served.finished;
  assert.deepEqual([request?.status, request?.outcome], [403, 'forbidden']);
});

test('whatever else is thrown is an internal error that tells nothing', bounded, async (t) => {
  const served = await serveHandler(t, { clock: createManualClock() }, () => () => {
    throw new TypeError('canary');
  });
  const answer = await fetch(served.url);
  assert.equal(answer.status, 500);
  assert.equal(answer.headers.get('x-gateway-outcome'), 'internal');
  assert.deepEqual(await answer.json(), {
    error: {
      message: 'An internal error occurred. Please name the request id when you report it.',
      type: 'gateway_error',
      param: null,
      code: 'internal_error',
    },
  });
});

test('a client that leaves ends its request with that reason', bounded, async (t) => {
  const begun = Promise.withResolvers<AbortSignal>();
  const served = await serveHandler(t, { clock: createManualClock() }, (scopes) => (_req, res) => {
    begun.resolve(scopes.of(res).signal);
  });
  const controller = new AbortController();
  const leaving = fetch(served.url, { signal: controller.signal });
  leaving.catch(() => {});
  const signal = await begun.promise;
  controller.abort();
  await served.untilFinished(1);
  assert.deepEqual(await faultOf(() => signal.throwIfAborted()), {
    kind: 'client_gone',
    message: 'The client has left.',
  });
  assert.equal(served.finished[0]?.outcome, 'client_gone');
});

test('at its deadline a request is told to end, and five seconds later it is ended', bounded, async (t) => {
  const clock = createManualClock();
  const begun = Promise.withResolvers<AbortSignal>();
  const served = await serveHandler(t, { clock, deadlineMs: 60_000 }, (scopes) => (_req, res) => {
    res.write('never more than this');
    begun.resolve(scopes.of(res).signal);
  });
  const socket = connect({ host: '127.0.0.1', port: served.port });
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const signal = await begun.promise;
  await once(socket, 'data');
  clock.advance(59_999);
  assert.equal(signal.aborted, false);
  clock.advance(1);
  assert.deepEqual(await faultOf(() => signal.throwIfAborted()), {
    kind: 'upstream_timeout',
    message: 'The request has reached its deadline.',
  });
  const closed = once(socket, 'close');
  socket.resume();
  clock.advance(5_000);
  await closed;
  await served.untilFinished(1);
  assert.equal(clock.pending(), 0);
});

test('a request that obeys its deadline is not cut', bounded, async (t) => {
  const clock = createManualClock();
  const begun = Promise.withResolvers<void>();
  const served = await serveHandler(t, { clock, deadlineMs: 60_000 }, (scopes) => (_req, res) => {
    scopes.of(res).signal.addEventListener('abort', () => res.json({ ended: true }));
    begun.resolve();
  });
  const answer = fetch(served.url);
  await begun.promise;
  clock.advance(60_000);
  assert.deepEqual(await (await answer).json(), { ended: true });
  await served.untilFinished(1);
  assert.equal(clock.pending(), 0);
});
