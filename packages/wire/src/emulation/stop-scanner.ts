import { endsWithinPair } from '../utf8-length.ts';

/** What a scanner lets through, and the stop string that ends the text, once one was found. */
export interface Scanned {
  readonly text: string;
  readonly hit: string | null;
}

export interface StopScanner {
  /** Takes the next piece of the text; `isLast` when no more of it will come. Not to be called after a hit. */
  readonly push: (piece: string, isLast: boolean) => Scanned;
}

/** Stop strings by their first UTF-16 unit, the longest first: most units of a text begin none of them. */
export type StopIndex = ReadonlyMap<number, readonly string[]>;

export function createStopIndex(stops: readonly string[]): StopIndex {
  return Map.groupBy(
    stops.toSorted((left, right) => right.length - left.length),
    (stop) => stop.charCodeAt(0),
  );
}

/**
 * Finds the first stop string in a text that comes in pieces: the earliest one, at one place the longest. What may be
 * the beginning of one is held back until it is clear, and so is the first half of a character.
 */
export function createStopScanner(stops: StopIndex): StopScanner {
  let held = '';
  return {
    push: (piece, isLast) => {
      const { hit, end, waits } = scan(held + piece, stops, isLast);
      const text = (held + piece).slice(0, end);
      held = waits ? (held + piece).slice(end) : '';
      return { text, hit };
    },
  };
}

interface Finding {
  readonly hit: string | null;
  /** Where the text ends that is surely none of a stop string. */
  readonly end: number;
  /** Whether what stands behind `end` is to be looked at again with the next piece. */
  readonly waits: boolean;
}

function scan(text: string, stops: StopIndex, isLast: boolean): Finding {
  for (let at = 0; stops.size > 0 && at < text.length; at += 1) {
    const candidates = stops.get(text.charCodeAt(at));
    if (!candidates) continue;
    // A longer stop string at this place wins over a whole one, so its end is waited for.
    if (!isLast && candidates.some((stop) => begins(stop, text, at)))
      return { hit: null, end: at, waits: true };
    const hit = candidates.find((stop) => text.startsWith(stop, at));
    if (hit !== undefined) return { hit, end: at, waits: false };
  }
  const half = !isLast && endsWithinPair(text);
  return { hit: null, end: text.length - (half ? 1 : 0), waits: half };
}

/** Whether the text from `at` on is the beginning of a stop string that is not whole yet. */
function begins(stop: string, text: string, at: number): boolean {
  return stop.length > text.length - at && stop.startsWith(text.slice(at));
}
