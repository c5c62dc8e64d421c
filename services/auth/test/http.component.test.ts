import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKER_SECRET, createWorld } from './world.ts';

const AUTHORIZED = { authorization: `Bearer ${BROKER_SECRET}` };

async function call(url: string, init: RequestInit = {}) {
  const reply = await fetch(url, { method: 'POST', ...init });
  const { error } = (await reply.json()) as { error?: object };
  return { status: reply.status, error, headers: reply.headers };
}

test('a caller without the secret learns nothing, on every path below /v1', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  const paths = [
    '/v1/tokens',
    '/v1/accounts',
    '/v1/tokens/default/reject',
    '/v1/login/device',
    '/v1/nothing',
  ];
  for (const path of paths) {
    const missing = await call(broker.url + path);
    assert.equal(missing.status, 401, path);
    assert.equal(missing.headers.get('www-authenticate'), 'Bearer');
    assert.deepEqual(missing.error, {
      message: 'send Authorization: Bearer with the secret of BROKER_SECRET, or with a ServiceAccount token',
      type: 'invalid_request_error',
      param: null,
      code: 'missing_caller_credentials',
    });
    const wrong = await call(broker.url + path, { headers: { authorization: 'Bearer wrong' } });
    assert.deepEqual(
      [wrong.status, wrong.error],
      [
        401,
        {
          message: 'the caller is not known',
          type: 'invalid_request_error',
          param: null,
          code: 'invalid_caller_credentials',
        },
      ],
    );
  }
});

test('both of two secrets open the door while they rotate', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start({
    environment: { AUTH_SEED_FILE: world.seedFile, BROKER_SECRET: 'old, new' },
  });
  const statuses = await Promise.all(
    ['old', 'new', 'old,new', ', new'].map(
      async (secret) =>
        (await call(`${broker.url}/v1/tokens`, { headers: { authorization: `Bearer ${secret}` } })).status,
    ),
  );
  assert.deepEqual(statuses, [200, 200, 401, 401]);
});

test('bad requests are answered in one small shape', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  const json = { ...AUTHORIZED, 'content-type': 'application/json' };
  const codeOf = async (path: string, init: RequestInit) => {
    const { status, error } = await call(broker.url + path, init);
    return [status, error !== undefined && 'code' in error && error.code];
  };
  assert.deepEqual(
    await Promise.all([
      codeOf('/v1/tokens/default/reject', { headers: json, body: '{"fingerprint":' }),
      codeOf('/v1/tokens/default/reject', { headers: json, body: '{"fingerprint":17}' }),
      codeOf('/v1/tokens/default/reject', { headers: AUTHORIZED }),
      codeOf('/v1/tokens/default/reject', { headers: json, body: JSON.stringify('x'.repeat(80_000)) }),
      codeOf('/v1/tokens/nobody/reject', { headers: json, body: '{"fingerprint":"f"}' }),
      codeOf('/v1/tokens', { method: 'GET', headers: AUTHORIZED }),
      codeOf('/v1/nothing', { headers: AUTHORIZED }),
      codeOf('/nothing', {}),
    ]),
    [
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
      [413, 'request_too_large'],
      [404, 'unknown_account'],
      [405, 'method_not_allowed'],
      [404, 'unknown_url'],
      [404, 'unknown_url'],
    ],
  );
});

test('answers with tokens are not to be stored', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  const reply = await fetch(`${broker.url}/v1/tokens`, { method: 'POST', headers: AUTHORIZED });
  assert.equal(reply.headers.get('cache-control'), 'no-store');
  assert.equal(reply.headers.get('etag'), null);
});

test('the probes need no secret, and live on both ports', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  for (const url of [broker.url, broker.opsUrl]) {
    const health = await fetch(`${url}/healthz`);
    assert.deepEqual(await health.json(), { status: 'ok', version: '0.0.0-test', uptimeSeconds: 0 });
    const ready = await fetch(`${url}/ready`);
    assert.deepEqual([ready.status, await ready.json()], [200, { status: 'ready', reasons: [] }]);
  }
  assert.equal((await fetch(`${broker.url}/metrics`)).status, 404);
});

test('metrics tell the state of each account and what became of its refreshes', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await world.start();
  const { accounts } = await broker.tokens();
  await broker.reject(accounts[0]?.fingerprint ?? '');
  await fetch(`${broker.url}/v1/tokens`, { method: 'POST' });
  const text = await (await fetch(`${broker.opsUrl}/metrics`)).text();
  const lines = text.split('\n').filter((line) => /^codex_auth_(?!.*(_bucket|_sum))/.test(line));
  const seconds = world.clock.now() / 1_000;
  assert.deepEqual(lines, [
    'codex_auth_build_info{version="0.0.0-test"} 1',
    'codex_auth_caller_auth_total{method="shared_secret",result="ok"} 2',
    'codex_auth_caller_auth_total{method="shared_secret",result="missing"} 1',
    'codex_auth_refresh_total{account="default",result="success"} 1',
    'codex_auth_refresh_duration_seconds_count 1',
    'codex_auth_state_write_duration_seconds_count{result="stored"} 3',
    'codex_auth_cas_conflicts_total 0',
    'codex_auth_vend_total{result="ok"} 1',
    'codex_auth_vend_duration_seconds_count 1',
    `codex_auth_access_token_expires_timestamp_seconds{account="default"} ${seconds + 36_000}`,
    `codex_auth_refresh_token_rotated_timestamp_seconds{account="default"} ${seconds}`,
    'codex_auth_state_generation{account="default"} 2',
    'codex_auth_credential_state{account="default",state="ok"} 1',
    'codex_auth_credential_state{account="default",state="refreshing"} 0',
    'codex_auth_credential_state{account="default",state="in_doubt"} 0',
    'codex_auth_credential_state{account="default",state="reauth_required"} 0',
    'codex_auth_credential_state{account="default",state="unseeded"} 0',
    'codex_auth_credential_state{account="default",state="borrowed"} 0',
  ]);
});
