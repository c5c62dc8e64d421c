import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import type { Admission, Admitted, LimitState, LimitStore } from '../../src/limits/limit-store.ts';
import type { LimitRow } from '../../src/limits/limits.ts';

export interface LimitStoreUnderTest {
  readonly store: LimitStore;
  readonly now: () => number;
  /** Moves the time that the store sees. */
  readonly advance: (byMs: number) => Promise<void>;
}

/** Makes an empty store whose time stands still at `startMs`. */
export type CreateLimitStore = (t: TestContext, startMs: number) => Promise<LimitStoreUnderTest>;

const START = Date.UTC(2027, 0, 31, 23, 0, 0, 250);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const rpm = {
  name: 'rpm',
  unit: 'requests',
  window: { kind: 'sliding', seconds: 60 },
  ceiling: 3,
  cost: 1,
} as const;
const tpm = {
  name: 'tpm',
  unit: 'tokens',
  window: { kind: 'sliding', seconds: 60 },
  ceiling: 100,
  cost: 40,
} as const;
const rpd = {
  name: 'rpd',
  unit: 'requests',
  window: { kind: 'calendar', period: 'day' },
  ceiling: 5,
  cost: 1,
} as const;
const slots = {
  name: 'concurrency',
  unit: 'streams',
  window: { kind: 'lease', seconds: 30 },
  ceiling: 2,
  cost: 1,
} as const;

function quota(period: 'total' | 'day' | 'month'): LimitRow {
  return { name: 'quota', unit: 'tokens', window: { kind: 'calendar', period }, ceiling: 100, cost: 60 };
}

let lastId = 0;

/** A request of this key; each has an id of its own. */
function ask({ store }: LimitStoreUnderTest, rows: readonly LimitRow[], keyId = 'team'): Promise<Admission> {
  lastId += 1;
  return store.admit({ keyId, reservationId: `reservation-${lastId}`, rows });
}

async function take(
  under: LimitStoreUnderTest,
  rows: readonly LimitRow[],
  keyId = 'team',
): Promise<Admitted> {
  const admission = await ask(under, rows, keyId);
  assert.ok(admission.ok);
  return admission;
}

function used(states: readonly LimitState[]): Readonly<Record<string, number>> {
  return Object.fromEntries(states.map((state) => [state.name, state.used]));
}

/** What is counted now, read by asking for nothing. */
async function counted(under: LimitStoreUnderTest, rows: readonly LimitRow[]) {
  const free = rows.map((row) => ({ ...row, cost: 0, ceiling: Number.MAX_SAFE_INTEGER }));
  const leaseless = free.filter(({ window }) => window.kind !== 'lease');
  const { states } = await ask(under, leaseless);
  return used(states);
}

/** The tests that every limit store must pass. */
export function testLimitStore(kind: string, create: CreateLimitStore): void {
  testDecisions(kind, create);
  testSlidingWindow(kind, create);
  testCalendar(kind, create);
  testLeases(kind, create);
  testSettlement(kind, create);
}

