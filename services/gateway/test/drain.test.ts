import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import express from 'express';
import { drain, podDrain, terminalDrain } from '../src/drain.ts';
import { createScopes, type Scope } from '../src/http/request-scope.ts';
import { faultOf } from './fault-of.ts';
import { captureLog } from './log-capture.ts';

const bounded = { timeout: 10_000 };

/** A server whose answers run until the test ends them. */
async function serve(t: TestContext) {
  const clock = createManualClock();
  const log = captureLog();
  const running: { readonly res: ServerResponse; readonly scope: Scope }[] = [];
  const scopes = createScopes({ clock, deadlineMs: 3_600_000, onFinish: () => {} });
  const app = express().use(scopes.middleware, (_req, res) => {
    res.write('first ');
    running.push({ res, scope: scopes.of(res) });
  });
  const { server, port } = await listen(app, { host: '127.0.0.1', port: 0, setting: 'PORT' });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const request = async (): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port }).on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    socket.resume();
    return socket;
  };
  /** Lets time pass, with everything that follows from it. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const deps = { server, open: scopes.open, clock, logger: log.logger };
  return { pass, log, running, request, port, deps };
}

test('an idle server is drained when the lame duck is over, and answers until then', bounded, async (t) => {
  const { pass, request, running, deps, log } = await serve(t);
  const drained = drain(deps, podDrain(570));
  await pass(4_999);
  const socket = await request();
  assert.deepEqual([running.length, deps.server.listening], [1, true]);
  running[0]?.res.end('last');
  await pass(1);
  await drained;
  await assert.rejects(request(), { code: 'ECONNREFUSED' });
  assert.deepEqual(log.said(), ['info draining', 'info drained']);
  socket.destroy();
});

test('an answer that runs is waited for, and the end follows it at once', bounded, async (t) => {
  const { pass, request, running, deps } = await serve(t);
  await request();
  const drained = drain(deps, podDrain(570));
  await pass(5_000);
  await pass(569_999);
  assert.equal(running[0]?.scope.signal.aborted, false);
  running[0]?.res.end('last');
  await drained;
});

test('what still runs at the deadline is told to end with a fault that clients retry', bounded, async (t) => {
  const { pass, request, running, deps, log } = await serve(t);
  await Promise.all([request(), request()]);
  const drained = drain(deps, podDrain(570));
  await pass(5_000);
  await pass(570_000);
  for (const { res, scope } of running) {
    const fault = await faultOf(() => scope.signal.throwIfAborted());
    assert.deepEqual(fault, {
      kind: 'drain_deadline',
      message: 'The server is shutting down. Please try again.',
    });
    res.end('ending');
  }
  await drained;
  assert.deepEqual(log.said(), ['info draining', 'warn drain deadline reached', 'info drained']);
});

test('nothing can hold a drain much longer than its deadline', bounded, async (t) => {
  const { pass, request, port, deps } = await serve(t);
  await request(); // an answer that does not obey
  const half = await request(); // a second head that never ends, on a connection that was used
  half.write('GET / HTTP/1.1\r\n');
  connect({ host: '127.0.0.1', port }).on('error', () => {}); // a client that says nothing
  const drained = drain(deps, terminalDrain);
  await pass(2_000);
  await pass(10_000);
  await drained;
});
