import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { endsWithinPair, utf8Length } from '../src/utf8-length.ts';

test('the length of a text is that of its bytes, lone surrogates included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      const text = left + right.slice(1);
      assert.equal(utf8Length(text), Buffer.byteLength(text));
    }),
  );
  assert.equal(utf8Length('\ud83c'), 3);
  assert.equal(utf8Length('\udf0d\ud83c'), 6);
});

test('a text that stops within a character says so', () => {
  assert.equal(endsWithinPair('🌍'.slice(0, 1)), true);
  assert.equal(endsWithinPair('🌍'), false);
  assert.equal(endsWithinPair(''), false);
});
