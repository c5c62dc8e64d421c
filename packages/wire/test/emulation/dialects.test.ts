import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { CodexEvent } from '../../src/codex/events.ts';
import {
  begin,
  completed,
  customCall,
  errorEvent,
  failed,
  functionCall,
  incomplete,
  interleaved,
  message,
  noise,
  reasoning,
  refusalMessage,
  upstream,
  type RawEvent,
} from '../upstream-events.ts';
import { dialectCases, open, replied, streamed, type DialectCase, type Wish } from './dialect-cases.ts';
import { o200k } from './o200k.ts';
import { anyCuts, anyText, cutAt } from './texts.ts';

/** One item of an answer; its events follow when its place is known. */
type Script =
  | { readonly kind: 'text'; readonly pieces: readonly string[]; readonly phase?: string }
  | {
      readonly kind: 'call' | 'custom' | 'reasoning' | 'refusal' | 'noise';
      readonly pieces: readonly string[];
    };

function eventsOf(script: Script, at: number): readonly RawEvent[] {
  const deltas = script.pieces;
  switch (script.kind) {
    case 'text':
      return message({ at, deltas, ...(script.phase !== undefined && { phase: script.phase }) });
    case 'refusal':
      return refusalMessage({ at, deltas });
    case 'reasoning':
      return reasoning({ at, summary: [deltas] });
    case 'call':
      return functionCall({ at, callId: `call_${at}`, name: 'f', deltas: ['{"a":', '1}'] });
    case 'custom':
      return customCall({ at, callId: `call_${at}`, name: 'c', deltas });
    case 'noise':
      return noise();
  }
}

const stopWords = ['END', 'ab', 'abc', '\n\n', '🌍', 'a'] as const;
const plain = fc.array(fc.constantFrom(...stopWords, 'E', 'EN', 'b', ' one', ' two', '\n', '\ud83c'), {
  maxLength: 12,
});
const someText = fc.oneof(
  plain.map((parts) => parts.join('').toWellFormed()),
  anyText,
);
/** A text in pieces, as deltas bring it. JSON has no halves of characters in it, so pieces are whole. */
const pieces = fc
  .tuple(someText, anyCuts)
  .map(([text, cuts]) => cutAt(text, cuts).map((piece) => piece.toWellFormed()));

const textScript: fc.Arbitrary<Script> = fc
  .tuple(pieces, fc.constantFrom(undefined, 'commentary', 'final_answer'))
  .map(([parts, phase]) => ({ kind: 'text', pieces: parts, ...(phase !== undefined && { phase }) }));
const otherScript: fc.Arbitrary<Script> = fc.record({
  kind: fc.constantFrom('call', 'custom', 'reasoning', 'refusal', 'noise'),
  pieces,
});
const scripts = fc.array(fc.oneof({ weight: 2, arbitrary: textScript }, otherScript), { maxLength: 4 });

const wishes: fc.Arbitrary<Wish> = fc
  .record({
    stop: fc.option(fc.uniqueArray(fc.constantFrom(...stopWords), { minLength: 1, maxLength: 4 })),
    limit: fc.option(fc.integer({ min: 1, max: 40 })),
    json: fc.boolean(),
  })
  .map(({ stop, limit, json }) => ({ ...(stop && { stop }), ...(limit !== null && { limit }), json }));

const endings = fc.constantFrom(
  completed(),
  completed(null),
  incomplete('steered'),
  errorEvent({ code: 'server_is_overloaded', message: 'Busy.' }),
  failed({ code: 'internal', message: 'Broken.' }),
  [],
);

/** All items at the same time, which no backend does with two texts. */
const turmoil = fc
  .record({ items: scripts, atOnce: fc.boolean(), end: endings })
  .map(({ items, atOnce, end }) => {
    const events = items.map(eventsOf);
    return upstream(begin(), ...(atOnce ? [interleaved(...events)] : events), end);
  });

/** One text after another; the last one at the same time as everything that comes with it. */
const answers = fc
  .record({ items: scripts, last: textScript, others: fc.array(otherScript, { maxLength: 3 }), end: endings })
  .map(({ items, last, others, end }) => {
    const withLast = others
      .filter(({ kind }) => kind !== 'refusal')
      .map((item, at) => eventsOf(item, items.length + 1 + at));
    return upstream(
      begin(),
      ...items.map(eventsOf),
      interleaved(eventsOf(last, items.length), ...withLast),
      end,
    );
  });

