import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { CodexEvent } from '../../src/codex/events.ts';
import { createFold, type FoldedItem } from '../../src/codex/fold.ts';
import { nothingRecalled, type Exchange, type Memories } from '../../src/dialects/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import type { Fault } from '../../src/fault.ts';
import { isRecord } from '../../src/record.ts';
import { openContext, stamp } from '../open-context.ts';
import { answer, turmoil, wholeAnswer } from '../random-answers.ts';
import { delivered, delivery } from '../sse-chunks.ts';
import { readFrames } from './frames.ts';
import { assertLegal, responseOf } from './legal.ts';

const cutOff: Fault = { kind: 'upstream_error', message: 'The upstream broke off its answer.' };

function open(body: Readonly<Record<string, unknown>>): Exchange {
  return openaiResponses.open({ model: 'gpt-5.5', stream: true, ...body }, openContext());
}

/** The whole stream, ended by the gateway if the upstream did not. */
function streamed(batches: readonly (readonly CodexEvent[])[]): string {
  const encoder = open({ input: 'Go.' }).encoder(stamp);
  return batches.map((batch) => encoder.push(batch)).join('') + encoder.fail(cutOff);
}

test('a stream that is cut after any event is legal, and does not look whole', () => {
  fc.assert(
    fc.property(fc.oneof(answer, turmoil), (events) => {
      for (let length = 0; length < events.length; length += 1) {
        const text = streamed([events.slice(0, length)]);
        assertLegal(text);
        assert.ok(text.includes('event: response.failed\n'));
      }
      assertLegal(streamed([events]));
    }),
  );
});

test('a JSON answer is never made of half a stream', () => {
  fc.assert(
    fc.property(fc.oneof(answer, turmoil), (events) => {
      for (let length = 0; length < events.length; length += 1) {
        const fold = createFold();
        fold.push(events.slice(0, length));
        assert.equal(fold.result(), null);
      }
    }),
  );
});

test('how the bytes of the upstream arrive does not change a byte', () => {
  fc.assert(
    fc.property(fc.oneof(answer, turmoil), delivery, (events, how) => {
      assert.equal(streamed(delivered(events, how)), streamed([events]));
    }),
  );
});

/** What is left of an answer for the turn after it. */
interface Answered {
  /** As the client has it: the output of the last event. */
  readonly items: readonly Readonly<Record<string, unknown>>[];
  /** As the gateway remembers it. */
  readonly memories: Memories;
}

function answered(exchange: Exchange, events: readonly CodexEvent[]): Answered {
  const fold = createFold();
  fold.push(events);
  const output: readonly FoldedItem[] = fold.items();
  const memories = exchange.memories?.({ recalled: nothingRecalled, output, stamp });
  assert.ok(memories);
  const last = readFrames(exchange.encoder(stamp).push(events)).at(-1);
  const { output: told } = last ? responseOf(last) : {};
  assert.ok(Array.isArray(told));
  const items = told.filter(isRecord);
  return { items, memories };
}

/** What the client adds for the next turn: an output for each call, and what the user says then. */
function next({ items }: Answered): readonly unknown[] {
  const outputs = items
    .filter(({ type }) => type === 'function_call' || type === 'custom_tool_call')
    .map(({ type, call_id }) => ({ type: `${String(type)}_output`, call_id, output: 'ok' }));
  return [...outputs, { role: 'user', content: 'And now?' }];
}

/** The three ways in which a client may go on. */
const waysOn: Readonly<Record<string, (first: readonly unknown[], turn: Answered) => unknown>> = {
  'with the whole history': (first, turn) =>
    open({ input: [...first, ...turn.items, ...next(turn)], tools }).codexRequest(nothingRecalled).input,
  'by previous_response_id': (_first, turn) => {
    const history = turn.memories.response?.items ?? [];
    const exchange = open({ input: next(turn), tools, previous_response_id: `resp_${stamp.id}` });
    return exchange.codexRequest({ ...nothingRecalled, history }).input;
  },
  'by references to its items': (first, { items, memories, ...turn }) => {
    const references = items
      .filter(({ id }) => memories.itemsById.has(String(id)))
      .map(({ id }) => ({ type: 'item_reference', id }));
    const exchange = open({ input: [...first, ...references, ...next({ items, memories, ...turn })], tools });
    return exchange.codexRequest({ ...nothingRecalled, itemsById: memories.itemsById }).input;
  },
};

const tools = [
  { type: 'function', name: 'f' },
  { type: 'custom', name: 'c' },
];

/** What a conversation may begin with. */
const beginning = fc.constantFrom<readonly unknown[]>(
  [{ role: 'user', content: 'Hi.' }],
  [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] },
  ],
);

for (const [way, goOn] of Object.entries(waysOn)) {
  test(`what the upstream got of a turn is the beginning of the next one, ${way}`, () => {
    fc.assert(
      fc.property(beginning, wholeAnswer, (first, events) => {
        const exchange = open({ input: first, tools });
        const before = JSON.stringify(exchange.codexRequest(nothingRecalled).input).slice(0, -1);
        const after = JSON.stringify(goOn(first, answered(exchange, events)));
        assert.ok(after.startsWith(`${before},`), after);
      }),
    );
  });
}

test('each way on sends the upstream the same', () => {
  fc.assert(
    fc.property(beginning, wholeAnswer, (first, events) => {
      const turn = answered(open({ input: first, tools }), events);
      const [whole, ...others] = Object.values(waysOn).map((goOn) => goOn(first, turn));
      for (const other of others) assert.deepEqual(other, whole);
    }),
  );
});
