import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addText, emptyTally, MAX_RUN, totalTokens } from '../../src/counting/token-tally.ts';
import { utf8Length } from '../../src/utf8-length.ts';
import { o200k } from '../emulation/o200k.ts';
import { anyText } from '../emulation/texts.ts';

/** What is counted piece by piece; pieces are whole characters. */
function tallied(pieces: readonly string[]): number {
  const tally = pieces.reduce((sum, piece) => addText(sum, piece, o200k), emptyTally);
  return totalTokens(tally, o200k);
}

const inCharacters = fc
  .tuple(anyText, fc.array(fc.nat({ max: 200 }), { maxLength: 60, size: 'max' }))
  .map(([text, cuts]) => {
    const characters = Array.from(text);
    const places = [0, ...cuts.map((cut) => cut % (characters.length + 1)), characters.length].toSorted(
      (left, right) => left - right,
    );
    return places.slice(1).map((place, index) => characters.slice(places[index], place).join(''));
  });

test('a text that comes in pieces has exactly the tokens of the whole', () => {
  fc.assert(
    fc.property(inCharacters, (pieces) => {
      assert.equal(tallied(pieces), o200k(pieces.join('')));
    }),
    { numRuns: 500 },
  );
});

const sentence = "Two of them, 3,141 in all, weren't there.\n\n";

test('a long text at once has exactly its tokens, too', () => {
  const text = sentence.repeat(100);
  assert.equal(tallied([text]), o200k(text));
});

test('what the tokenizer joins is not cut', () => {
  const joined = [
    "it's",
    "WE'LL be",
    '#\n/*',
    '#\r\n/n',
    '//\n//',
    ' \n \n x',
    'a  \n\t b',
    '1234567',
    '!!\u0301!',
    'e\u0301a',
  ];
  for (const text of joined) assert.equal(tallied(Array.from(text)), o200k(text), JSON.stringify(text));
});

test('only what may still be joined is kept', () => {
  assert.deepEqual(addText(emptyTally, 'Some words, and a la', o200k), {
    tokens: o200k('Some words, and a'),
    tail: ' la',
    overlong: false,
  });
});

test('a run without a place to cut is tokenised up to its longest length', () => {
  const run = 'ab'.repeat(MAX_RUN / 2);
  assert.equal(tallied([run]), o200k(run));
});

test('a longer run counts by its bytes, and what follows it by its tokens again', () => {
  for (const unit of ['a', '漢', '🌍', '\u{20000}', '=', ' ']) {
    const run = unit.repeat(MAX_RUN + 1);
    const after = `1.\n${sentence}`;
    const whole = utf8Length(run) + o200k(after);
    assert.equal(tallied([run]), utf8Length(run));
    assert.equal(tallied([run + after]), whole);
    assert.equal(tallied([...Array.from(run), after]), whole);
    assert.ok(whole >= o200k(run + after));
  }
});

test('an endless run is a matter of milliseconds', () => {
  const counted: number[] = [];
  const count = (text: string): number => counted.push(text.length);
  const pieces = Array.from({ length: 5000 }, () => 'abcd');
  const tally = pieces.reduce((sum, piece) => addText(sum, piece, count), emptyTally);
  assert.deepEqual(tally, { tokens: 19_999, tail: 'd', overlong: true });
  assert.deepEqual(counted, []);
});