function testDecisions(kind: string, create: CreateLimitStore): void {
  test(`${kind}: a request without any limit is admitted`, async (t) => {
    const under = await create(t, START);
    const admission = await ask(under, []);
    assert.deepEqual([admission.ok, admission.states], [true, []]);
  });

  test(`${kind}: every limit tells its state after the decision`, async (t) => {
    const under = await create(t, START);
    const { states } = await take(under, [quota('month'), rpm, rpd, tpm, slots]);
    const bucketLeft = MINUTE + 1000 - 250;
    assert.deepEqual(states, [
      { name: 'quota', unit: 'tokens', ceiling: 100, used: 60, resetMs: HOUR - 250 },
      { name: 'rpm', unit: 'requests', ceiling: 3, used: 1, resetMs: bucketLeft },
      { name: 'rpd', unit: 'requests', ceiling: 5, used: 1, resetMs: HOUR - 250 },
      { name: 'tpm', unit: 'tokens', ceiling: 100, used: 40, resetMs: bucketLeft },
      { name: 'concurrency', unit: 'streams', ceiling: 2, used: 1, resetMs: 30_000 },
    ] satisfies LimitState[]);
  });

  test(`${kind}: the first limit in the order of the rows refuses, with the wait until there is room`, async (t) => {
    const under = await create(t, START);
    for (let count = 0; count < 2; count++) await take(under, [tpm, slots]);
    const refused = await ask(under, [rpm, tpm, slots]);
    assert.ok(!refused.ok);
    assert.deepEqual([refused.refusedBy, refused.waitMs], [tpm, MINUTE + 1000 - 250]);
    assert.deepEqual(used(refused.states), { rpm: 0, tpm: 80, concurrency: 2 });
    const other = await ask(under, [rpm, slots, tpm]);
    assert.deepEqual(!other.ok && other.refusedBy, slots);
  });

  test(`${kind}: a refused request takes nothing from any limit`, async (t) => {
    const under = await create(t, START);
    const rows = [quota('total'), rpm, rpd, tpm];
    await take(under, rows);
    const before = await counted(under, rows);
    assert.deepEqual(before, { quota: 60, rpm: 1, rpd: 1, tpm: 40 });
    for (let count = 0; count < 5; count++) assert.equal((await ask(under, rows)).ok, false);
    assert.deepEqual(await counted(under, rows), before);
  });

  test(`${kind}: a request that is larger than a ceiling never gets room, and is told so`, async (t) => {
    const under = await create(t, START);
    for (const row of [
      { ...tpm, cost: 101 },
      { ...quota('day'), cost: 101 },
    ]) {
      const refused = await ask(under, [row]);
      assert.deepEqual(!refused.ok && refused.waitMs, null);
    }
    assert.equal((await ask(under, [{ ...tpm, cost: 100 }])).ok, true);
  });

  test(`${kind}: keys do not share anything`, async (t) => {
    const under = await create(t, START);
    const rows = [
      { ...rpm, ceiling: 1 },
      { ...slots, ceiling: 1 },
    ];
    await take(under, rows, 'a');
    assert.equal((await ask(under, rows, 'a')).ok, false);
    assert.equal((await ask(under, rows, 'b')).ok, true);
    assert.equal((await ask(under, rows, 'a:rpm')).ok, true);
  });

  test(`${kind}: of many requests at once exactly as many are admitted as there is room for`, async (t) => {
    const under = await create(t, START);
    const rows = [
      { ...rpm, ceiling: 30 },
      { ...tpm, ceiling: 10 * tpm.cost + 1 },
      { ...slots, ceiling: 20 },
    ];
    const admissions = await Promise.all(Array.from({ length: 100 }, () => ask(under, rows)));
    assert.equal(admissions.filter(({ ok }) => ok).length, 10);
    assert.deepEqual(await counted(under, rows), { rpm: 10, tpm: 400 });
  });

  test(`${kind}: a ceiling that was changed holds for what is counted already`, async (t) => {
    const under = await create(t, START);
    for (let count = 0; count < 3; count++) await take(under, [rpm]);
    assert.equal((await ask(under, [{ ...rpm, ceiling: 2 }])).ok, false);
    assert.equal((await ask(under, [{ ...rpm, ceiling: 4 }])).ok, true);
  });
}

