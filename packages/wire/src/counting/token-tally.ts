import { endsWithinPair, utf8Length } from '../utf8-length.ts';

/** Counts the tokens of a text as the model's own tokenizer does (o200k_base), special tokens as plain text. */
export type CountTokens = (text: string) => number;

/**
 * The tokens of a text that grows at its end. `tokens` are final; `tail` is what a later character may still join, so it
 * is counted anew each time.
 */
export interface TokenTally {
  readonly tokens: number;
  readonly tail: string;
  /** The tail belongs to a run that is too long to be tokenised: it counts by its bytes. */
  readonly overlong: boolean;
}

export const emptyTally: TokenTally = { tokens: 0, tail: '', overlong: false };

/**
 * The longest piece that is tokenised at once, in UTF-16 units. Merging is quadratic in the length of a run without a
 * place to cut; a run beyond this (no human language has one) counts a token for each byte, which is never too few.
 */
export const MAX_RUN = 500;

/**
 * Where the tokenizer never joins two characters, whatever stands around them: o200k_base first splits a text by a
 * pattern (`O200K_TOKEN_SPLIT_PATTERN` of gpt-tokenizer), none of whose alternatives spans these places or looks beyond
 * them. So the parts of a text that is cut here have exactly as many tokens as the whole.
 */
const cut = /(?<=\p{L})(?=[^\p{L}\p{M}'])|(?<=\p{N})(?=\P{N})|(?<=\S)(?= )|(?<=[\r\n])(?=[^\s/])/gu;

/** The tally with more text. Exact, save that an overlong run counts its bytes. */
export function addText(tally: TokenTally, text: string, count: CountTokens): TokenTally {
  let { tokens, overlong } = tally;
  let tail = tally.tail + text;
  for (;;) {
    if (overlong) {
      const end = firstCut(tail);
      if (end === null) return endOfRun(tokens, tail);
      tokens += utf8Length(tail.slice(0, end));
      tail = tail.slice(end);
      overlong = false;
    }
    const end = lastCut(head(tail, MAX_RUN + 1));
    if (end !== null) {
      tokens += count(tail.slice(0, end));
      tail = tail.slice(end);
    } else if (tail.length > MAX_RUN) overlong = true;
    else return { tokens, tail, overlong };
  }
}

/** Of a run only its last character is kept: whether it ends depends on no other. */
function endOfRun(tokens: number, run: string): TokenTally {
  const tail = Array.from(run.slice(-2)).at(-1) ?? '';
  return { tokens: tokens + utf8Length(run) - utf8Length(tail), tail, overlong: true };
}

export function totalTokens({ tokens, tail, overlong }: TokenTally, count: CountTokens): number {
  if (tail === '') return tokens;
  return tokens + (overlong ? utf8Length(tail) : count(tail));
}

/** The first units of a text, one less where that would halve a character. */
export function head(text: string, length: number): string {
  const units = text.slice(0, length);
  return units.length < text.length && endsWithinPair(units) ? units.slice(0, -1) : units;
}

/** The first place where the text can be cut without changing its tokens. */
export function firstCut(text: string): number | null {
  cut.lastIndex = 0;
  return cut.exec(text)?.index ?? null;
}

/** The last such place. */
export function lastCut(text: string): number | null {
  let last: number | null = null;
  for (const { index } of text.matchAll(cut)) last = index;
  return last;
}
