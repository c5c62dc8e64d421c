import * as fc from 'fast-check';

/** Pieces that the tokenizer's first cut treats in different ways. */
const pieces = [
  ...[
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\t',
    ' ',
    '\n \n',
    '/',
    "'",
    "'s",
    "'LL",
    '’',
    '.',
    '...',
    '!?',
    '#/',
    '_',
    '=',
  ],
  ...[
    'a',
    'Abc',
    'camelCase',
    'HTTPServer',
    'ing',
    ' the',
    'ß',
    'ǅ',
    'ʰ',
    'é',
    '́',
    'नमस्ते',
    'ไทย',
    '中文',
    '漢',
    '。',
    '，',
    'カナ',
  ],
  ...['1', '23', '4567', '٣', '½', '🌍', '👩‍👩‍👧', '🇳🇴', '\u{1d49c}', '\u{20000}', '<|endoftext|>', '﻿', '�'],
];

/** Texts of every kind of character, ordinary ones and those that tokenizers stumble over. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.string({ maxLength: 5 }),
    ),
    {
      maxLength: 60,
      size: 'max',
    },
  )
  .map((parts) => parts.join(''));

/** A text in pieces that may fall anywhere, also within a character. */
export function cutAt(text: string, cuts: readonly number[]): readonly string[] {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) => a - b);
  return places.slice(1).map((place, index) => text.slice(places[index], place));
}

export const anyCuts: fc.Arbitrary<readonly number[]> = fc.array(fc.nat({ max: 2000 }), {
  maxLength: 40,
  size: 'max',
});
