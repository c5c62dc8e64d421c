import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { START_MS } from './logins.ts';
import { createWorld, TOKEN_SECONDS, type World } from './world.ts';

const LIFE_MS = TOKEN_SECONDS * 1_000;

async function writeCodexLogin(world: World, login: object | string): Promise<string> {
  const folder = join(world.home, '.codex');
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'auth.json');
  await writeFile(path, typeof login === 'string' ? login : JSON.stringify(login));
  return path;
}

test('the login of the Codex CLI is borrowed: served, never refreshed, never written, and no state is kept', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  const path = await writeCodexLogin(world, login);
  const broker = await world.start({ environment: {} });
  const { accounts, unavailable } = await broker.tokens();
  assert.deepEqual(
    [accounts.map(({ accessToken, plan }) => ({ accessToken, plan })), unavailable],
    [[{ accessToken: login.tokens.access_token, plan: 'plus' }], []],
  );
  assert.deepEqual(await broker.accounts(), [
    {
      alias: 'default',
      state: 'borrowed',
      accountId: 'acct_simulated',
      plan: 'plus',
      default: true,
      generation: 1,
      accessTokenExpiresAt: new Date(START_MS + LIFE_MS).toISOString(),
      lastRefreshAt: null,
      lastOutcome: null,
    },
  ]);
  assert.equal((await fetch(`${broker.url}/ready`)).status, 200);

  world.clock.advance(LIFE_MS);
  assert.deepEqual((await broker.tokens()).unavailable, [
    {
      alias: 'default',
      state: 'borrowed',
      message: `the access token borrowed from ${path} has expired: run "codex login", or any codex command, to renew it`,
    },
  ]);
  assert.equal(world.simulator.control.journal().requests.length, 0);
  assert.equal(await readFile(path, 'utf8'), JSON.stringify(login));
  assert.deepEqual(await readdir(world.home), ['.codex']);
});

test('a borrowed login is read again when its file changes', async (t) => {
  const world = await createWorld(t);
  await writeCodexLogin(world, world.simulator.control.login());
  const broker = await world.start({ environment: {} });
  await broker.log.next('login borrowed');
  const renewed = world.simulator.control.login();
  await writeCodexLogin(world, renewed);
  world.clock.advance(5_000);
  await broker.log.next('login borrowed');
  const [account] = (await broker.tokens()).accounts;
  assert.deepEqual([account?.accessToken, account?.generation], [renewed.tokens.access_token, 2]);
});

test('a refused borrowed token is looked up in the file once more, and never refreshed', async (t) => {
  const world = await createWorld(t);
  await writeCodexLogin(world, world.simulator.control.login());
  const broker = await world.start({ environment: {} });
  const [first] = (await broker.tokens()).accounts;
  assert.equal(await broker.reject(first?.fingerprint ?? ''), 'unavailable');
  await writeCodexLogin(world, world.simulator.control.login());
  assert.equal(await broker.reject(first?.fingerprint ?? ''), 'refreshed');
  assert.equal(await broker.reject(first?.fingerprint ?? ''), 'not_current');
  assert.equal(world.simulator.control.journal().requests.length, 0);
});

test('a missing login is waited for', async (t) => {
  const world = await createWorld(t);
  const broker = await world.start({ environment: {} });
  assert.deepEqual(
    (await broker.tokens()).unavailable.map(({ state, message }) => [state, message]),
    [
      [
        'unseeded',
        `there is no Codex login at ${world.home}/.codex/auth.json: run "codex login", or sign in with "auth login --alias default"`,
      ],
    ],
  );
  await writeCodexLogin(world, world.simulator.control.login());
  world.clock.advance(5_000);
  await broker.log.next('login borrowed');
  assert.equal((await broker.tokens()).accounts.length, 1);
});

test('a malformed login names the field that is wrong, and never its value', async (t) => {
  const world = await createWorld(t);
  const path = await writeCodexLogin(world, {
    tokens: { access_token: 17, id_token: 'id-canary', refresh_token: 'rt-canary' },
    last_refresh: 'yesterday-canary',
  });
  const broker = await world.start({ environment: {} });
  assert.deepEqual((await broker.tokens()).unavailable, [
    {
      alias: 'default',
      state: 'borrowed',
      message: `${path}: tokens.access_token: must be a string; last_refresh: must be an RFC 3339 time; run "codex login" to write it anew`,
    },
  ]);
  assert.doesNotMatch(broker.log.lines.join(''), /canary/);
});

test('an API key in auth.json is not a login to borrow', async (t) => {
  const world = await createWorld(t);
  const path = await writeCodexLogin(world, { OPENAI_API_KEY: 'sk-canary', tokens: null });
  const broker = await world.start({ environment: {} });
  assert.equal(
    (await broker.tokens()).unavailable[0]?.message,
    `${path}: tokens: missing: this file holds no ChatGPT login; run "codex login" to write it anew`,
  );
});

test('nothing is borrowed in a container, nor once a login was adopted', async (t) => {
  const world = await createWorld(t);
  await writeCodexLogin(world, world.simulator.control.login());
  const inContainer = await world.start({ environment: { CODEX_GATEWAY_CONTAINER: '1' } });
  assert.equal((await inContainer.tokens()).unavailable[0]?.state, 'unseeded');
  await inContainer.stop();

  const seed = world.simulator.control.login();
  await world.writeSeed(seed);
  await (await world.start()).stop();
  const afterwards = await world.start({ environment: {} });
  assert.equal((await afterwards.tokens()).accounts[0]?.accessToken, seed.tokens.access_token);
  assert.equal((await afterwards.accounts())[0]?.state, 'ok');
});

test('CODEX_HOME moves the login that is borrowed', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  const folder = join(world.home, 'elsewhere');
  await mkdir(folder);
  await writeFile(join(folder, 'auth.json'), JSON.stringify(login));
  const broker = await world.start({ environment: { CODEX_HOME: folder } });
  assert.equal((await broker.tokens()).accounts[0]?.accessToken, login.tokens.access_token);
});
