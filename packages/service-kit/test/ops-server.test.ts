import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import express from 'express';
import { Counter, Registry } from 'prom-client';
import { metricsRoutes, probeRoutes, type Readiness } from '../src/ops-server.ts';

async function serve(t: TestContext, readiness: Readiness): Promise<string> {
  const registry = new Registry();
  new Counter({ name: 'tests_total', help: 'Tests.', registers: [registry] }).inc(3);
  const probes = { version: '1.2.3', readiness: () => readiness, uptimeSeconds: () => 61.9 };
  const server = express().use(probeRoutes(probes), metricsRoutes(registry)).listen(0, '127.0.0.1');
  t.after(() => server.close().closeAllConnections());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server has an address, not a path
}

const ready: Readiness = { ready: true, detail: { mode: 'm', reasons: [] } };
const text = '# HELP tests_total Tests.\n# TYPE tests_total counter\ntests_total 3\n';

test('liveness answers on both its paths with version and whole seconds', async (t) => {
  const base = await serve(t, ready);
  for (const path of ['/healthz', '/health']) {
    const answer = await fetch(base + path);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { status: 'ok', version: '1.2.3', uptimeSeconds: 61 });
  }
});

test('readiness is 200 with its detail, or 503 with the reasons', async (t) => {
  const yes = await fetch(`${await serve(t, ready)}/ready`);
  assert.deepEqual([yes.status, await yes.json()], [200, { status: 'ready', mode: 'm', reasons: [] }]);
  const no = await fetch(`${await serve(t, { ready: false, detail: { reasons: ['draining'] } })}/ready`);
  assert.deepEqual([no.status, await no.json()], [503, { status: 'not_ready', reasons: ['draining'] }]);
});

for (const accept of ['*/*', 'text/plain;version=0.0.4', 'application/openmetrics-text, text/plain;q=0.5']) {
  test(`metrics are Prometheus text for Accept: ${accept}`, async (t) => {
    const answer = await fetch(`${await serve(t, ready)}/metrics`, { headers: { accept } });
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.equal(await answer.text(), text);
  });
}

test('metrics are JSON when JSON is asked for, except on the path that is always text', async (t) => {
  const base = await serve(t, ready);
  const headers = { accept: 'application/json' };
  const json = await fetch(`${base}/metrics`, { headers });
  assert.deepEqual(await json.json(), [
    {
      name: 'tests_total',
      help: 'Tests.',
      type: 'counter',
      aggregator: 'sum',
      values: [{ value: 3, labels: {} }],
    },
  ]);
  assert.equal(await (await fetch(`${base}/metrics/prometheus`, { headers })).text(), text);
});
