import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createWorld } from './world.ts';

test('the seed is read and never written, and the broker says loudly that the login is its own now', async (t) => {
  const world = await createWorld(t);
  await world.writeSeed(world.simulator.control.login());
  const before = await readFile(world.seedFile, 'utf8');
  const broker = await world.start();
  const warnings = () =>
    broker.log.lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'warn');
  assert.deepEqual(
    warnings().map(({ msg, account }) => [account, msg]),
    [
      [
        'default',
        'this login now belongs to the broker: a Codex CLI that uses the same file is signed out at its next refresh',
      ],
    ],
  );
  await broker.tokens();
  assert.equal(await readFile(world.seedFile, 'utf8'), before);
  await broker.stop();
  const next = await world.start();
  assert.deepEqual(
    next.log.lines.filter((line) => ['warn', 'error'].includes(JSON.parse(line).level)),
    [],
  );
});

test('a folder holds one seed an account; the alias is the file name', async (t) => {
  const world = await createWorld(t);
  const folder = join(world.home, 'seeds');
  await mkdir(join(folder, '..data'), { recursive: true });
  const logins = {
    work: world.simulator.control.login({ accountId: 'acct-w' }),
    home: world.simulator.control.login({ accountId: 'acct-h' }),
  };
  await writeFile(join(folder, 'work.json'), JSON.stringify(logins.work));
  await writeFile(join(folder, 'home'), JSON.stringify(logins.home));
  await writeFile(join(folder, 'stranger.json'), JSON.stringify(logins.home));
  const broker = await world.start({ environment: { AUTH_SEED_FILE: folder, ACCOUNTS: 'home,work' } });
  assert.deepEqual(
    (await broker.tokens()).accounts.map(({ alias, accountId, default: isDefault }) => [
      alias,
      accountId,
      isDefault,
    ]),
    [
      ['home', 'acct-h', true],
      ['work', 'acct-w', false],
    ],
  );
  const refusal = await broker.log.next('seed not taken: ACCOUNTS does not list its alias');
  assert.equal(refusal['alias'], 'stranger');
});

test('a malformed seed names the field, and the account waits for a better one', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  await world.writeSeed({ ...login, tokens: { ...login.tokens, refresh_token: undefined } });
  const broker = await world.start();
  assert.deepEqual((await broker.tokens()).unavailable, [
    {
      alias: 'default',
      state: 'unseeded',
      message: `AUTH_SEED_FILE ${world.seedFile}: tokens.refresh_token: missing; mend it, or sign in with "auth login --alias default"`,
    },
  ]);
  const ready = await fetch(`${broker.url}/ready`);
  assert.deepEqual(
    [ready.status, await ready.json()],
    [503, { status: 'not_ready', reasons: ['no_credentials'] }],
  );
  await world.writeSeed(login);
  world.clock.advance(5_000);
  await broker.log.next(
    'this login now belongs to the broker: a Codex CLI that uses the same file is signed out at its next refresh',
  );
  assert.equal((await broker.tokens()).accounts.length, 1);
  assert.equal((await fetch(`${broker.opsUrl}/ready`)).status, 200);
});

test('a record that cannot be read never falls back to the seed: not ready, and the reason is told', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  await world.writeSeed(login);
  await (await world.start()).stop();
  const path = join(world.home, '.codex-gateway/accounts/default.json');
  const good = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...good, generation: null }));
  await world.writeSeed(world.simulator.control.login());

  const broker = await world.start();
  const reason = 'generation: must be a whole number';
  assert.deepEqual((await broker.tokens()).unavailable, [
    {
      alias: 'default',
      state: 'reauth_required',
      message: `the stored record cannot be understood (${reason}): restore it, or remove it and sign in with "auth login --alias default"`,
    },
  ]);
  assert.equal((await broker.accounts())[0]?.lastOutcome, `unreadable record: ${reason}`);
  assert.equal((await fetch(`${broker.url}/ready`)).status, 503);
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), { ...good, generation: null });

  await writeFile(path, JSON.stringify(good));
  await broker.log.next('token record unusable');
  for (let second = 0; second < 5; second += 1) {
    assert.deepEqual(
      (await broker.tokens()).accounts,
      [],
      'callers that ask often do not put off the next look',
    );
    world.clock.advance(1_000);
  }
  await broker.log.next('token record read');
  assert.equal((await broker.tokens()).accounts[0]?.accessToken, login.tokens.access_token);
});

test('a token without exp is taken to live eight days from its last refresh', async (t) => {
  const world = await createWorld(t);
  const login = world.simulator.control.login();
  await world.writeSeed({ ...login, tokens: { ...login.tokens, access_token: 'opaque' } });
  const broker = await world.start();
  const [account] = (await broker.tokens()).accounts;
  assert.deepEqual(
    [account?.accessToken, Date.parse(account?.expiresAt ?? '') - world.clock.now()],
    ['opaque', 8 * 24 * 3_600_000],
  );
});
