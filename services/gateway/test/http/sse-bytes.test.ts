import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, constantFrom, nat, property } from 'fast-check';
import { createEventCutter } from '../../src/http/sse-bytes.ts';

/** What comes out for these chunks, and what is held at the end. */
function cut(...chunks: readonly string[]) {
  const cutter = createEventCutter();
  return [...chunks.map((chunk) => cutter.push(Buffer.from(chunk)).toString()), cutter.rest().toString()];
}

test('an event goes on when its empty line is there, whatever ends its lines', () => {
  assert.deepEqual(cut('data: a\n\ndata: b'), ['data: a\n\n', 'data: b']);
  assert.deepEqual(cut('data: a\r\n\r\ndata: b\r\n'), ['data: a\r\n\r\n', 'data: b\r\n']);
  assert.deepEqual(cut('data: a\r\rdata: b\r'), ['data: a\r\r', 'data: b\r']);
  assert.deepEqual(cut('data: a\n', '\n'), ['', 'data: a\n\n', '']);
  assert.deepEqual(cut('data: a\r\n', '\r\n'), ['', 'data: a\r\n\r\n', '']);
  assert.deepEqual(cut('data: a\r', '\n'), ['', '', 'data: a\r\n']);
  assert.deepEqual(cut('data: a', '\n', 'data: b', '\n\n', 'c'), [
    '',
    '',
    '',
    'data: a\ndata: b\n\n',
    '',
    'c',
  ]);
});

test('what is held can be told, so that it has an end', () => {
  const cutter = createEventCutter();
  cutter.push(Buffer.from('data: a'));
  assert.equal(cutter.heldBytes(), 7);
  cutter.push(Buffer.from('\n\nb'));
  assert.equal(cutter.heldBytes(), 1);
});

test('not a byte is lost or moved, and what goes on ends with an empty line', () => {
  const text = array(constantFrom('data: ☃', ':', '\n', '\r', '\r\n', '\n\n', 'x'), { maxLength: 30 });
  check(
    property(text, array(nat(80), { maxLength: 8 }), (pieces, places) => {
      const bytes = Buffer.from(pieces.join(''));
      const cuts = [0, ...places.map((place) => Math.min(place, bytes.length)).toSorted((a, b) => a - b)];
      const chunks = cuts.map((place, index) => bytes.subarray(place, cuts[index + 1] ?? bytes.length));
      const cutter = createEventCutter();
      const out = chunks.map((chunk) => cutter.push(chunk));
      assert.deepEqual(Buffer.concat([...out, cutter.rest()]), bytes);
      const gone = Buffer.concat(out).toString('latin1');
      assert.match(gone, /^$|(\n\n|\r\r|\n\r)\n?$/);
    }),
  );
});
