import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { test } from 'node:test';
import { startStack } from '../component/stack.ts';
import { createTokenizer } from '../../src/counting/tokenizer.ts';
import { chat, messages, send } from '../component/client.ts';

/** One process, one vocabulary: these tests depend on their order. */

const { cache } = createRequire(import.meta.url);

function isLoaded(module: string): boolean {
  return Object.keys(cache).some((path) => path.includes('gpt-tokenizer') && path.endsWith(module));
}

test('requests without a limit, or far from it, load no tokenizer', { timeout: 30_000 }, async (t) => {
  const { url } = await startStack(t);
  for (const stream of [false, true]) {
    const bodies = [
      chat.body('Count to 100.', { stream }),
      chat.body('Count to 100.', { stream, stop: ' 90' }),
    ];
    for (const body of bodies) assert.equal((await send(url + chat.path, { body })).status, 200);
    const limited = messages.body('Count to 100.', { stream, max_tokens: 32_000 });
    assert.equal((await send(url + messages.path, { body: limited })).status, 200);
  }
  assert.equal(isLoaded('bpeRanks/o200k_base.js'), false);
});

test('warming loads it soon, in two turns', async () => {
  const { warm } = createTokenizer();
  warm();
  warm();
  assert.equal(isLoaded('bpeRanks/o200k_base.js'), false);
  await nextTurn();
  assert.equal(isLoaded('bpeRanks/o200k_base.js'), true);
  assert.equal(isLoaded('encoding/o200k_base.js'), false);
  await nextTurn();
  assert.equal(isLoaded('encoding/o200k_base.js'), true);
});

test('a count does not wait for it', () => {
  const { count } = createTokenizer();
  assert.equal(count('one two three'), 3);
  assert.equal(count(''), 0);
});

test('special tokens are plain text', () => {
  const { count } = createTokenizer();
  assert.ok(count('<|endoftext|>') > 1);
});
