import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { CodexEvent } from '../../src/codex/events.ts';
import { createFold } from '../../src/codex/fold.ts';
import type { Exchange } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import type { Fault } from '../../src/fault.ts';
import { openContext, stamp } from '../open-context.ts';
import { answer, turmoil } from '../random-answers.ts';
import { readReply, readStream } from './read-stream.ts';

const cut: Fault = { kind: 'upstream_error', message: 'The upstream ended without an answer.' };

const fields = fc.constantFrom<Readonly<Record<string, unknown>>>(
  {},
  { stream_options: { include_usage: true } },
  { functions: [{ name: 'f' }] },
  { response_format: { type: 'json_object' } },
);

function open(extra: Readonly<Record<string, unknown>>): Exchange {
  const body = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Go.' }], stream: true, ...extra };
  return openaiChat.open(body, openContext());
}

/** The whole stream, ended by the gateway if the upstream did not. */
function streamed(exchange: Exchange, batches: readonly (readonly CodexEvent[])[]): string {
  const encoder = exchange.encoder(stamp);
  const text = batches.map((batch) => encoder.push(batch)).join('');
  return text + encoder.fail(cut);
}

test('a stream that is cut after any event ends legally and does not look whole', () => {
  fc.assert(
    fc.property(fields, fc.oneof(answer, turmoil), (extra, events) => {
      for (let length = 0; length < events.length; length += 1)
        assert.equal(readStream(streamed(open(extra), [events.slice(0, length)])).finish, null);
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

test('a stream that is not cut ends as its answer did', () => {
  fc.assert(
    fc.property(fields, fc.oneof(answer, turmoil), (extra, events) => {
      const last = events.at(-1)?.type;
      const whole = last === 'response.completed' || last === 'response.incomplete';
      assert.equal(readStream(streamed(open(extra), [events])).finish !== null, whole);
    }),
  );
});

test('how events are batched does not change a byte', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(fields, fc.oneof(answer, turmoil), sizes, (extra, events, batchSizes) => {
      const batches: (readonly CodexEvent[])[] = [];
      for (let from = 0; from < events.length;) {
        const size = batchSizes[batches.length % batchSizes.length] ?? 1;
        batches.push(events.slice(from, from + size));
        from += size;
      }
      assert.equal(streamed(open(extra), batches), streamed(open(extra), [events]));
    }),
  );
});

test('the stream and the JSON answer tell the same', () => {
  fc.assert(
    fc.property(fields, answer, (extra, events) => {
      const fold = createFold();
      fold.push(events);
      const folded = fold.result();
      const told = readStream(streamed(open(extra), [events]));
      assert.equal(folded === null, told.finish === null);
      if (folded !== null) assert.deepEqual(readReply(open(extra).reply(folded, stamp)), told);
    }),
  );
});
