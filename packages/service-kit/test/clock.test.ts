import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '../src/clock.ts';

// timers of the system clock do not keep a process alive, so something else must
let alive: NodeJS.Timeout;
before(() => {
  alive = setInterval(() => {}, 1_000);
});
after(() => clearInterval(alive));

test('a callback comes once, after its delay', async () => {
  const start = systemClock.now();
  await new Promise<void>((resolve) => systemClock.after(5, resolve));
  assert.ok(systemClock.now() - start >= 4);
});

test('a cancelled callback does not come', async () => {
  const calls: string[] = [];
  systemClock.after(1, () => calls.push('cancelled'))();
  await new Promise<void>((resolve) => systemClock.after(2, resolve));
  assert.deepEqual(calls, []);
});

test('a delay of years does not come at once', async () => {
  const calls: string[] = [];
  const cancel = systemClock.after(2 ** 31, () => calls.push('years'));
  await new Promise<void>((resolve) => systemClock.after(10, resolve));
  cancel();
  assert.deepEqual(calls, []);
});
