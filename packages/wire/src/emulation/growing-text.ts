/** A text that grows by small pieces. */
export interface GrowingText {
  readonly add: (piece: string) => void;
  readonly text: () => string;
  /** The text, which begins anew. */
  readonly take: () => string;
}

/** How many pieces wait to be joined. */
const JOINED_AT = 128;

/**
 * Joins pieces many at a time: a string that is added to with every delta keeps all of them alive, several times its own
 * size for as long as the answer runs.
 */
export function createGrowingText(): GrowingText {
  let joined = '';
  let pieces: string[] = [];
  const join = (): string => {
    joined += pieces.join('');
    pieces = [];
    return joined;
  };
  return {
    add: (piece) => {
      if (pieces.push(piece) === JOINED_AT) join();
    },
    text: join,
    take: () => {
      const text = join();
      joined = '';
      return text;
    },
  };
}
