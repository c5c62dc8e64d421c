import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { createBreaker } from '../src/breaker.ts';

/** A breaker whose probes wait until the test answers them. */
function tested() {
  const clock = createManualClock();
  const changes: (string | null)[] = [];
  const probes: ((works: boolean) => void)[] = [];
  const breaker = createBreaker<string>({
    clock,
    probe: () => new Promise((resolve) => void probes.push(resolve)),
    probeEveryMs: 1000,
    onChange: (reason) => void changes.push(reason),
  });
  return {
    clock,
    changes,
    breaker,
    probes: () => probes.length,
    answer: async (works: boolean) => {
      probes.at(-1)?.(works);
      await new Promise(setImmediate);
    },
  };
}

test('a breaker is closed until something fails', () => {
  const { breaker, clock, changes, probes } = tested();
  breaker.retry();
  clock.advance(10_000);
  assert.deepEqual([breaker.isOpen(), probes(), changes], [false, 0, []]);
});

test('the first failure opens it, and it is told once', () => {
  const { breaker, changes } = tested();
  breaker.trip('refused');
  breaker.trip('silent');
  assert.deepEqual([breaker.isOpen(), changes], [true, ['refused']]);
});

test('it is probed after a while, one probe at a time, until it works again', async () => {
  const { breaker, clock, changes, probes, answer } = tested();
  breaker.trip('silent');
  clock.advance(999);
  assert.equal(probes(), 0);
  clock.advance(1);
  clock.advance(5000);
  breaker.retry();
  assert.equal(probes(), 1, 'the first one is still under way');
  await answer(false);
  assert.equal(breaker.isOpen(), true);
  clock.advance(1000);
  assert.equal(probes(), 2);
  assert.equal(breaker.isOpen(), true, 'half-open lets nobody pass but the probe');
  await answer(true);
  assert.deepEqual([breaker.isOpen(), changes], [false, ['silent', null]]);
  clock.advance(10_000);
  assert.equal(probes(), 2);
});

test('hope makes the probe come early', async () => {
  const { breaker, clock, probes, answer } = tested();
  breaker.trip('silent');
  breaker.retry();
  assert.equal(probes(), 1);
  await answer(true);
  assert.equal(breaker.isOpen(), false);
  assert.equal(clock.pending(), 0);
});

test('what fails again opens it again', async () => {
  const { breaker, clock, changes, answer } = tested();
  breaker.trip('silent');
  clock.advance(1000);
  await answer(true);
  breaker.trip('refused');
  assert.deepEqual(changes, ['silent', null, 'refused']);
});

test('one that was stopped asks and tells nothing more', async () => {
  const { breaker, clock, changes, probes, answer } = tested();
  breaker.trip('silent');
  clock.advance(1000);
  breaker.stop();
  await answer(true);
  breaker.trip('refused');
  clock.advance(10_000);
  assert.deepEqual([probes(), changes, clock.pending()], [1, ['silent'], 0]);
});
