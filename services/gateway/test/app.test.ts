import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import supertest from 'supertest';
import { createGateway } from '../src/app.ts';
import { readGatewayConfig } from '../src/config.ts';
import { VERSION } from '../src/version.ts';
import { captureLog } from './log-capture.ts';

function create() {
  const clock = createManualClock();
  const log = captureLog();
  const config = readGatewayConfig({ API_KEY: 'sk-one', BROKER_URL: 'http://127.0.0.1:1' });
  return { gateway: createGateway({ config, clock, logger: log.logger }), clock, log };
}

test('building a gateway starts nothing', () => {
  const { clock, log, gateway } = create();
  assert.deepEqual([clock.pending(), log.said(), gateway.open().size], [0, [], 0]);
});

test('its routes answer wherever they are mounted', async () => {
  const { gateway, clock } = create();
  clock.advance(61_000);
  await supertest(gateway.routes)
    .get('/healthz')
    .expect(200, { status: 'ok', version: VERSION, uptimeSeconds: 61 });
  await supertest(gateway.routes).get('/v1/models').expect(401);
  await supertest(gateway.opsRoutes)
    .get('/metrics')
    .expect(200)
    .expect('content-type', /^text\/plain/);
});

test('from the moment it drains it is not ready, and tells every client to go elsewhere next time', async () => {
  const { gateway } = create();
  gateway.startDraining();
  const reasons = ['draining', 'no_credentials'];
  const expected = { status: 'not_ready', mode: 'codex_oauth', reasons };
  await supertest(gateway.routes).get('/ready').expect(503, expected).expect('connection', 'close');
  await supertest(gateway.routes).get('/v1/models').expect(401).expect('connection', 'close');
  const { text } = await supertest(gateway.opsRoutes).get('/metrics');
  assert.match(text, /^codex_gateway_draining 1$/m);
});
