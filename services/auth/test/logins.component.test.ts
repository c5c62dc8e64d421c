import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { call, refusalOf, startForAdmin } from './admin.ts';
import { makeRecord, START_MS } from './logins.ts';
import { createMemoryStore } from './memory-store.ts';
import { BROKER_SECRET, createWorld, TOKEN_SECONDS, type World } from './world.ts';

const LIFE_MS = TOKEN_SECONDS * 1_000;
const EXPIRES_AT = new Date(START_MS + LIFE_MS).toISOString();

const recordFile = ({ home }: World) => join(home, '.codex-gateway/accounts/default.json');
const revocations = ({ simulator }: World) =>
  simulator.control.journal().requests.filter(({ endpoint }) => endpoint === 'revoke');

test('a login that is brought is adopted at once, and the answer says what became of the account', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world);
  const login = world.simulator.control.login();
  assert.deepEqual(await call(broker, 'POST /v1/accounts/default/import', { body: login }), {
    status: 200,
    body: {
      alias: 'default',
      state: 'ok',
      accountId: 'acct_simulated',
      plan: 'plus',
      default: true,
      generation: 1,
      accessTokenExpiresAt: EXPIRES_AT,
      lastRefreshAt: new Date(START_MS).toISOString(),
      lastOutcome: 'adopted',
    },
  });
  assert.equal((await broker.tokens()).accounts[0]?.accessToken, login.tokens.access_token);
  assert.equal((await fetch(`${broker.url}/ready`)).status, 200);
});

test('what is no login names its field and never its value; nothing is changed', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world);
  const login = world.simulator.control.login();
  const bring = async (body: object | string) =>
    refusalOf(await call(broker, 'POST /v1/accounts/default/import', { body }));
  const { refresh_token: _, ...others } = login.tokens;
  assert.deepEqual(
    [
      await bring('{"tokens": "rt-canary'),
      await bring(''),
      await bring({ OPENAI_API_KEY: 'sk-canary', tokens: null }),
      await bring({ ...login, tokens: others }),
      await bring({ ...login, last_refresh: 'canary' }),
    ],
    [
      [400, 'invalid_login', 'not valid JSON'],
      [400, 'invalid_login', 'not valid JSON'],
      [400, 'invalid_login', 'tokens: missing: this file holds no ChatGPT login'],
      [400, 'invalid_login', 'tokens.refresh_token: missing'],
      [400, 'invalid_login', 'last_refresh: must be an RFC 3339 time'],
    ],
  );
  assert.doesNotMatch(broker.log.lines.join(''), /canary/);
  assert.equal((await broker.accounts())[0]?.state, 'unseeded');
});

test('a login of another account, an old one, an unknown alias: refused, each with what to do', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world);
  const [mine, other] = ['acct-a', 'acct-b'].map((accountId) => world.simulator.control.login({ accountId }));
  const bring = (body: object | undefined, target = 'default/import') =>
    call(broker, `POST /v1/accounts/${target}`, { body: body ?? {} });
  assert.equal((await bring(mine)).status, 200);
  assert.deepEqual(
    [
      refusalOf(await bring(other)),
      refusalOf(await bring(mine)),
      refusalOf(await bring(mine, 'default/import?replace=true')),
      refusalOf(await bring(mine, '..%2Fdefault/import')),
      refusalOf(await bring(other, 'default/import?replace=perhaps')),
    ],
    [
      [
        409,
        'other_account',
        'this is a login of another ChatGPT account than the record of "default": take another alias (ACCOUNTS), or say that it replaces the record',
      ],
      [409, 'already_adopted', 'this login was adopted before and cannot come back: sign in anew'],
      [409, 'already_adopted', 'this login was adopted before and cannot come back: sign in anew'],
      [404, 'unknown_account', 'no account "../default": ACCOUNTS lists default'],
      [400, 'invalid_request', 'replace: must be true or false'],
    ],
  );
  assert.equal((await broker.tokens()).accounts[0]?.accountId, 'acct-a');
  assert.equal((await bring(other, 'default/import?replace=true')).status, 200);
  const [account] = (await broker.tokens()).accounts;
  assert.deepEqual([account?.accountId, account?.generation], ['acct-b', 2]);
});

