import { firstCut, head, lastCut, MAX_RUN, type CountTokens } from './token-tally.ts';

/** So many characters of a run without a place to cut are counted, those after them by the same ratio. */
const COUNTED_OF_RUN = 4_000;

/**
 * The tokens of a whole text, however long, by a tokenizer that is only fit for short ones. Exact where the text can be
 * cut at least every `MAX_RUN` characters, as every language can; else within about a hundredth.
 */
export function textTokens(text: string, count: CountTokens): number {
  let tokens = 0;
  let rest = text;
  while (rest.length > MAX_RUN) {
    const end = lastCut(head(rest, MAX_RUN + 1));
    const run = end ?? firstCut(rest) ?? rest.length;
    const piece = rest.slice(0, run);
    tokens += end === null ? runTokens(piece, count) : count(piece);
    rest = rest.slice(run);
  }
  return tokens + count(rest);
}

/** A run as if it were cut every `MAX_RUN` characters, which costs it a token or two each time. */
function runTokens(run: string, count: CountTokens): number {
  const counted = head(run, COUNTED_OF_RUN);
  let tokens = 0;
  for (let at = 0; at < counted.length;) {
    const piece = head(counted.slice(at), MAX_RUN);
    tokens += count(piece);
    at += piece.length;
  }
  return Math.ceil((tokens * run.length) / counted.length);
}
