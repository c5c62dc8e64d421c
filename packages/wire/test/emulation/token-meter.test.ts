import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createTokenMeter } from '../../src/emulation/token-meter.ts';
import { o200k } from './o200k.ts';
import { anyText } from './texts.ts';

const never = (): never => assert.fail('something was tokenised');

test('nothing is tokenised while there are no more bytes than tokens allowed', () => {
  const meter = createTokenMeter(10, never);
  assert.equal(meter.take('zwölf'), 5);
  assert.equal(meter.take('😀'), 2);
  assert.equal(meter.counted(), null);
});

test('from then on it is tokenised when it might pass the limit, and only what is new of it', () => {
  const counted: string[] = [];
  const meter = createTokenMeter(20, (text) => {
    counted.push(text);
    return o200k(text);
  });
  const words = ['one', ' two', ' three', ' four', ' five', ' six', ' seven', ' eight', ' nine', ' ten'];
  for (const word of words) assert.equal(meter.take(word), word.length);
  assert.equal(meter.counted(), 10);
  const last = [' seven', ' eight', ' eight', ' nine', ' ten', ' ten'];
  assert.deepEqual(counted, ['one two three', ' four', ' five', ' five six', ...last]);
});

test('the text ends with the last token that fits', () => {
  const meter = createTokenMeter(3, o200k);
  assert.equal(meter.take('one two three four five'), 'one two three'.length);
  assert.equal(meter.counted(), 3);
});

test('a token at the limit may still grow', () => {
  const meter = createTokenMeter(1, o200k);
  assert.equal(meter.take(' wonder'), 7);
  assert.equal(meter.take('ful'), 3);
  assert.equal(meter.take(' day'), 0);
});

test('characters stay whole', () => {
  const family = '👩‍👩‍👧‍👦';
  const meter = createTokenMeter(o200k(family) - 1, o200k);
  const taken = meter.take(family);
  assert.ok(taken < family.length);
  assert.ok(family.slice(0, taken).isWellFormed());
});

test('it says when the limit is near', () => {
  const meter = createTokenMeter(100, o200k);
  meter.take('x'.repeat(50));
  assert.equal(meter.isNear(), false);
  meter.take('x');
  assert.equal(meter.isNear(), true);
});

const pieces = fc.array(fc.oneof(anyText, fc.string({ maxLength: 6 })), { maxLength: 12 });

test('what is let through never has more tokens than allowed, and one more character would', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 80 }), (texts, limit) => {
      const meter = createTokenMeter(limit, o200k);
      let shown = '';
      for (const text of texts) {
        const taken = meter.take(text);
        shown += text.slice(0, taken);
        assert.ok(o200k(shown) <= limit);
        if (taken === text.length) continue;
        assert.ok(o200k(shown + (Array.from(text.slice(taken))[0] ?? '')) > limit);
        break;
      }
    }),
    { numRuns: 500 },
  );
});