test('a login that comes during a refresh waits for its turn, and has the last word', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world);
  await call(broker, 'POST /v1/accounts/default/import', { body: world.simulator.control.login() });
  world.simulator.control.hold('refresh');
  const [first] = (await broker.tokens()).accounts;
  const refused = broker.reject(first?.fingerprint ?? '');
  await world.simulator.control.until(() => world.simulator.control.waiting('refresh') === 1);
  const login = world.simulator.control.login();
  const brought = call(broker, 'POST /v1/accounts/default/import', { body: login });
  // there and back often enough that the login has arrived, too
  for (let trip = 0; trip < 5; trip += 1) assert.equal((await broker.accounts())[0]?.generation, 1);
  world.simulator.control.release('refresh');
  assert.equal(await refused, 'refreshed');
  assert.equal((await brought).status, 200);
  const [account] = (await broker.tokens()).accounts;
  assert.deepEqual([account?.accessToken, account?.generation], [login.tokens.access_token, 3]);
});

test('a record that cannot be read is not written over, whoever brings a login', async (t) => {
  const world = await createWorld(t);
  await mkdir(join(world.home, '.codex-gateway/accounts'), { recursive: true });
  await writeFile(recordFile(world), 'torn');
  const broker = await startForAdmin(world);
  const problem =
    'the stored record of "default" cannot be understood (not valid JSON): restore it, or remove it first';
  const target = 'POST /v1/accounts/default/import?replace=true';
  assert.deepEqual(
    [
      refusalOf(await call(broker, target, { body: world.simulator.control.login() })),
      refusalOf(await call(broker, 'DELETE /v1/accounts/default')),
    ],
    [
      [409, 'unreadable_record', problem],
      [409, 'unreadable_record', problem],
    ],
  );
  assert.equal(await readFile(recordFile(world), 'utf8'), 'torn');
});

test('a borrowed account becomes the broker’s with the first login of its own, and is not signed out before', async (t) => {
  const world = await createWorld(t);
  const folder = join(world.home, '.codex');
  await mkdir(folder);
  const lent = JSON.stringify(world.simulator.control.login());
  await writeFile(join(folder, 'auth.json'), lent);
  const broker = await startForAdmin(world, { CODEX_GATEWAY_CONTAINER: '0' });
  assert.equal((await broker.accounts())[0]?.state, 'borrowed');
  assert.deepEqual(refusalOf(await call(broker, 'DELETE /v1/accounts/default')), [
    409,
    'borrowed_account',
    'the login of "default" is borrowed from the Codex CLI of this machine: end it there, with "codex logout"',
  ]);

  const own = world.simulator.control.login();
  assert.equal((await call(broker, 'POST /v1/accounts/default/import', { body: own })).status, 200);
  assert.equal((await broker.accounts())[0]?.state, 'ok');
  world.clock.advance(0.71 * LIFE_MS);
  await broker.log.next('access token renewed');
  assert.equal((await broker.tokens()).accounts[0]?.generation, 2);
  assert.equal(await readFile(join(folder, 'auth.json'), 'utf8'), lent);
});

test('a sign-out ends the login at the issuer, once, and here: the seed that still lies there does not come back', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const broker = await startForAdmin(world, { AUTH_SEED_FILE: world.seedFile });
  assert.deepEqual(await call(broker, 'DELETE /v1/accounts/default'), {
    status: 200,
    body: { alias: 'default', result: 'signed_out', revoked: true },
  });
  assert.deepEqual(await call(broker, 'DELETE /v1/accounts/default'), {
    status: 200,
    body: { alias: 'default', result: 'not_signed_in', revoked: false },
  });
  assert.equal(revocations(world).length, 1);
  world.clock.advance(10_000);
  assert.deepEqual((await broker.tokens()).unavailable, [
    { alias: 'default', state: 'unseeded', message: 'signed out: sign in with "auth login --alias default"' },
  ]);
  assert.equal((await fetch(`${broker.url}/ready`)).status, 503);
  const { seedFingerprints, ...remains } = JSON.parse(await readFile(recordFile(world), 'utf8'));
  assert.deepEqual([remains, seedFingerprints.length], [{ format: 1, signedOut: true, generation: 1 }, 1]);
  await broker.stop();

  const next = await startForAdmin(world, { AUTH_SEED_FILE: world.seedFile });
  assert.equal((await next.accounts())[0]?.state, 'unseeded');
  const again = world.simulator.control.login({ accountId: 'acct-b' });
  await call(next, 'POST /v1/accounts/default/import', { body: again });
  assert.equal((await next.tokens()).accounts[0]?.generation, 2);
});

