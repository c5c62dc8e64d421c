import { fingerprintOf } from './digest.ts';

/** Ids and opaque values from a counter and a seed: the same calls in the same order give the same ids. */
export interface Ids {
  /** `prefix` + 48 hex characters, like the backend's own item ids. */
  readonly next: (prefix: string) => string;
  /** The position in the sequence, for things that need a small number. */
  readonly nextNumber: () => number;
}

const ID_LENGTH = 48;

export function createIds(seed: string): Ids {
  let counter = 0;
  return {
    next: (prefix) => {
      counter += 1;
      return `${prefix}${fingerprintOf(`${seed}:${counter}`).slice(0, ID_LENGTH)}`;
    },
    nextNumber: () => {
      counter += 1;
      return counter;
    },
  };
}
