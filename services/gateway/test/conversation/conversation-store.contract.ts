import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import {
  MAX_RECORD_BYTES,
  type ConversationStore,
  type Owner,
  type RecordName,
} from '../../src/conversation/conversation-store.ts';

export interface ConversationStoreUnderTest {
  readonly store: ConversationStore;
  /** Moves the time that the store sees; a real store's own time passes too, but not as much as `A_WHILE`. */
  readonly advance: (byMs: number) => Promise<void>;
}

/** Makes an empty store whose records live for `ttlMs`. */
export type CreateConversationStore = (t: TestContext, ttlMs: number) => Promise<ConversationStoreUnderTest>;

const TTL = 60_000;
const A_WHILE = 10_000;

/** Owners that no other test has. */
export function owners(): (keyId: string) => Owner {
  const salt = randomUUID();
  return (keyId) => ({ keyId, keyText: new Secret(`sk-${keyId}-${salt}`) });
}

function records(entries: Readonly<Partial<Record<RecordName, string>>>): ReadonlyMap<RecordName, string> {
  return new Map(Object.entries(entries) as [RecordName, string][]); // the parameter's own keys and values
}

/** What every conversation store promises. */
export function testConversationStore(name: string, create: CreateConversationStore): void {
  interface Tested extends ConversationStoreUnderTest {
    readonly owner: (keyId: string) => Owner;
    readonly team: Owner;
  }
  const contract = (promise: string, check: (tested: Tested) => Promise<void>): void => {
    test(`${name}: ${promise}`, async (t) => {
      const owner = owners();
      await check({ ...(await create(t, TTL)), owner, team: owner('team') });
    });
  };

  contract('what was written is read, what was not is left out', async ({ store, team }) => {
    await store.write(
      team,
      records({ 'item:a': '{"type":"message"}', 'response:a': 'ü 🌍 "', 'call:b': '' }),
    );
    assert.deepEqual(
      await store.read(team, ['response:a', 'item:a', 'item:b', 'call:b', 'tools:a']),
      records({ 'response:a': 'ü 🌍 "', 'item:a': '{"type":"message"}', 'call:b': '' }),
    );
  });

  contract('asking for nothing finds nothing, writing nothing is no error', async ({ store, team }) => {
    await store.write(team, new Map());
    assert.deepEqual(await store.read(team, []), new Map());
  });

  contract('a record takes the place of an earlier one of its name', async ({ store, team }) => {
    await store.write(team, records({ 'item:a': 'first', 'item:b': 'other' }));
    await store.write(team, records({ 'item:a': 'second' }));
    assert.deepEqual(
      await store.read(team, ['item:a', 'item:b']),
      records({ 'item:a': 'second', 'item:b': 'other' }),
    );
  });

  contract('another key never sees a record, whatever ids it names', async ({ store, owner }) => {
    await store.write(owner('a'), records({ 'item:b:item:c': 'secret', 'item:x': 'secret' }));
    const attempts: readonly (readonly [string, RecordName])[] = [
      ['b', 'item:b:item:c'],
      ['b', 'item:x'],
      ['', 'item:x'],
      ['a:item', 'item:x'],
      ['a:item:b', 'item:c'],
      ['A', 'item:x'],
    ];
    for (const [keyId, record] of attempts)
      assert.deepEqual(await store.read(owner(keyId), [record]), new Map(), keyId);
  });

  contract('keys that use the same id keep their own records', async ({ store, team, owner }) => {
    await store.write(team, records({ 'call:call_1': 'of team' }));
    await store.write(owner('other'), records({ 'call:call_1': 'of other' }));
    assert.deepEqual(await store.read(team, ['call:call_1']), records({ 'call:call_1': 'of team' }));
  });

  contract('a record that nobody uses is gone after its time', async ({ store, team, advance }) => {
    await store.write(team, records({ 'item:a': 'text' }));
    await advance(TTL - A_WHILE);
    await store.write(team, records({ 'item:b': 'text' }));
    await advance(A_WHILE);
    assert.deepEqual(await store.read(team, ['item:a', 'item:b']), records({ 'item:b': 'text' }));
  });

  contract('a record that is read lives on for its whole time', async ({ store, team, advance }) => {
    await store.write(team, records({ 'item:a': 'text' }));
    for (let use = 0; use < 3; use += 1) {
      await advance(TTL - A_WHILE);
      assert.equal((await store.read(team, ['item:a'])).size, 1);
    }
    await advance(TTL);
    assert.equal((await store.read(team, ['item:a'])).size, 0);
  });

  contract(
    'a record that is too large is not kept, and neither is the one it replaces',
    async ({ store, team }) => {
      const largest = 'x'.repeat(MAX_RECORD_BYTES);
      await store.write(team, records({ 'item:a': largest, 'item:b': 'small', 'item:c': 'small' }));
      await store.write(
        team,
        records({ 'item:b': `${largest}x`, 'item:c': 'ü'.repeat(MAX_RECORD_BYTES / 2 + 1) }),
      );
      const found = await store.read(team, ['item:a', 'item:b', 'item:c']);
      assert.deepEqual([...found.keys()], ['item:a']);
      assert.equal(found.get('item:a') === largest, true);
    },
  );
}
