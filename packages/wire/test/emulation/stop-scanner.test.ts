import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { stopStrings } from '../../src/emulation/rules.ts';
import { createStopIndex, createStopScanner, type Scanned } from '../../src/emulation/stop-scanner.ts';
import { anyCuts, anyText, cutAt } from './texts.ts';

/** What comes out after each piece. */
function scanned(stops: readonly string[], pieces: readonly string[]): readonly Scanned[] {
  const scanner = createStopScanner(createStopIndex(stops));
  const out: Scanned[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (out.at(-1)?.hit) break;
    out.push(scanner.push(piece, index === pieces.length - 1));
  }
  return out;
}

/** The whole text at once: the earliest place wins, at one place the longest. */
function firstHit(text: string, stops: readonly string[]): Scanned {
  for (let at = 0; at < text.length; at += 1) {
    const [hit] = stops.filter((stop) => text.startsWith(stop, at)).toSorted((a, b) => b.length - a.length);
    if (hit !== undefined) return { text: text.slice(0, at), hit };
  }
  return { text, hit: null };
}

const through = (text: string): Scanned => ({ text, hit: null });

test('what may begin a stop string waits, and goes on when it does not', () => {
  assert.deepEqual(scanned(['END'], ['one E', 'N', 'G two', ' EN']), [
    through('one '),
    through(''),
    through('ENG two'),
    through(' EN'),
  ]);
});

test('a stop string over several pieces ends the text before it', () => {
  assert.deepEqual(scanned(['END'], ['one E', 'N', 'D two', 'three']), [
    through('one '),
    through(''),
    { text: '', hit: 'END' },
  ]);
});

test('a stop string that begins within what was held back is found', () => {
  assert.deepEqual(scanned(['aab'], ['aa', 'ab']), [through(''), { text: 'a', hit: 'aab' }]);
});

test('the earliest stop string wins, at one place the longest', () => {
  assert.deepEqual(scanned(['bc', 'abcd'], ['abc', 'd']), [through(''), { text: '', hit: 'abcd' }]);
  assert.deepEqual(scanned(['bc', 'abcd'], ['abc', 'e']), [through(''), { text: 'a', hit: 'bc' }]);
  assert.deepEqual(scanned(['a', 'ab'], ['xa', 'b']), [through('x'), { text: '', hit: 'ab' }]);
  assert.deepEqual(scanned(['a', 'ab'], ['xa', '']), [through('x'), { text: '', hit: 'a' }]);
});

test('half a character is never let through before its other half', () => {
  const [high = '', low = ''] = '🌍'.split('');
  assert.deepEqual(scanned([], [`a${high}`, `${low}b`]), [through('a'), through('🌍b')]);
  assert.deepEqual(scanned(['🌎'], [`a${high}`, `${low}b`]), [through('a'), through('🌍b')]);
  assert.deepEqual(scanned(['🌍'], [`a${high}`, `${low}b`]), [through('a'), { text: '', hit: '🌍' }]);
  assert.deepEqual(scanned([], [high]), [through(high)]);
});

test('empty stop strings, doubles and halves of characters are left out', () => {
  assert.deepEqual(stopStrings(['', 'a', '\ud83c', 'a', 'b']), ['a', 'b']);
  assert.deepEqual(stopStrings('END'), ['END']);
  assert.deepEqual(stopStrings(''), []);
  assert.deepEqual(stopStrings(null), []);
  assert.deepEqual(stopStrings(undefined), []);
});

const letters = fc.constantFrom('a', 'b', 'c', '🌍', '🌎');
const word = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: letters, maxLength, size: 'max' });

/** Texts with the stop strings in them, and beginnings of them. */
const textAndStops = fc.oneof(
  fc.tuple(word(40), fc.array(word(5), { maxLength: 5 })),
  fc.tuple(anyText, fc.array(anyText, { maxLength: 4 })),
  fc
    .tuple(
      anyText,
      anyText,
      fc.array(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }),
    )
    .map(([before, after, stops]) => [`${before}${stops[0]}${after}`, stops] as const),
);

test('however a text is cut into pieces, it ends where the whole would', () => {
  fc.assert(
    fc.property(textAndStops, anyCuts, ([text, given], cuts) => {
      const stops = stopStrings(given);
      const out = scanned(stops, cutAt(text, cuts));
      const told = { text: out.map((part) => part.text).join(''), hit: out.at(-1)?.hit ?? null };
      assert.deepEqual(told, firstHit(text, stops));
    }),
    { numRuns: 1000 },
  );
});

test('nothing is held back that cannot be the beginning of a stop string', () => {
  fc.assert(
    fc.property(textAndStops, anyCuts, ([text, given], cuts) => {
      const stops = stopStrings(given);
      let arrived = '';
      let shown = '';
      for (const [index, { text: part, hit }] of scanned(stops, cutAt(text, cuts)).entries()) {
        arrived += cutAt(text, cuts)[index] ?? '';
        shown += part;
        const held = arrived.slice(shown.length);
        const halves = /^[\ud800-\udbff]$/u.test(held);
        if (hit === null && held !== '') assert.ok(halves || stops.some((stop) => stop.startsWith(held)));
      }
    }),
  );
});
