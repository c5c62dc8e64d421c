import type { Admission, Admitted, LimitState, LimitStore, Reservation } from './limit-store.ts';
import type { LimitRow, LimitWindow } from './limits.ts';

/** Counters of one process: exact for one replica. `now` in milliseconds since the epoch. */
export function createMemoryLimitStore(now: () => number): LimitStore {
  const counters = new Map<string, Counter>();
  const counterOf = (keyId: string, row: LimitRow): Counter => {
    const name = `${keyId}:${row.name}:${windowName(row.window)}`;
    let counter = counters.get(name);
    if (!counter) counters.set(name, (counter = createCounter(row.window)));
    return counter;
  };
  const stateOf = (keyId: string, row: LimitRow, at: number): LimitState => {
    const counter = counterOf(keyId, row);
    return {
      name: row.name,
      unit: row.unit,
      ceiling: row.ceiling,
      used: counter.used(at),
      resetMs: counter.resetMs(at),
    };
  };
  return {
    admit: async ({ keyId, reservationId, rows }: Reservation): Promise<Admission> => {
      const at = now();
      const refusedBy = rows.find((row) => counterOf(keyId, row).used(at) + row.cost > row.ceiling);
      if (!refusedBy) for (const row of rows) counterOf(keyId, row).add(at, row.cost, reservationId);
      const states = rows.map((row) => stateOf(keyId, row, at));
      if (!refusedBy) return { ok: true, states, reservation: { keyId, reservationId, rows }, at };
      const waitMs =
        refusedBy.cost > refusedBy.ceiling
          ? null
          : counterOf(keyId, refusedBy).roomMs(at, refusedBy.ceiling - refusedBy.cost);
      return { ok: false, states, refusedBy, waitMs };
    },
    renew: async ({ reservation }: Admitted) => {
      for (const row of leases(reservation))
        counterOf(reservation.keyId, row).add(now(), row.cost, reservation.reservationId);
    },
    settle: async ({ reservation, at }: Admitted, usedTokens) => {
      for (const row of leases(reservation))
        counterOf(reservation.keyId, row).release(reservation.reservationId);
      if (usedTokens === null) return;
      for (const row of reservation.rows) {
        if (row.unit === 'tokens')
          counterOf(reservation.keyId, row).add(at, usedTokens - row.cost, reservation.reservationId);
      }
    },
  };
}

/** A quota whose period was changed in the keys file is another counter. */
function windowName(window: LimitWindow): string {
  return window.kind === 'calendar' ? window.period : window.kind;
}

function leases({ rows }: Reservation): readonly LimitRow[] {
  return rows.filter(({ window }) => window.kind === 'lease');
}

interface Counter {
  readonly used: (at: number) => number;
  readonly add: (at: number, amount: number, reservationId: string) => void;
  readonly release: (reservationId: string) => void;
  /** Until nothing is counted any more. */
  readonly resetMs: (at: number) => number | null;
  /** Until at most `most` is counted. */
  readonly roomMs: (at: number, most: number) => number | null;
}

function createCounter(window: LimitWindow): Counter {
  switch (window.kind) {
    case 'sliding':
      return createSlidingCounter(window.seconds * 1000);
    case 'calendar':
      return createCalendarCounter(window.period);
    case 'lease':
      return createLeaseCounter(window.seconds * 1000);
  }
}

const BUCKET_MS = 1000;

/** One-second buckets; the oldest counts whole, so no 60 seconds ever hold more than the ceiling. */
function createSlidingCounter(lengthMs: number): Counter {
  const buckets = new Map<number, number>();
  const leaves = (bucket: number): number => bucket + BUCKET_MS + lengthMs;
  const live = (at: number): readonly (readonly [number, number])[] => {
    for (const bucket of buckets.keys()) if (leaves(bucket) <= at) buckets.delete(bucket);
    return [...buckets].toSorted(([left], [right]) => left - right);
  };
  const used = (at: number): number => live(at).reduce((sum, [, amount]) => sum + amount, 0);
  const roomMs = (at: number, most: number): number => {
    let left = used(at);
    if (left <= most) return 0;
    for (const [bucket, amount] of live(at)) {
      left -= amount;
      if (left <= most) return leaves(bucket) - at;
    }
    return 0;
  };
  return {
    used,
    add: (at, amount) => {
      const bucket = Math.floor(at / BUCKET_MS) * BUCKET_MS;
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + amount);
    },
    release: () => {},
    resetMs: (at) => roomMs(at, 0),
    roomMs,
  };
}

function createCalendarCounter(period: 'total' | 'day' | 'month'): Counter {
  const amounts = new Map<number, number>();
  const resetMs = (at: number): number | null =>
    period === 'total' ? null : periodStart(period, at, 1) - at;
  return {
    used: (at) => amounts.get(periodStart(period, at, 0)) ?? 0,
    add: (at, amount) => {
      const start = periodStart(period, at, 0);
      amounts.set(start, (amounts.get(start) ?? 0) + amount);
    },
    release: () => {},
    resetMs,
    roomMs: resetMs,
  };
}

/** When the UTC day or month of `at` began, or `ahead` of them later. */
function periodStart(period: 'total' | 'day' | 'month', at: number, ahead: number): number {
  const date = new Date(at);
  switch (period) {
    case 'total':
      return 0;
    case 'day':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + ahead);
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1);
  }
}

function createLeaseCounter(lifeMs: number): Counter {
  const expiries = new Map<string, number>();
  const live = (at: number): readonly number[] => {
    for (const [reservationId, expiry] of expiries) if (expiry <= at) expiries.delete(reservationId);
    return [...expiries.values()].toSorted((left, right) => left - right);
  };
  return {
    used: (at) => live(at).length,
    add: (at, _amount, reservationId) => void expiries.set(reservationId, at + lifeMs),
    release: (reservationId) => void expiries.delete(reservationId),
    resetMs: (at) => (live(at).at(-1) ?? at) - at,
    // a slot is free when a request ends, which nobody can know: the shortest sensible wait
    roomMs: () => BUCKET_MS,
  };
}
