import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { CodexEvent } from '../../src/codex/events.ts';
import { createFold } from '../../src/codex/fold.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import type { Exchange } from '../../src/dialects/dialect.ts';
import { FaultError, type Fault } from '../../src/fault.ts';
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
import { openContext, stamp } from '../open-context.ts';
import { readStream } from './read-stream.ts';
import { sdkClient } from './sdk-client.ts';

const cut: Fault = { kind: 'upstream_error', message: 'The upstream ended without an answer.' };

/** An output item, once its place is known. */
type Script = (at: number) => readonly RawEvent[];

const deltas = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 });
const inputs = fc.constantFrom(['{"a":', '1}'], [], ['{}'], ['{"cut":"sho'], ['{"b":[1,', '2]}']);

const script: fc.Arbitrary<Script> = fc.oneof(
  deltas.map((texts) => (at: number) => message({ at, deltas: texts })),
  deltas.map((texts) => (at: number) => refusalMessage({ at, deltas: texts })),
  fc.array(deltas, { maxLength: 3 }).map((summary) => (at: number) => reasoning({ at, summary })),
  inputs.map((texts) => (at: number) => functionCall({ at, callId: `call_${at}`, name: 'f', deltas: texts })),
  deltas.map((texts) => (at: number) => customCall({ at, callId: `call_${at}`, name: 'c', deltas: texts })),
  fc.constant(() => noise()),
);

const ending = fc.constantFrom(
  completed(),
  completed(null),
  incomplete('max_output_tokens'),
  incomplete('steered'),
  errorEvent({ code: 'server_is_overloaded', message: 'Busy.' }),
  failed({ code: 'bio_policy', message: 'Not this.' }),
);

/** Items one after another, or all at the same time. */
const answer = fc
  .record({ scripts: fc.array(script, { maxLength: 6 }), atOnce: fc.boolean(), end: ending })
  .map(({ scripts, atOnce, end }) => {
    const items = scripts.map((item, at) => item(at));
    return upstream(begin(), ...(atOnce ? [interleaved(...items)] : items), end);
  });

const thinking = fc.constantFrom(undefined, { type: 'adaptive' }, { type: 'adaptive', display: 'omitted' });

function open(wish: unknown): Exchange {
  const messages = [{ role: 'user', content: 'Go.' }];
  const body = { model: 'gpt-5.5', max_tokens: 1024, messages, stream: true, thinking: wish };
  return anthropicMessages.open(body, openContext());
}

/** The whole stream, ended by the gateway if the upstream did not. */
function streamed(exchange: Exchange, batches: readonly (readonly CodexEvent[])[]): string {
  const encoder = exchange.encoder(stamp);
  const text = batches.map((batch) => encoder.push(batch)).join('');
  const ended = text + encoder.fail(cut);
  assert.equal(encoder.ended(), true);
  assert.equal(encoder.push(upstream(completed())) + encoder.fail(cut) + encoder.heartbeat(), '');
  return ended;
}

test('a stream that is cut after any event ends legally, and only an answer that ended looks whole', () => {
  fc.assert(
    fc.property(thinking, answer, (wish, events) => {
      for (let length = 0; length < events.length; length += 1) {
        const { end } = readStream(streamed(open(wish), [events.slice(0, length)]));
        assert.equal(end, 'error');
      }
      readStream(streamed(open(wish), [events]));
    }),
  );
});

test('how events are batched does not change a byte', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(thinking, answer, sizes, (wish, events, batchSizes) => {
      const batches: (readonly CodexEvent[])[] = [];
      for (let from = 0; from < events.length; from = batches.flat().length)
        batches.push(events.slice(from, from + (batchSizes[batches.length % batchSizes.length] ?? 1)));
      assert.equal(streamed(open(wish), batches), streamed(open(wish), [events]));
    }),
  );
});

test('what the SDK gathers from a stream is the JSON answer, and neither exists when the other fails', async () => {
  await fc.assert(
    fc.asyncProperty(thinking, answer, async (wish, events) => {
      const fold = createFold();
      fold.push(events);
      const folded = fold.result();
      if (folded === null) return;
      const text = streamed(open(wish), [events]);
      if (readStream(text).end === 'error') {
        assert.throws(() => open(wish).reply(folded, stamp), FaultError);
        return;
      }
      const client = sdkClient(text, 'text/event-stream');
      const messages = [{ role: 'user' as const, content: 'Go.' }];
      const stream = client.messages.stream({ model: 'gpt-5.5', max_tokens: 1024, messages });
      const { parsed_output: _parsed, ...gathered } = await stream.finalMessage();
      const reply: unknown = JSON.parse(JSON.stringify(open(wish).reply(folded, stamp)));
      assert.deepEqual(JSON.parse(JSON.stringify(gathered)), reply);
    }),
    { numRuns: 60 },
  );
});
