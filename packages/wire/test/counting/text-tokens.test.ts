import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { textTokens } from '../../src/counting/text-tokens.ts';
import { MAX_RUN } from '../../src/counting/token-tally.ts';
import { o200k } from '../emulation/o200k.ts';
import { anyText } from '../emulation/texts.ts';

function tokens(text: string): number {
  return textTokens(text, o200k);
}

test('a text has exactly its tokens, special ones as plain text', () => {
  fc.assert(fc.property(anyText, (text) => assert.equal(tokens(text), o200k(text))));
  const sentence = 'Two of them, <|endoftext|> included, are 3,141.\n\n';
  assert.equal(tokens(sentence.repeat(500)), o200k(sentence.repeat(500)));
  assert.equal(tokens(''), 0);
});

test('a run without a place to cut counts about as many tokens as it has', () => {
  for (const unit of ['a', 'xyzzy', '漢字', '🌍', ' ', '=']) {
    const run = unit.repeat(Math.ceil((4 * MAX_RUN) / unit.length));
    const [found, real] = [tokens(`Before. ${run}. After.`), o200k(`Before. ${run}. After.`)];
    assert.ok(Math.abs(found - real) <= 10 + real / 50, `${unit}: ${found} instead of ${real}`);
  }
});

test('of an endless run only the beginning is tokenised, in short pieces', () => {
  const pieces: number[] = [];
  const count = (text: string): number => {
    pieces.push(text.length);
    return text.length / 8;
  };
  assert.equal(textTokens('a'.repeat(200_000), count), 25_000);
  assert.deepEqual(pieces, [...Array.from({ length: 8 }, () => MAX_RUN), 0]);
});
