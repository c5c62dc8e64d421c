import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../src/manual-clock.ts';

test('time stands still until it is moved', () => {
  const clock = createManualClock(1_000);
  assert.equal(clock.now(), 1_000);
  clock.advance(250);
  assert.equal(clock.now(), 1_250);
});

test('timers fall due in order of time, each seeing its own instant, also one set by another', () => {
  const clock = createManualClock(0);
  const calls: [string, number][] = [];
  clock.after(30, () => calls.push(['late', clock.now()]));
  clock.after(10, () => {
    calls.push(['early', clock.now()]);
    clock.after(5, () => calls.push(['nested', clock.now()]));
  });
  clock.after(31, () => calls.push(['never', clock.now()]));
  clock.advance(30);
  assert.deepEqual(calls, [
    ['early', 10],
    ['nested', 15],
    ['late', 30],
  ]);
  assert.equal(clock.pending(), 1);
});

test('a cancelled timer is not called', () => {
  const clock = createManualClock(0);
  const cancel = clock.after(10, () => assert.fail('called'));
  cancel();
  clock.advance(10);
  assert.equal(clock.pending(), 0);
});
