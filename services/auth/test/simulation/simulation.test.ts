import assert from 'node:assert/strict';
import { test } from 'node:test';
import { along, everyRun, play, walk, type Run } from './explore.ts';
import type { WorldOptions } from './world.ts';

const sides = [false, true] as const;
const worlds: readonly WorldOptions[] = [
  { exclusive: true, spills: false },
  { exclusive: false, spills: false },
  { exclusive: false, spills: true },
].flatMap((store) =>
  sides.flatMap((expired) =>
    sides.flatMap((revokesOnReuse) =>
      (['retry_once', 'hold'] as const).map((onInDoubt) => ({
        brokers: 2,
        ...store,
        expired,
        revokesOnReuse,
        onInDoubt,
      })),
    ),
  ),
);

/** Long enough for the first refresh and all that one trouble leads to. */
const FIRST_REFRESH = 36;
const WALKS = 400;
const DETOUR_SHARE = 0.15;

function expectGood(run: Run, how: string): void {
  assert.equal(run.complaint, null, `${how}\n${run.trace.join('\n')}`);
}

for (const options of worlds) {
  test(`whatever goes wrong once, nothing is spent twice or lost unsaid: ${JSON.stringify(options)}`, async () => {
    let runs = 0;
    for await (const { detours, run } of everyRun(options, { detours: 1, depth: FIRST_REFRESH })) {
      expectGood(run, JSON.stringify([...detours]));
      runs += 1;
    }
    assert.ok(runs > 100, `only ${runs} runs`);
  });
}

const hurried: WorldOptions = {
  brokers: 2,
  exclusive: false,
  spills: false,
  expired: true,
  revokesOnReuse: false,
  onInDoubt: 'retry_once',
};

for (const exploration of [
  { detours: 2, depth: 9 },
  { detours: 2, depth: 32, kind: 'stands still' },
]) {
  test(`two brokers with an expired token bear trouble twice: ${JSON.stringify(exploration)}`, async () => {
    for await (const { detours, run } of everyRun(hurried, exploration))
      expectGood(run, JSON.stringify([...detours]));
  });
}

test('three brokers bear trouble without end, on walks that a seed names', async () => {
  for (let seed = 1; seed <= WALKS; seed++) {
    const options = worlds[seed % worlds.length];
    assert.ok(options);
    const run = await play({ ...options, brokers: 3 }, walk(seed, DETOUR_SHARE));
    expectGood(run, `seed ${seed}`);
  }
});

test('a run is the same each time it is played', async () => {
  const [options] = worlds;
  assert.ok(options);
  const [first, second] = await Promise.all([1, 2].map(() => play(options, along(new Map([[12, 5]])))));
  assert.deepEqual(first, second);
});
