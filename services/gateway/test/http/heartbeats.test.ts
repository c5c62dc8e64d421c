import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { createHeartbeats } from '../../src/http/heartbeats.ts';

function create(seconds: number) {
  const clock = createManualClock();
  const startHeartbeat = createHeartbeats(seconds, clock);
  const beats: string[] = [];
  return { clock, beats, start: (name: string) => startHeartbeat(() => void beats.push(name)) };
}

test('a silent stream beats once in every interval', () => {
  const { clock, beats, start } = create(15);
  start('a');
  clock.advance(14_000);
  assert.deepEqual(beats, []);
  clock.advance(1_000);
  assert.deepEqual(beats, ['a']);
  clock.advance(30_000);
  assert.deepEqual(beats, ['a', 'a', 'a']);
});

test('a stream that was written to is silent only from then on', () => {
  const { clock, beats, start } = create(15);
  const { touch } = start('a');
  for (let count = 0; count < 10; count++) {
    clock.advance(14_000);
    touch();
  }
  assert.deepEqual(beats, []);
  clock.advance(15_000);
  assert.deepEqual(beats, ['a']);
});

test('an interval of one second beats every second', () => {
  const { clock, beats, start } = create(1);
  start('a');
  clock.advance(3_000);
  assert.equal(beats.length, 3);
});

test('one timer serves all streams, and none is left when all have ended', () => {
  const { clock, beats, start } = create(2);
  const streams = ['a', 'b', 'c'].map(start);
  assert.equal(clock.pending(), 1);
  clock.advance(2_000);
  assert.deepEqual(beats, ['a', 'b', 'c']);
  for (const { stop } of streams) stop();
  clock.advance(60_000);
  assert.deepEqual([beats.length, clock.pending()], [3, 0]);
});

test('a stream that begins after all others have ended beats, too', () => {
  const { clock, beats, start } = create(2);
  start('a').stop();
  clock.advance(500);
  start('b');
  assert.equal(clock.pending(), 1);
  clock.advance(10_000);
  assert.deepEqual(new Set(beats), new Set(['b']));
  assert.ok(beats.length >= 4);
});
