import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import type { RecordName } from '../../src/conversation/conversation-store.ts';
import { createMemoryConversationStore } from '../../src/conversation/memory-store.ts';
import { owners, testConversationStore } from './conversation-store.contract.ts';

const ROOMY = 64 * 1024 * 1024;

testConversationStore('memory', async (_t, ttlMs) => {
  const clock = createManualClock();
  return {
    store: createMemoryConversationStore({ now: clock.now, ttlMs, capBytes: ROOMY }),
    advance: async (byMs) => clock.advance(byMs),
  };
});

const owner = owners();
const names: readonly RecordName[] = ['item:a', 'item:b', 'item:c', 'item:d'];

function smallStore(capBytes: number) {
  const clock = createManualClock();
  const store = createMemoryConversationStore({ now: clock.now, ttlMs: 1000, capBytes });
  return {
    clock,
    write: async (name: RecordName, text: string, keyId = 'team') =>
      store.write(owner(keyId), new Map([[name, text]])),
    use: async (name: RecordName) => void (await store.read(owner('team'), [name])),
    kept: async () => [...(await store.read(owner('team'), names)).keys()],
  };
}

test('what was used the longest ago makes way', async () => {
  const { write, use, kept } = smallStore(30);
  for (const name of ['item:a', 'item:b', 'item:c'] as const) await write(name, 'x'.repeat(10));
  await use('item:a');
  await write('item:d', 'x'.repeat(10));
  assert.deepEqual(await kept(), ['item:a', 'item:c', 'item:d']);
});

test('the cap is of bytes, and of all keys together', async () => {
  const { write, kept } = smallStore(30);
  await write('item:a', 'x'.repeat(11));
  await write('item:b', 'ü'.repeat(10), 'other');
  assert.deepEqual(await kept(), []);
});

test('a record that is replaced gives its room back', async () => {
  const { write, kept } = smallStore(30);
  for (let round = 0; round < 5; round += 1) await write('item:a', 'x'.repeat(15));
  await write('item:b', 'x'.repeat(15));
  assert.deepEqual(await kept(), ['item:a', 'item:b']);
});

test('a record that has expired gives its room back', async () => {
  const { clock, write, kept } = smallStore(30);
  await write('item:a', 'x'.repeat(20));
  clock.advance(1000);
  await write('item:b', 'x'.repeat(20));
  await write('item:c', 'x'.repeat(10));
  assert.deepEqual(await kept(), ['item:b', 'item:c']);
});
