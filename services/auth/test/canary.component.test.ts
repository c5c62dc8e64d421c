import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RefreshFault } from '@codex-gateway/simulator/issuer/refresh-faults.ts';
import { BROKER_SECRET, createWorld, TOKEN_SECONDS } from './world.ts';

const LIFE_MS = TOKEN_SECONDS * 1_000;

const FAULTS: readonly RefreshFault[] = [
  { kind: 'status', status: 503 },
  { kind: 'html' },
  { kind: 'drop' },
  { kind: 'malformed_after_rotation' },
  { kind: 'refresh_token_reused' },
];

test('no refresh token, id token or caller secret is in any answer, log line or metric, whatever happens', async (t) => {
  const world = await createWorld(t);
  const secrets = new Set([BROKER_SECRET]);
  const told: string[] = [];
  const accessTokens = new Set<string>();
  const paths = [
    '/v1/tokens',
    '/v1/accounts',
    '/v1/tokens/default/reject',
    '/v1/nothing',
    '/ready',
    '/healthz',
  ];

  for (const fault of [null, ...FAULTS]) {
    const login = world.simulator.control.login();
    secrets.add(login.tokens.refresh_token).add(login.tokens.id_token);
    accessTokens.add(login.tokens.access_token);
    await world.writeSeed(login);
    const broker = await world.start();
    if (fault !== null) world.simulator.control.nextRefreshes(fault);
    const ask = async () => {
      const { accounts } = await broker.tokens();
      for (const { accessToken } of accounts) accessTokens.add(accessToken);
      for (const url of [broker.url, broker.opsUrl])
        for (const path of [...paths, '/metrics'])
          for (const method of ['GET', 'POST']) {
            const reply = await fetch(url + path, {
              method,
              headers: { authorization: `Bearer ${BROKER_SECRET}`, 'content-type': 'application/json' },
              ...(method === 'POST'
                ? { body: JSON.stringify({ fingerprint: login.tokens.refresh_token }) }
                : {}),
            });
            told.push(JSON.stringify([...reply.headers]), await reply.text());
          }
    };
    await ask();
    const [served] = (await broker.tokens()).accounts;
    if (served !== undefined) await broker.reject(served.fingerprint);
    await ask();
    world.clock.advance(2 * LIFE_MS);
    await ask();
    const stored = JSON.parse(
      await readFile(join(world.home, '.codex-gateway/accounts/default.json'), 'utf8'),
    );
    secrets.add(String(stored.refreshToken));
    await broker.stop();
    told.push(...broker.log.lines);
    // an access token may be in an answer, never in a log
    for (const token of accessTokens) assert.ok(!broker.log.lines.join('').includes(token));
  }

  assert.ok(secrets.size > 2 * FAULTS.length);
  const everything = told.join('\n');
  for (const secret of secrets) assert.ok(!everything.includes(secret), `${secret.slice(0, 12)}… was told`);
});
