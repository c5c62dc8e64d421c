import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { createSeal, createSeals } from '../../src/conversation/seal.ts';

const ada = { keyId: 'ada', keyText: new Secret('sk-ada') };
const eve = { keyId: 'eve', keyText: new Secret('sk-eve') };
const text = 'ü 🌍 words';

test('what a key has sealed opens with that key, whoever derived it', () => {
  const sealed = createSeal(ada).close('item:a', text);
  assert.equal(createSeal({ ...ada }).open('item:a', sealed), text);
});

test('the same text is never sealed the same way twice', () => {
  const { close } = createSeal(ada);
  assert.notDeepEqual(close('item:a', text), close('item:a', text));
});

test('it opens with no other key, under no other name, and not when a bit of it is changed', () => {
  const { close, open } = createSeal(ada);
  const sealed = close('item:a', text);
  const others = [eve, { ...ada, keyId: 'eve' }, { ...ada, keyText: eve.keyText }];
  for (const other of others) assert.equal(createSeal(other).open('item:a', sealed), null);
  assert.equal(open('item:b', sealed), null);
  for (const index of sealed.keys()) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
    assert.equal(open('item:a', changed), null, `byte ${index}`);
    assert.equal(open('item:a', sealed.subarray(0, index)), null, `cut at ${index}`);
  }
  assert.equal(open('item:a', sealed), text);
});

test('names and owners tell nothing, and are the same for nobody else', () => {
  const [mine, again, yours] = [ada, ada, eve].map(createSeal);
  assert.ok(mine && again && yours);
  assert.deepEqual([mine.owner, mine.nameOf('item:a')], [again.owner, again.nameOf('item:a')]);
  const all = [mine, yours].flatMap(({ owner, nameOf }) => [
    owner,
    nameOf('item:a'),
    nameOf('item:b'),
    nameOf('call:a'),
  ]);
  assert.equal(new Set(all).size, 8);
  for (const word of all) assert.match(word, /^[\w-]{22}$/);
});

test('the latest seals are derived once', () => {
  const digests: string[] = [];
  const sealOf = createSeals((word) => (digests.push(word), word), 2);
  const first = sealOf(ada);
  sealOf(eve);
  assert.equal(sealOf({ ...ada }), first);
  sealOf({ ...eve, keyId: 'third' });
  assert.equal(sealOf(ada), first, 'it was used after eve');
  assert.notEqual(sealOf({ ...ada, keyText: new Secret('sk-new') }), first);
  assert.equal(digests.length, 6);
});
