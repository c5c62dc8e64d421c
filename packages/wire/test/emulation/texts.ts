import * as fc from 'fast-check';

/** Spaces, lines and signs that the tokenizer's pattern treats in different ways. */
const signs = [
  ' ',
  '  ',
  '\n',
  '\r\n',
  '\t',
  '\u00a0',
  '\n \n',
  '/',
  "'",
  '’',
  '.',
  '...',
  '!?',
  '#/',
  '_',
  '=',
];
/** Ends and cases of words, scripts without cases or without spaces, marks. */
const words = [
  "'s",
  "'LL",
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
  'e\u0301',
  '\u0301',
];
const scripts = ['नमस्ते', 'ไทย', '中文', '漢', '。', '，', 'カナ', '\u{1d49c}', '\u{20000}'];
const others = ['1', '23', '4567', '٣', '½', '🌍', '👩‍👩‍👧', '🇳🇴', '<|endoftext|>', '\ufeff', '\ufffd'];

/** Texts of every kind of character, ordinary ones and those that tokenizers stumble over. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...signs, ...words, ...scripts, ...others),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 60, size: 'max' },
  )
  .map((parts) => parts.join(''));

export const anyCuts: fc.Arbitrary<readonly number[]> = fc.array(fc.nat({ max: 2000 }), {
  maxLength: 40,
  size: 'max',
});

/** A text in pieces that may begin anywhere, also within a character. */
export function cutAt(text: string, cuts: readonly number[]): readonly string[] {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) => a - b);
  return places.slice(1).map((place, index) => text.slice(places[index], place));
}
