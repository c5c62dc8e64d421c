import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeBase64url, encodeBase64url } from '../src/base64.ts';

const node = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

test('a text is encoded as Node encodes it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(encodeBase64url(text), node(text));
    }),
  );
});

test('an encoded text comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(decodeBase64url(encodeBase64url(text)), text.toWellFormed());
    }),
  );
});

test('a lone surrogate becomes the replacement character', () => {
  assert.equal(decodeBase64url(encodeBase64url('a\ud83d')), 'a\ufffd');
});

test('what is not base64url of UTF-8 is nothing', () => {
  const bad = ['a', '!!!!', 'QUI=', 'QQ==', '_w', 'wIA', '7aCA', '9JCAgA', 'gA'];
  assert.deepEqual(
    bad.map((text) => decodeBase64url(text)),
    bad.map(() => null),
  );
});
