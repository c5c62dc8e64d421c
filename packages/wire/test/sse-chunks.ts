import * as fc from 'fast-check';
import { createEventReader } from '../src/codex/event-reader.ts';
import type { CodexEvent } from '../src/codex/events.ts';

/** How the bytes of a stream may come: line ends, what may stand between events, and where the network cuts them. */
export interface Delivery {
  readonly newline: '\n' | '\r\n' | '\r';
  readonly between: string;
  /** Sizes of the chunks in bytes, again and again. */
  readonly sizes: readonly number[];
}

export const delivery: fc.Arbitrary<Delivery> = fc.record({
  newline: fc.constantFrom('\n', '\r\n', '\r'),
  between: fc.constantFrom('', ': comment\n\n', 'id: 7\nretry: 1\n\n', 'data:\n\n'),
  sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
});

/** The batches of events that a reader makes of these events when they are delivered so. */
export function delivered(
  events: readonly CodexEvent[],
  { newline, between, sizes }: Delivery,
): readonly (readonly CodexEvent[])[] {
  const text = events.map((event) => `${between}data: ${JSON.stringify(sent(event))}\n\n`).join('');
  const bytes = Buffer.from(text.replaceAll('\n', newline));
  const decoder = new TextDecoder();
  const reader = createEventReader();
  const batches: (readonly CodexEvent[])[] = [];
  for (let from = 0; from < bytes.length;) {
    const size = sizes[batches.length % sizes.length] ?? 1;
    batches.push(reader.push(decoder.decode(bytes.subarray(from, from + size), { stream: true })));
    from += size;
  }
  return batches;
}

function sent(event: CodexEvent): unknown {
  return event.type === 'other' ? event.body : event;
}