/** What the client must see of items that come one after another, and the place of the one that is cut. */
function expectedText(
  items: readonly Script[],
  { takesStop, hidesComments, separator }: DialectCase,
  wish: Wish,
) {
  const shown: string[] = [];
  for (const [cutIn, script] of items.entries()) {
    const isAside = wish.json && hidesComments && script.kind === 'text' && script.phase === 'commentary';
    if (script.kind !== 'text' || isAside) continue;
    const text = script.pieces.join('');
    const places = (takesStop ? (wish.stop ?? []) : [])
      .map((stop) => text.indexOf(stop))
      .filter((at) => at !== -1);
    shown.push(text.slice(0, Math.min(...places, text.length)));
    if (places.length > 0) return { text: joined(shown, wish.json ? '' : separator), cutIn };
  }
  return { text: joined(shown, wish.json ? '' : separator), cutIn: null };
}

function joined(texts: readonly string[], separator: string): string {
  return texts.filter((text) => text !== '').join(separator);
}

for (const dialect of dialectCases) {
  describe(`${dialect.dialect.name}, whatever is asked and answered`, () => {
    test('every stream ends legally, also when the upstream breaks off', () => {
      fc.assert(
        fc.property(wishes, fc.oneof(answers, turmoil), fc.nat(200), (wish, events, length) => {
          dialect.read(streamed(open(dialect, wish), [events]));
          dialect.read(streamed(open(dialect, wish), [events.slice(0, length % (events.length + 1))]));
        }),
        { numRuns: 300 },
      );
    });

    test('how events are batched does not change a byte', () => {
      fc.assert(
        fc.property(wishes, fc.oneof(answers, turmoil), anyCuts, (wish, events, cuts) => {
          const batches = cutList(events, cuts);
          assert.equal(streamed(open(dialect, wish), batches), streamed(open(dialect, wish), [events]));
        }),
      );
    });

    test('the text ends before the first stop string, and the reason says so', () => {
      fc.assert(
        fc.property(wishes, scripts, ({ limit: _none, ...wish }, items) => {
          const answer = items.filter(({ kind }) => kind !== 'refusal');
          const events = upstream(begin(), ...answer.map(eventsOf), completed());
          const told = dialect.read(streamed(open(dialect, wish), [events]));
          const { text, cutIn } = expectedText(answer, dialect, wish);
          const called = answer
            .slice(0, cutIn ?? answer.length)
            .some(({ kind }) => kind === 'call' || kind === 'custom');
          const end = called ? 'calls' : cutIn === null ? 'whole' : 'stop';
          assert.deepEqual(told, { text, end: dialect.ends[end] });
        }),
        { numRuns: 300 },
      );
    });

    test('the client never sees more tokens than its limit, however it puts the texts together', () => {
      fc.assert(
        fc.property(wishes, fc.integer({ min: 1, max: 40 }), answers, (wish, limit, events) => {
          const { text, end } = dialect.read(streamed(open(dialect, { ...wish, limit }), [events]));
          assert.ok(o200k(text) <= limit, `${o200k(text)} tokens of ${limit}`);
          if (end === dialect.ends.limit) assert.ok(text.isWellFormed());
        }),
        { numRuns: 300 },
      );
    });

    test('the JSON answer tells the same as the stream', () => {
      fc.assert(
        fc.property(wishes, answers, (wish, events) => {
          const told = dialect.read(streamed(open(dialect, wish), [events]));
          const reply = replied(open(dialect, wish), events);
          assert.equal(reply === null, told.end === null);
          if (reply !== null) assert.deepEqual(dialect.readReply(reply), told);
        }),
        { numRuns: 300 },
      );
    });

    test('the official client gathers the same text', async () => {
      await fc.assert(
        fc.asyncProperty(wishes, answers, async (wish, events) => {
          const stream = streamed(open(dialect, wish), [events]);
          const { text, end } = dialect.read(stream);
          if (end === null) return;
          assert.equal(await dialect.gather(stream), text);
        }),
        { numRuns: 60 },
      );
    });
  });
}

function cutList(events: readonly CodexEvent[], cuts: readonly number[]): readonly (readonly CodexEvent[])[] {
  const places = [0, ...cuts.map((cut) => cut % (events.length + 1)), events.length].toSorted(
    (a, b) => a - b,
  );
  return places.slice(1).map((place, index) => events.slice(places[index], place));
}
