import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createGrowingText } from '../../src/emulation/growing-text.ts';

test('a text is all of its pieces, whenever it is asked for', () => {
  const asks = fc.array(fc.tuple(fc.string(), fc.boolean()), { maxLength: 400, size: 'max' });
  fc.assert(
    fc.property(asks, (pieces) => {
      const growing = createGrowingText();
      let text = '';
      for (const [piece, asked] of pieces) {
        growing.add(piece);
        text += piece;
        if (asked) assert.equal(growing.text(), text);
      }
      assert.equal(growing.text(), text);
    }),
  );
});

test('a text that is taken begins anew', () => {
  const growing = createGrowingText();
  for (let piece = 0; piece < 300; piece += 1) growing.add('ab');
  assert.equal(growing.take(), 'ab'.repeat(300));
  growing.add('c');
  assert.equal(growing.take(), 'c');
  assert.equal(growing.take(), '');
});
