import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventReader } from '../../src/codex/event-reader.ts';
import type { CodexEvent } from '../../src/codex/events.ts';
import { FaultError } from '../../src/fault.ts';
import {
  begin,
  completed,
  functionCall,
  message,
  noise,
  upstream,
  upstreamText,
} from '../upstream-events.ts';

const groups = [
  begin(),
  noise(),
  message({ at: 0, deltas: ['Grüße, ', '世界 🌍', '\n\ndata: {"no":"frame"}\n\n'] }),
  functionCall({ at: 1, callId: 'call_1', name: 'f', deltas: ['{"a":', '1}'] }),
  completed(),
];
const text = upstreamText(...groups);
const events = upstream(...groups);

function readAll(pieces: readonly string[]): readonly CodexEvent[] {
  const reader = createEventReader();
  return pieces.flatMap((piece) => reader.push(piece));
}

test('a whole body is read at once', () => {
  assert.deepEqual(readAll([text]), events);
});

test('a body in single characters gives the same events', () => {
  assert.deepEqual(readAll(text.split('')), events);
});

test('a body cut in two at any place gives the same events', () => {
  const short = [begin(), message({ at: 0, deltas: ['世界 🌍'] })];
  const whole = upstreamText(...short);
  const expected = upstream(...short);
  for (let at = 0; at <= whole.length; at += 1)
    assert.deepEqual(readAll([whole.slice(0, at), whole.slice(at)]), expected, `cut at ${at}`);
});

test('bytes cut inside a character give the same events when they are decoded as a stream', () => {
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 3, 5, 7]) {
    const decoder = new TextDecoder();
    const pieces: string[] = [];
    for (let at = 0; at < bytes.length; at += size)
      pieces.push(decoder.decode(bytes.subarray(at, at + size), { stream: true }));
    assert.deepEqual(readAll([...pieces, decoder.decode()]), events, `pieces of ${size} bytes`);
  }
});

for (const [name, newline] of [
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const) {
  test(`lines may end with ${name}, also between two pieces`, () => {
    // A lone CR at the end of all text could still become CRLF, so the last event needs something after it.
    const rewritten = `${text.replaceAll('\n', newline)}: bye${newline}`;
    assert.deepEqual(readAll([rewritten]), events);
    assert.deepEqual(readAll(rewritten.split('')), events);
  });
}

test('a byte-order mark before the first event is nothing', () => {
  assert.deepEqual(readAll([`\uFEFF${text}`]), events);
  assert.deepEqual(readAll(['\uFEFF', text]), events);
});

test('comments, unknown fields, ids and bad retries are nothing', () => {
  const oddities = ': ping\n\n:\n\nretry: soon\nid: 7\nfoo: bar\nnot a field at all\n\n';
  assert.deepEqual(readAll([oddities + text.replaceAll('\n\n', '\n: between\n\n')]), events);
});

test('the event line is not needed', () => {
  assert.deepEqual(readAll([text.replaceAll(/^event: .*\n/gm, '')]), events);
});

test('data over several lines is one event', () => {
  assert.deepEqual(readAll(['data: {"type":\ndata: "keepalive"}\n\n']), [
    { type: 'other', name: 'keepalive', body: { type: 'keepalive' } },
  ]);
});

test('an event is told with the piece that completes it, not before', () => {
  const reader = createEventReader();
  assert.deepEqual(reader.push('data: {"type":"keepalive"}\n'), []);
  assert.equal(reader.push('\ndata: {"type":').length, 1);
  assert.deepEqual(reader.push(''), []);
  assert.equal(reader.push('"keepalive"}\n\n').length, 1);
});

test('an end without an empty line tells nothing', () => {
  assert.deepEqual(readAll(['data: {"type":"keepalive"}']), []);
});

test('empty data and [DONE] are no events', () => {
  assert.deepEqual(readAll(['data:\n\ndata: [DONE]\n\nevent: ping\n\n']), []);
});

test('data that is not JSON is a malformed event, and reading goes on', () => {
  assert.deepEqual(readAll(['data: {"type":\n\ndata: {"type":"keepalive"}\n\n']), [
    { type: 'malformed', name: null },
    { type: 'other', name: 'keepalive', body: { type: 'keepalive' } },
  ]);
});

test('an event without end is refused before it fills the memory', () => {
  const reader = createEventReader();
  const piece = 'x'.repeat(16 * 1024 * 1024);
  reader.push('data: ');
  assert.throws(
    () => {
      for (let pieces = 0; pieces < 5; pieces += 1) reader.push(piece);
    },
    (error) => {
      assert.ok(error instanceof FaultError);
      assert.equal(error.fault.kind, 'upstream_error');
      return true;
    },
  );
});
