const LF = 0x0a;
const CR = 0x0d;

/**
 * Where the last whole event of an event stream ends in this chunk: behind its empty line. 0 when none ends here.
 *
 * @param before the byte before the chunk: an empty line may be cut
 */
function endOfEvents(chunk: Uint8Array, before: number | undefined): number {
  for (let at = chunk.length - 1; at >= 0; at--) {
    if (!isEmptyLine(at === 0 ? before : chunk[at - 1], chunk[at])) continue;
    return chunk[at] === CR && chunk[at + 1] === LF ? at + 2 : at + 1;
  }
  return 0;
}

/** Lines end with LF, CR or both: two ends with nothing between them, which CR and LF alone are not. */
function isEmptyLine(first: number | undefined, second: number | undefined): boolean {
  if (first === LF) return second === LF || second === CR;
  return first === CR && second === CR;
}

/** Holds the bytes of an event stream back until their event is whole. */
export interface EventCutter {
  /** The whole events that this chunk completes, with all that was held before it. */
  readonly push: (chunk: Buffer) => Buffer;
  /** Gives out what is held. */
  readonly rest: () => Buffer;
  readonly heldBytes: () => number;
}

export function createEventCutter(): EventCutter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const release = (last: Buffer): Buffer => {
    const released = held.length === 0 ? last : Buffer.concat([...held, last]);
    held = [];
    heldBytes = 0;
    return released;
  };
  const nothing = Buffer.alloc(0);
  return {
    push: (chunk) => {
      const end = endOfEvents(chunk, held.at(-1)?.at(-1));
      const whole = end === 0 ? nothing : release(chunk.subarray(0, end));
      if (end < chunk.length) held.push(chunk.subarray(end));
      heldBytes += chunk.length - end;
      return whole;
    },
    rest: () => release(nothing),
    heldBytes: () => heldBytes,
  };
}