test('a sign-out that the issuer does not hear of is done here all the same, and says so', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world, { OAUTH_ISSUER: 'http://127.0.0.1:1' });
  await call(broker, 'POST /v1/accounts/default/import', { body: world.simulator.control.login() });
  assert.deepEqual((await call(broker, 'DELETE /v1/accounts/default')).body, {
    alias: 'default',
    result: 'signed_out',
    revoked: false,
    message: 'the issuer cannot be reached (ECONNREFUSED)',
  });
  assert.equal((await broker.accounts())[0]?.state, 'unseeded');
});

test('a store that cannot be written refuses the login, and what was served goes on', async (t) => {
  const world = await createWorld(t);
  const store = createMemoryStore();
  await store.replace('default', null, makeRecord());
  const broker = await world.start({
    environment: { ADMIN_SECRET: 'a', CODEX_GATEWAY_CONTAINER: '1' },
    store,
  });
  store.beforeWrite = async () => {
    throw Object.assign(new Error('canary'), { code: 'ENOSPC' });
  };
  const login = world.simulator.control.login({ accountId: 'acc-1' });
  const refusal = await call(broker, 'POST /v1/accounts/default/import', { body: login, secret: 'a' });
  assert.deepEqual(refusalOf(refusal), [503, 'store_failed', 'the token store failed (ENOSPC); try again']);
  assert.equal((await broker.tokens()).accounts[0]?.generation, 1);
});

test('of two brokers on one store, the other one learns of a login and of its end within a minute', async (t) => {
  const world = await createWorld(t);
  const texts = new Map();
  const environment = { ADMIN_SECRET: 'a', CODEX_GATEWAY_CONTAINER: '1' };
  const stores = [1, 2].map(() => createMemoryStore({ exclusive: false, texts }));
  await stores[0]?.replace('default', null, makeRecord({ refreshToken: new Secret('rt-1') }));
  const [asked, other] = await Promise.all(stores.map((store) => world.start({ environment, store })));
  assert.ok(asked && other);
  const login = world.simulator.control.login({ accountId: 'acc-1' });
  await call(asked, 'POST /v1/accounts/default/import', { body: login, secret: 'a' });
  assert.equal((await other.tokens()).accounts[0]?.generation, 1);
  world.clock.advance(60_000);
  const [account] = (await other.tokens()).accounts;
  assert.deepEqual([account?.generation, account?.accessToken], [2, login.tokens.access_token]);
  await call(asked, 'DELETE /v1/accounts/default', { secret: 'a' });
  world.clock.advance(60_000);
  assert.equal((await other.tokens()).unavailable[0]?.state, 'unseeded');
});

test('a shared store that is away when it is looked at again costs no token', async (t) => {
  const world = await createWorld(t);
  const store = createMemoryStore({ exclusive: false });
  await store.replace('default', null, makeRecord());
  let reads = 0;
  const broker = await world.start({
    environment: { CODEX_GATEWAY_CONTAINER: '1' },
    store: {
      ...store,
      read: async (alias) => {
        reads += 1;
        if (reads > 1) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
        return store.read(alias);
      },
    },
  });
  world.clock.advance(60_000);
  assert.equal((await broker.tokens()).accounts[0]?.generation, 1);
  assert.equal(reads, 2);
});

