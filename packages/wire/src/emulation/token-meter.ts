import { utf8Length } from '../utf8-length.ts';
import { createGrowingText } from './growing-text.ts';
import {
  addText,
  emptyTally,
  head,
  MAX_RUN,
  totalTokens,
  type CountTokens,
  type TokenTally,
} from '../counting/token-tally.ts';

export interface TokenMeter {
  /** Takes as much of the text as the limit allows, in whole characters, and says how many UTF-16 units that is. */
  readonly take: (text: string) => number;
  /** The tokens so far; null while nothing had to be counted. */
  readonly counted: () => number | null;
  /** Whether something may soon have to be counted. */
  readonly isNear: () => boolean;
}

/**
 * Lets a text through up to a limit of tokens. A token is at least one byte, so nothing is tokenised before the text
 * has more bytes than the limit has tokens, and from then on only what is new.
 */
export function createTokenMeter(limit: number, count: CountTokens): TokenMeter {
  let tally = emptyTally;
  const uncounted = createGrowingText();
  /** Bytes behind what is surely counted: there are no more tokens than that. */
  let openBytes = 0;
  let hasCounted = false;

  const settle = (settled: TokenTally): void => {
    tally = settled;
    openBytes = utf8Length(settled.tail);
  };
  const grown = (text: string): TokenTally | null => {
    const longer = addText(tally, text, count);
    return totalTokens(longer, count) <= limit ? longer : null;
  };
  const takeSome = (text: string): number => {
    const beginning = longestFit(text, (candidate) => grown(candidate) !== null);
    settle(addText(tally, beginning, count));
    return beginning.length;
  };

  return {
    take: (text) => {
      const bytes = utf8Length(text);
      if (tally.tokens + openBytes + bytes <= limit) {
        uncounted.add(text);
        openBytes += bytes;
        return text.length;
      }
      hasCounted = true;
      settle(addText(tally, uncounted.take(), count));
      for (let taken = 0; taken < text.length;) {
        const piece = head(text.slice(taken), MAX_RUN);
        const longer = grown(piece);
        if (longer === null) return taken + takeSome(piece);
        settle(longer);
        taken += piece.length;
      }
      return text.length;
    },
    counted: () => (hasCounted ? totalTokens(addText(tally, uncounted.text(), count), count) : null),
    isNear: () => tally.tokens + openBytes > limit / 2,
  };
}

/** A beginning of the text that fits, while with its next character it does not. */
function longestFit(text: string, fits: (beginning: string) => boolean): string {
  const characters = Array.from(text);
  let fitting = 0;
  let tooLong = characters.length;
  while (tooLong - fitting > 1) {
    const middle = Math.floor((fitting + tooLong) / 2);
    if (fits(characters.slice(0, middle).join(''))) fitting = middle;
    else tooLong = middle;
  }
  return characters.slice(0, fitting).join('');
}
