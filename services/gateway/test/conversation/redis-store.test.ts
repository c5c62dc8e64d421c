import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { startRedis } from '@codex-gateway/testkit/redis.ts';
import { startRedisCluster } from '@codex-gateway/testkit/redis-cluster.ts';
import * as fc from 'fast-check';
import {
  MAX_RECORD_BYTES,
  StoreAway,
  type Owner,
  type RecordName,
} from '../../src/conversation/conversation-store.ts';
import { createMemoryConversationStore } from '../../src/conversation/memory-store.ts';
import { owners, testConversationStore } from './conversation-store.contract.ts';
import { redisRig } from './redis-rig.ts';

const TTL = 60_000;
const server = await startRedis({ after });
const cluster = await startRedisCluster({ after });

testConversationStore('Redis', async (t, ttlMs) => redisRig(t, server.url, ttlMs));
testConversationStore('Redis Cluster', async (t, ttlMs) => redisRig(t, cluster, ttlMs));

const oneRecord = (name: RecordName, text: string): ReadonlyMap<RecordName, string> =>
  new Map([[name, text]]);

test('what is read or written at once is one command', async (t) => {
  const { store, commands } = await redisRig(t, server.url, TTL);
  const team = owners()('team');
  const names: readonly RecordName[] = ['response:a', 'item:a', 'call:a', 'tools:a'];
  await store.write(team, new Map(names.map((name) => [name, name])));
  await store.read(team, names);
  assert.deepEqual(commands, ['conversation_write', 'conversation_read']);
});

test('the records of one key are in one slot, the same name of another key is not the same record', async (t) => {
  const { store, keys } = await redisRig(t, server.url, TTL);
  const before = new Set(await keys());
  const owner = owners();
  await store.write(owner('ada'), new Map([...oneRecord('item:a', '1'), ...oneRecord('item:b', '2')]));
  await store.write(owner('eve'), oneRecord('item:a', '3'));
  const news = (await keys()).filter((key) => !before.has(key));
  const tags = news.map((key) => /^codex-gateway:conversation:(\{[\w-]{22}\}):[\w-]{22}$/.exec(key)?.[1]);
  assert.deepEqual([news.length, new Set(tags).size, tags.includes(undefined)], [3, 2, false]);
});

test('no record outlives its time', async (t) => {
  const { store, keys, redis } = await redisRig(t, server.url, TTL);
  const before = new Set(await keys());
  const team = owners()('team');
  await store.write(team, oneRecord('item:a', 'text'));
  await store.read(team, ['item:a']);
  const [key = ''] = (await keys()).filter((candidate) => !before.has(candidate));
  const left = await redis.pttl(key);
  assert.ok(left > 0 && left <= TTL, String(left));
});

test('a record that somebody has changed, cut or put elsewhere counts as absent', async (t) => {
  const { store, keys, redis } = await redisRig(t, server.url, TTL);
  const before = new Set(await keys());
  const owner = owners();
  const found = async (): Promise<number> => {
    const all = ['ada', 'eve'].map(
      async (keyId) => (await store.read(owner(keyId), ['item:a', 'item:b'])).size,
    );
    return (await Promise.all(all)).reduce((sum, size) => sum + size, 0);
  };
  await store.write(owner('ada'), new Map([...oneRecord('item:a', 'text'), ...oneRecord('item:b', 'text')]));
  await store.write(owner('eve'), oneRecord('item:a', 'text'));
  const [key = '', ...others] = (await keys()).filter((candidate) => !before.has(candidate));
  const sealed = await redis.getBuffer(key);
  assert.ok(sealed);
  assert.equal(await found(), 3);
  for (const other of others) await redis.set(other, sealed);
  assert.equal(await found(), 1, 'the one in its own place');
  for (const odd of [Buffer.alloc(0), Buffer.from('text'), sealed.subarray(1), sealed.subarray(0, -1)]) {
    await redis.set(key, odd);
    assert.equal(await found(), 0);
  }
});

test('a key that got a new text does not find what it had kept under the old one', async (t) => {
  const { store } = await redisRig(t, server.url, TTL);
  const old = owners()('team');
  await store.write(old, oneRecord('item:a', 'text'));
  const rotated: Owner = { ...old, keyText: new Secret(`${old.keyText.reveal()}2`) };
  assert.equal((await store.read(rotated, ['item:a'])).size, 0);
  assert.equal((await store.read(old, ['item:a'])).size, 1);
});

test('a Redis that is away is told as that, and is found again', async (t) => {
  const own = await startRedis(t);
  const { store, commands, untilBack } = await redisRig(t, own.url, TTL);
  const team = owners()('team');
  await store.write(team, oneRecord('item:a', 'text'));
  await own.kill();
  await assert.rejects(store.read(team, ['item:a']), StoreAway);
  await assert.rejects(store.write(team, oneRecord('item:a', 'text')), StoreAway);
  assert.deepEqual(commands.slice(1), ['conversation_read unreachable', 'conversation_write open']);
  const back = untilBack();
  await own.restart();
  await back;
  await store.write(team, oneRecord('item:a', 'again'));
  assert.deepEqual(await store.read(team, ['item:a']), oneRecord('item:a', 'again'));
});

const recordNames: readonly RecordName[] = ['response:a', 'item:a', 'call:a', 'item:b'];
const text = fc.oneof(
  fc.string({ unit: 'binary' }).map((word) => word.toWellFormed()),
  fc.constant('x'.repeat(MAX_RECORD_BYTES + 1)),
);
const some = <Value>(value: fc.Arbitrary<Value>) => fc.uniqueArray(value, { minLength: 1, maxLength: 3 });
const operation = fc.record({
  keyId: fc.constantFrom('ada', 'eve'),
  writes: fc.dictionary(fc.constantFrom(...recordNames), text, { maxKeys: 3 }),
  reads: some(fc.constantFrom(...recordNames)),
});

test('whatever two keys write and read, both stores agree', async (t) => {
  const { store: redis } = await redisRig(t, server.url, TTL);
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async (operations) => {
      const owner = owners();
      const memory = createMemoryConversationStore({ now: () => 0, ttlMs: TTL, capBytes: 2 ** 30 });
      for (const { keyId, writes, reads } of operations) {
        const records = new Map(
          recordNames.flatMap((name) => (name in writes ? [[name, writes[name] ?? '']] : [])),
        );
        for (const store of [memory, redis]) await store.write(owner(keyId), records);
        assert.deepEqual(await redis.read(owner(keyId), reads), await memory.read(owner(keyId), reads));
      }
    }),
    { numRuns: 50 },
  );
});
