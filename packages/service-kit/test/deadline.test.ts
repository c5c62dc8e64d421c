import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { DeadlineError, within } from '../src/deadline.ts';

const never = new Promise<never>(() => {});

test('what comes in time comes as it is, and no timer is left', async () => {
  const clock = createManualClock();
  assert.equal(await within(50, Promise.resolve('answer'), clock), 'answer');
  await assert.rejects(within(50, Promise.reject(new TypeError('odd')), clock), TypeError);
  assert.equal(clock.pending(), 0);
});

test('what does not come in time is a DeadlineError, not a moment earlier', async () => {
  const clock = createManualClock();
  let failed = false;
  const waiting = assert.rejects(within(50, never, clock), DeadlineError).then(() => (failed = true));
  clock.advance(49);
  await new Promise(setImmediate);
  assert.equal(failed, false);
  clock.advance(1);
  await waiting;
});

test('what fails after its deadline disturbs nobody', async () => {
  const clock = createManualClock();
  const late = Promise.withResolvers<never>();
  const waiting = within(50, late.promise, clock);
  clock.advance(50);
  await assert.rejects(waiting, DeadlineError);
  late.reject(new Error('late'));
  await new Promise(setImmediate);
});
