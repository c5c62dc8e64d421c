import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiKeyFromText, hashKey } from '../../src/keys/api-keys.ts';
import { createKeyRing } from '../../src/keys/key-ring.ts';

const first = apiKeyFromText('first', 'sk-first');
const second = {
  ...apiKeyFromText('second', 'sk-second'),
  hashes: [hashKey('sk-old'), hashKey('sk-new')],
};

test('a key is found by its text, by each of its texts while it rotates', () => {
  const ring = createKeyRing([first, second]);
  assert.equal(ring.find('sk-first'), first);
  assert.equal(ring.find('sk-old'), second);
  assert.equal(ring.find('sk-new'), second);
});

test('neither another text nor the hash itself finds a key', () => {
  const ring = createKeyRing([first, second]);
  for (const text of ['', 'sk-second', 'sk-firs', 'sk-first ', 'SK-FIRST', hashKey('sk-first')])
    assert.equal(ring.find(text), null, text);
});

test('a ring takes another set of keys as a whole', () => {
  const ring = createKeyRing([]);
  assert.equal(ring.isEmpty(), true);
  ring.replace([first]);
  assert.deepEqual([ring.isEmpty(), ring.find('sk-first')], [false, first]);
  ring.replace([second]);
  assert.deepEqual([ring.find('sk-first'), ring.find('sk-old')], [null, second]);
});
