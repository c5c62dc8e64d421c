import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSimulator } from '@codex-gateway/simulator/app.ts';
import { tokensReplySchema } from '@codex-gateway/wire/broker/contract.ts';
import { makeHome, run } from './child.ts';

const SECRET = 'main-secret';

test('--check-config prints the effective configuration without secrets and exits 0', async (t) => {
  const home = await makeHome(t);
  const { code, out, err } = await run(
    t,
    { HOME: home, BROKER_SECRET: SECRET, ACCOUNTS: 'a,b' },
    '--check-config',
  ).exited;
  assert.deepEqual([code, err], [0, '']);
  assert.equal(JSON.parse(out).ACCOUNTS, 'a,b');
  assert.ok(!out.includes(SECRET));
});

test('a broken configuration lists all its problems and exits 78, checked or started', async (t) => {
  const home = await makeHome(t);
  for (const args of [['--check-config'], []]) {
    const { code, out, err } = await run(t, { HOME: home, TOKEN_STORE: 'vault', LOG_LEVEL: 'loud' }, ...args)
      .exited;
    assert.deepEqual([code, out], [78, '']);
    assert.deepEqual(
      err
        .trim()
        .split('\n')
        .map((line) => line.split(':')[0]),
      ['TOKEN_STORE', 'LOG_LEVEL', 'BROKER_SECRET'],
    );
  }
});

test('--check-config names the wrong field of a seed, and an account that ACCOUNTS does not list', async (t) => {
  const home = await makeHome(t);
  const seeds = join(home, 'seeds');
  await mkdir(seeds);
  await writeFile(join(seeds, 'default.json'), '{"tokens":{"access_token":"canary"}}');
  await writeFile(join(seeds, 'work.json'), '{');
  const environment = { HOME: home, BROKER_SECRET: SECRET, AUTH_SEED_FILE: seeds };
  const checked = await run(t, environment, '--check-config').exited;
  assert.equal(checked.code, 78);
  assert.deepEqual(checked.err.trim().split('\n'), [
    `ACCOUNTS: does not list "work", the account of ${seeds}/work.json`,
    `AUTH_SEED_FILE: ${seeds}/default.json: tokens.refresh_token: missing`,
    `AUTH_SEED_FILE: ${seeds}/work.json: not valid JSON`,
  ]);
  const started = await run(t, environment).exited;
  assert.deepEqual(
    [started.code, started.err.trim()],
    [78, `ACCOUNTS: does not list "work", the account of ${seeds}/work.json`],
  );
});

test('a taken port ends the start with exit 1, naming port and setting', async (t) => {
  const home = await makeHome(t);
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  t.after(() => blocker.close());
  const address = blocker.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  for (const setting of ['PORT', 'OPS_PORT']) {
    const { code, err } = await run(t, {
      HOME: home,
      BROKER_SECRET: SECRET,
      CODEX_GATEWAY_CONTAINER: '1',
      [setting]: port,
    }).exited;
    assert.deepEqual(
      [code, err.trim()],
      [1, `port ${port} on 127.0.0.1 is already in use; choose another with ${setting}`],
    );
  }
});

test('a second broker on the same store exits 75 and names the first', async (t) => {
  const home = await makeHome(t);
  const environment = { HOME: home, BROKER_SECRET: SECRET, CODEX_GATEWAY_CONTAINER: '1' };
  const first = run(t, environment);
  await first.line('listening');
  const { code, err } = await run(t, environment).exited;
  assert.equal(code, 75);
  assert.match(err, new RegExp(`in use by another broker \\(pid ${first.child.pid} on `));
});

test('SIGTERM in the middle of a refresh: it is finished and made durable, then exit 0', async (t) => {
  const home = await makeHome(t);
  const simulator = await createSimulator({ accessTokenSeconds: 3_600 });
  t.after(() => simulator.close());
  const seed = join(home, 'seed.json');
  await writeFile(seed, JSON.stringify(simulator.control.login({ accessTokenSeconds: -60 })));
  simulator.control.hold('refresh');
  const broker = run(t, {
    HOME: home,
    BROKER_SECRET: SECRET,
    AUTH_SEED_FILE: seed,
    OAUTH_ISSUER: simulator.issuerUrl,
  });
  await simulator.control.until(() => simulator.control.waiting('refresh') === 1);
  await broker.line('account');
  broker.child.kill('SIGTERM');
  await broker.line('stopping');
  simulator.control.release('refresh');
  const { code, err } = await broker.exited;
  assert.deepEqual([code, err], [0, '']);
  const stored = JSON.parse(await readFile(join(home, '.codex-gateway/accounts/default.json'), 'utf8'));
  assert.deepEqual([stored.generation, stored.intent], [2, null]);
});

test('SIGKILL in the middle of a refresh: the next broker is in doubt, serves on, and presents nothing', async (t) => {
  const home = await makeHome(t);
  const simulator = await createSimulator({ accessTokenSeconds: 3_600 });
  t.after(() => simulator.close());
  const seed = join(home, 'seed.json');
  const login = simulator.control.login();
  await writeFile(seed, JSON.stringify(login));
  const environment = {
    HOME: home,
    BROKER_SECRET: SECRET,
    AUTH_SEED_FILE: seed,
    OAUTH_ISSUER: simulator.issuerUrl,
  };
  const call = async (port: unknown, path: string, body: object) => {
    const reply = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return reply.json();
  };
  const fingerprint = createHash('sha256').update(login.tokens.access_token).digest('hex');

  const first = run(t, environment);
  const { port } = await first.line('listening');
  simulator.control.hold('refresh');
  const refused = assert.rejects(call(port, '/v1/tokens/default/reject', { fingerprint }));
  await simulator.control.until(() => simulator.control.waiting('refresh') === 1);
  first.child.kill('SIGKILL');
  await Promise.all([first.exited, refused]);

  const second = run(t, environment);
  const listening = await second.line('listening');
  assert.equal((await second.line('account'))['state'], 'in_doubt');
  const { accounts } = tokensReplySchema.parse(await call(listening['port'], '/v1/tokens', {}));
  assert.deepEqual(
    accounts.map(({ generation, accessToken }) => [generation, accessToken]),
    [[1, login.tokens.access_token]],
  );
  assert.equal(simulator.control.journal().refreshes.calls, 1);
});

test('a started broker serves tokens, on one port too when both settings are equal', async (t) => {
  const home = await makeHome(t);
  const simulator = await createSimulator();
  t.after(() => simulator.close());
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const address = free.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  free.close();
  await once(free, 'close');
  const seed = join(home, 'seed.json');
  const login = simulator.control.login();
  await writeFile(seed, JSON.stringify(login));
  const broker = run(t, {
    HOME: home,
    BROKER_SECRET: SECRET,
    AUTH_SEED_FILE: seed,
    PORT: port,
    OPS_PORT: port,
  });
  await broker.line('account');
  const reply = await fetch(`http://127.0.0.1:${port}/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}` },
  });
  assert.equal(
    tokensReplySchema.parse(await reply.json()).accounts[0]?.accessToken,
    login.tokens.access_token,
  );
  assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 200);
  broker.child.kill('SIGINT');
  assert.equal((await broker.exited).code, 0);
});