interface Taken {
  readonly at: number;
  readonly reserved: number;
  counted: number;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

/** The rule in its plainest form: one-second buckets, each counted whole until 60 seconds after its end. */
function countedByRule(taken: readonly Taken[], now: number): number {
  const live = taken.filter(({ at }) => Math.floor(at / 1000) * 1000 + 1000 + MINUTE > now);
  return sum(live.map(({ counted: amount }) => amount));
}

/** What any 60 seconds hold may pass the ceiling only by what was used beyond its reservation. */
function assertAnyMinute(taken: readonly Taken[], ceiling: number): void {
  for (const { at } of taken) {
    const within = taken.filter((other) => other.at >= at && other.at <= at + MINUTE);
    const beyond = sum(within.map(({ counted: amount, reserved }) => Math.max(0, amount - reserved)));
    assert.ok(sum(within.map(({ counted: amount }) => amount)) <= ceiling + beyond);
  }
}

const step = fc.record({
  byMs: fc.oneof(fc.nat(300), fc.nat(3_000), fc.nat(70_000)),
  cost: fc.integer({ min: 1, max: 60 }),
  /** Whether, and to what share of its cost, an earlier request is settled first. */
  settle: fc.option(fc.record({ which: fc.nat(50), percent: fc.nat(150) })),
});

function testSlidingWindow(kind: string, create: CreateLimitStore): void {
  test(`${kind}: admissions follow the plain rule, and no 60 seconds ever hold more than the ceiling`, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
        const under = await create(t, START);
        const taken: Taken[] = [];
        const running: { readonly entry: Taken; readonly admission: Admitted }[] = [];
        for (const { byMs, cost, settle } of steps) {
          await under.advance(byMs);
          const [ended] = settle === null ? [] : running.splice(settle.which % (running.length || 1), 1);
          if (settle !== null && ended) {
            ended.entry.counted = Math.floor((ended.entry.reserved * settle.percent) / 100);
            await under.store.settle(ended.admission, ended.entry.counted);
          }
          const before = countedByRule(taken, under.now());
          const admission = await ask(under, [{ ...tpm, cost }]);
          assert.equal(admission.ok, before + cost <= tpm.ceiling);
          if (!admission.ok) continue;
          const entry = { at: under.now(), reserved: cost, counted: cost };
          taken.push(entry);
          running.push({ entry, admission });
        }
        assertAnyMinute(taken, tpm.ceiling);
      }),
      { numRuns: 150 },
    );
  });

  test(`${kind}: the wait that is told is exactly as long as needed`, async (t) => {
    const under = await create(t, START);
    await take(under, [{ ...tpm, cost: 30 }]);
    await under.advance(7_300);
    await take(under, [{ ...tpm, cost: 60 }]);
    for (const cost of [30, 80, 100]) {
      const refused = await ask(under, [{ ...tpm, cost }]);
      assert.ok(!refused.ok && refused.waitMs !== null);
      await under.advance(refused.waitMs - 1);
      assert.equal((await ask(under, [{ ...tpm, cost }])).ok, false);
      await under.advance(1);
      await take(under, [{ ...tpm, cost }]);
    }
  });

  test(`${kind}: a window with nothing in it needs no reset`, async (t) => {
    const under = await create(t, START);
    const admission = await take(under, [tpm]);
    await under.store.settle(admission, 0);
    const { states } = await ask(under, [{ ...tpm, cost: 0 }]);
    assert.deepEqual(states, [{ name: 'tpm', unit: 'tokens', ceiling: 100, used: 0, resetMs: 0 }]);
  });
}

function testCalendar(kind: string, create: CreateLimitStore): void {
  for (const [period, untilTurn] of [
    ['day', HOUR - 250],
    ['month', HOUR - 250],
  ] as const) {
    test(`${kind}: a quota of a ${period} is full until the ${period} turns in UTC`, async (t) => {
      const under = await create(t, START);
      await take(under, [quota(period)]);
      const refused = await ask(under, [quota(period)]);
      assert.deepEqual(!refused.ok && refused.waitMs, untilTurn);
      await under.advance(untilTurn - 1);
      assert.equal((await ask(under, [quota(period)])).ok, false);
      await under.advance(1);
      assert.equal((await ask(under, [quota(period)])).ok, true);
    });
  }

  test(`${kind}: a month is as long as the calendar says`, async (t) => {
    const under = await create(t, Date.UTC(2028, 1, 1));
    const { states } = await take(under, [quota('month')]);
    assert.equal(states[0]?.resetMs, 29 * DAY);
    await under.advance(29 * DAY - 1);
    assert.equal((await ask(under, [quota('month')])).ok, false);
  });

  test(`${kind}: the year turns with its last day`, async (t) => {
    const under = await create(t, Date.UTC(2027, 11, 31, 23, 59, 59, 999));
    await take(under, [quota('day'), { ...rpd, ceiling: 1 }]);
    await under.advance(1);
    await take(under, [quota('day'), { ...rpd, ceiling: 1 }]);
    assert.equal((await ask(under, [{ ...rpd, ceiling: 1 }])).ok, false);
  });

  test(`${kind}: a total quota never comes back`, async (t) => {
    const under = await create(t, START);
    const { states } = await take(under, [quota('total')]);
    assert.equal(states[0]?.resetMs, null);
    await under.advance(400 * DAY);
    const refused = await ask(under, [quota('total')]);
    assert.deepEqual(!refused.ok && [refused.waitMs, used(refused.states)], [null, { quota: 60 }]);
  });

  test(`${kind}: a quota whose period was changed starts its own count`, async (t) => {
    const under = await create(t, START);
    await take(under, [quota('total')]);
    const { states } = await take(under, [quota('day')]);
    assert.deepEqual(states, [
      { name: 'quota', unit: 'tokens', ceiling: 100, used: 60, resetMs: HOUR - 250 },
    ]);
  });
}

