import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startRedisCluster } from '@codex-gateway/testkit/redis-cluster.ts';
import { startRedisServer } from '@codex-gateway/testkit/redis-server.ts';
import { parseRedisAddress } from '../src/redis-address.ts';
import { answersOf, createConnection, type RedisCommands } from '../src/redis-connection.ts';

const bounded = { timeout: 60_000 };

async function connected(t: TestContext, url: string): Promise<RedisCommands> {
  const address = parseRedisAddress(url);
  assert.ok(address);
  const redis = createConnection(address);
  redis.on('error', () => {}); // it goes on trying: a cluster that was just made may not be whole yet
  t.after(() => redis.disconnect());
  redis.connect().catch(() => {});
  await new Promise((resolve) => redis.once('ready', resolve));
  return redis;
}

test('sentinels lead to the master that they watch, with its password', bounded, async (t) => {
  const master = await startRedisServer(t, ['--requirepass', 'word']);
  const folder = await mkdtemp(join(tmpdir(), 'sentinel-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'sentinel.conf');
  await writeFile(
    file,
    `sentinel monitor my-master 127.0.0.1 ${master.port} 1\nsentinel auth-pass my-master word\n`,
  );
  const sentinel = await startRedisServer(t, [file, '--sentinel']);
  const redis = await connected(t, `redis+sentinel://:word@127.0.0.1:${sentinel.port}/my-master/2`);
  assert.equal(await redis.set('key', 'value'), 'OK');
  const direct = await connected(t, `redis://:word@127.0.0.1:${master.port}/2`);
  assert.equal(await direct.get('key'), 'value');
});

test('in a cluster every key finds its node, and keys with one tag are one pipeline', bounded, async (t) => {
  const redis = await connected(t, await startRedisCluster(t));
  const names = Array.from({ length: 30 }, (_, index) => `key-${index}`);
  await Promise.all(names.map(async (name) => redis.set(name, name)));
  assert.deepEqual(await Promise.all(names.map(async (name) => redis.get(name))), names);
  const pipeline = redis.pipeline();
  for (const name of names) pipeline.set(`{tag}:${name}`, name);
  assert.deepEqual(new Set(await answersOf(pipeline)), new Set(['OK']));
});