const ADMIN_ROUTES = [
  'POST /v1/login/device',
  'GET /v1/login/device/x',
  'POST /v1/accounts/default/import',
  'DELETE /v1/accounts/default',
] as const;

test('a gateway may not log in, the admin may not take tokens, and who knows no secret may nothing', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world);
  for (const route of ADMIN_ROUTES) {
    assert.deepEqual(
      [
        refusalOf(await call(broker, route, { secret: BROKER_SECRET })),
        refusalOf(await call(broker, route, { secret: 'wrong' })),
      ],
      [
        [403, 'caller_not_allowed', 'the caller may not do this'],
        [401, 'invalid_caller_credentials', 'the caller is not known'],
      ],
      route,
    );
  }
  assert.equal((await call(broker, 'POST /v1/tokens')).status, 403);
  assert.equal((await call(broker, 'POST /v1/tokens/default/reject')).status, 403);
  assert.equal((await call(broker, 'GET /v1/accounts')).status, 200);
  assert.equal(world.simulator.control.journal().requests.length, 0);
  const metrics = await (await fetch(`${broker.opsUrl}/metrics`)).text();
  assert.deepEqual(metrics.match(/^codex_auth_caller_auth_total.*$/gm)?.toSorted(), [
    'codex_auth_caller_auth_total{method="admin_secret",result="not_allowed"} 2',
    'codex_auth_caller_auth_total{method="admin_secret",result="ok"} 1',
    'codex_auth_caller_auth_total{method="shared_secret",result="not_allowed"} 4',
    'codex_auth_caller_auth_total{method="shared_secret",result="unknown"} 4',
  ]);
});

test('without an admin secret nobody logs in over HTTP', async (t) => {
  const world = await createWorld(t);
  const broker = await world.start({ environment: { CODEX_GATEWAY_CONTAINER: '1' } });
  for (const route of ADMIN_ROUTES) {
    assert.equal((await call(broker, route, { secret: BROKER_SECRET })).status, 403, route);
    assert.equal((await call(broker, route, { secret: 'undefined' })).status, 401, route);
  }
});

test('no token, code or secret of a login is in any answer, log line or metric', async (t) => {
  const world = await createWorld(t);
  const broker = await startForAdmin(world);
  const told: string[] = [];
  const ask = async (...request: Parameters<typeof call>) => {
    const reply = await call(...request);
    told.push(JSON.stringify(reply));
    return reply;
  };
  const secrets = new Set<string>();
  const remember = async () => {
    const { refreshToken, accessToken } = JSON.parse(await readFile(recordFile(world), 'utf8'));
    secrets.add(String(refreshToken)).add(String(accessToken));
  };

  for (const accountId of ['acct-a', 'acct-b']) {
    const { body } = await ask(broker, 'POST /v1/login/device');
    const { id, userCode } = body as { id: string; userCode: string };
    world.simulator.control.approveDevice(userCode, accountId);
    world.clock.advance(1_000);
    await broker.log.next('device login ended');
    await ask(broker, `GET /v1/login/device/${id}`);
    await remember();
  }
  for (const accountId of ['acct-a', 'acct-c']) {
    const login = world.simulator.control.login({ accountId });
    for (const token of [login.tokens.id_token, login.tokens.access_token, login.tokens.refresh_token])
      secrets.add(token);
    await ask(broker, 'POST /v1/accounts/default/import', { body: login });
    await ask(broker, 'POST /v1/accounts/default/import', { body: `${JSON.stringify(login)}x` });
    await ask(broker, 'POST /v1/accounts/default/import', {
      body: { ...login, last_refresh: login.tokens.id_token },
    });
  }
  await ask(broker, 'DELETE /v1/accounts/default');
  await ask(broker, 'GET /v1/accounts');
  told.push(await (await fetch(`${broker.opsUrl}/metrics`)).text(), ...broker.log.lines);
  const everything = told.join('\n');
  assert.equal(secrets.size, 8);
  for (const secret of [...secrets, 'admin-secret-canary', 'ac_', 'verifier_', 'deviceauth_'])
    assert.ok(!everything.includes(secret), `${secret.slice(0, 12)}… was told`);
});