function testLeases(kind: string, create: CreateLimitStore): void {
  test(`${kind}: a slot is free again when its request is settled, and only that slot`, async (t) => {
    const under = await create(t, START);
    const first = await take(under, [slots]);
    await take(under, [slots]);
    assert.equal((await ask(under, [slots])).ok, false);
    await under.store.settle(first, null);
    await take(under, [slots]);
    assert.equal((await ask(under, [slots])).ok, false);
  });

  test(`${kind}: a slot that is not renewed is free after thirty seconds`, async (t) => {
    const under = await create(t, START);
    for (let count = 0; count < 2; count++) await take(under, [slots]);
    await under.advance(29_999);
    assert.equal((await ask(under, [slots])).ok, false);
    await under.advance(1);
    assert.equal((await ask(under, [slots])).ok, true);
  });

  test(`${kind}: a slot that is renewed stays taken, and settling frees it`, async (t) => {
    const under = await create(t, START);
    const row = { ...slots, ceiling: 1 };
    const running = await take(under, [row]);
    for (let count = 0; count < 10; count++) {
      await under.advance(20_000);
      await under.store.renew(running);
      assert.equal((await ask(under, [row])).ok, false);
    }
    await under.store.settle(running, 5);
    assert.equal((await ask(under, [row])).ok, true);
  });

  test(`${kind}: renewing takes nothing from any other limit`, async (t) => {
    const under = await create(t, START);
    const rows = [quota('total'), rpm, tpm, slots];
    const running = await take(under, rows);
    const before = await counted(under, rows);
    await under.store.renew(running);
    await under.store.renew(running);
    assert.deepEqual(await counted(under, rows), before);
  });

  test(`${kind}: the wait for a slot is short, since nobody knows when one is free`, async (t) => {
    const under = await create(t, START);
    await take(under, [{ ...slots, ceiling: 1 }]);
    const refused = await ask(under, [{ ...slots, ceiling: 1 }]);
    assert.deepEqual(!refused.ok && refused.waitMs, 1_000);
  });
}

function testSettlement(kind: string, create: CreateLimitStore): void {
  const rows = [quota('day'), rpm, { ...tpm, cost: 60 }];

  test(`${kind}: settling replaces the reserved tokens by the used ones, requests stay`, async (t) => {
    const under = await create(t, START);
    await under.store.settle(await take(under, rows), 7);
    assert.deepEqual(await counted(under, rows), { quota: 7, rpm: 1, tpm: 7 });
  });

  test(`${kind}: more than was reserved is counted, too, and shuts the gate`, async (t) => {
    const under = await create(t, START);
    await under.store.settle(await take(under, rows), 250);
    assert.deepEqual(await counted(under, rows), { quota: 250, rpm: 1, tpm: 250 });
    assert.equal((await ask(under, [{ ...tpm, cost: 1 }])).ok, false);
  });

  test(`${kind}: unknown use leaves the reservation as it is`, async (t) => {
    const under = await create(t, START);
    await under.store.settle(await take(under, rows), null);
    assert.deepEqual(await counted(under, rows), { quota: 60, rpm: 1, tpm: 60 });
  });

  test(`${kind}: use is counted in the day and the minute in which the request was admitted`, async (t) => {
    const under = await create(t, START);
    const running = await take(under, rows);
    await under.advance(HOUR);
    await take(under, rows);
    await under.store.settle(running, 10);
    assert.deepEqual(await counted(under, rows), { quota: 60, rpm: 1, tpm: 60 });
  });
}
