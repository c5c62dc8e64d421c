import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { promptCacheKey, type CacheKeyParts } from '../../src/codex/cache-key.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

function key(parts: Partial<CacheKeyParts>): string {
  return promptCacheKey({ candidates: [], beginning: 'Hello', scope: 'key-1', ...parts }, digest);
}

test('a key is short hex, however long what names it is', () => {
  assert.match(key({ candidates: ['x'.repeat(1000)] }), /^[0-9a-f]{32}$/);
  assert.match(key({}), /^[0-9a-f]{32}$/);
});

test('the first candidate that says something wins', () => {
  assert.equal(key({ candidates: [null, undefined, '', 'a', 'b'] }), key({ candidates: ['a'] }));
  assert.notEqual(key({ candidates: ['a'] }), key({ candidates: ['b'] }));
});

test('with no candidate the beginning counts', () => {
  assert.equal(key({ candidates: [null] }), key({}));
  assert.notEqual(key({ beginning: 'Hello' }), key({ beginning: 'Goodbye' }));
});

test('two API keys never share a cache', () => {
  assert.notEqual(key({ candidates: ['a'], scope: 'key-1' }), key({ candidates: ['a'], scope: 'key-2' }));
});
