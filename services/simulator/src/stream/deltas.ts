const PADDING = 'aZ3kQ9xLw0Tb7RfV';

/** A text in pieces of about a word, as answers are streamed. */
export function piecesOf(text: string): readonly string[] {
  return [...text.matchAll(/\s*\S{1,16}|\s+$/gu)].map(([piece]) => piece);
}

/** What is sent along with a delta so that the length of the event tells nothing about it. */
export function paddingFor(delta: string): string {
  return PADDING.slice(Math.min(delta.length, PADDING.length - 1));
}

/** One element of each sequence in turn, until all are at their end. */
export function* interleave<Element>(sequences: readonly Generator<Element>[]): Generator<Element> {
  let open = [...sequences];
  while (open.length > 0) {
    const stillOpen: Generator<Element>[] = [];
    for (const sequence of open) {
      const { done, value } = sequence.next();
      if (done === true) continue;
      yield value;
      stillOpen.push(sequence);
    }
    open = stillOpen;
  }
}
