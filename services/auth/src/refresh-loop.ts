import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { shortDigest } from './digest.ts';
import {
  afterRefresh,
  isTransient,
  nextTrigger,
  UNKNOWN_STANDING,
  type OwnedStanding,
} from './owned-standing.ts';
import type { Trigger } from './refresh-policy.ts';
import { createRefresher, type RefreshDeps, type RefreshResult } from './refresh.ts';
import type { RefreshOutcome } from './settle.ts';
import type { StoredRecord, TokenStore } from './store/token-store.ts';

export interface RefreshLoopDeps extends RefreshDeps {
  readonly log: Logger;
  /** A refresh, or the try of one, has ended after so many seconds. */
  readonly refreshed: (outcome: RefreshOutcome | 'store_failed', seconds: number) => void;
}

/** What a process does for one durable login: knows it, wakes up in time, refreshes it once for all who wait. */
export interface RefreshLoop {
  readonly standing: () => OwnedStanding;
  readonly update: (change: Partial<OwnedStanding>) => void;
  /** Reads the record. Never rejects. */
  readonly load: () => Promise<void>;
  /** Starts what is due, else sets the timer for it. */
  readonly look: () => void;
  /** The running refresh, if any. Never rejects. */
  readonly flight: () => Promise<void> | null;
  /** Runs what else changes the record, in turn with the refreshes. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Starts nothing more; resolves when all that was started is durable. */
  readonly close: () => Promise<void>;
}

/** The longest sleep, for clocks jump and machines are suspended. */
const LOOK_AGAIN_MS = 60_000;
const RELOAD_MS = 5_000;

export function createRefreshLoop(deps: RefreshLoopDeps): RefreshLoop {
  const { alias, clock, store } = deps;
  const refresher = createRefresher(deps);
  const inTurn = createQueue();
  let standing = UNKNOWN_STANDING;
  let flight: Promise<void> | null = null;
  let cancelTimer: (() => void) | null = null;
  let closed = false;

  const load = async () => {
    const reading = await inTurn(() => readOrProblem(store, alias));
    // a record does not become unknown because the store is away for a moment
    if (reading.kind === 'unknown' && standing.reading.kind === 'record') return;
    if (isNewProblem(standing.reading, reading))
      deps.log.error({ account: alias, problem: reading.problem }, 'token record unusable');
    if ('problem' in standing.reading && reading.kind === 'record')
      deps.log.info({ account: alias, generation: reading.record.generation }, 'token record read');
    standing = { ...standing, reading };
  };

  const fly = (trigger: Trigger): void => {
    const startedAt = clock.now();
    const land = (result: RefreshResult) => {
      standing = afterRefresh(standing, result, { now: clock.now(), chance: deps.chance() });
      report(deps, result, (clock.now() - startedAt) / 1_000);
      flight = null;
      look();
    };
    standing = { ...standing, refreshing: true };
    flight = inTurn(() => refresher.refresh(trigger)).then(land);
  };

  // a login that was brought to another broker on the same store, or ended there, is ours, too
  const reload = () => void load().then(look);

  const look = () => {
    cancelTimer?.();
    if (closed || flight !== null) return;
    const { reading } = standing;
    if (reading.kind !== 'record') {
      cancelTimer = clock.after(RELOAD_MS, reload);
      return;
    }
    const { trigger, notBefore } = nextTrigger(standing, reading.record);
    const delay = Math.max(refresher.wakeAt(reading.record, trigger), notBefore) - clock.now();
    if (delay <= 0) fly(trigger);
    else cancelTimer = clock.after(Math.min(delay, LOOK_AGAIN_MS), store.exclusive ? look : reload);
  };

  return {
    standing: () => standing,
    update: (change) => {
      standing = { ...standing, ...change };
    },
    load,
    look,
    flight: () => flight,
    inTurn,
    close: async () => {
      closed = true;
      cancelTimer?.();
      await flight;
      await inTurn(async () => {});
    },
  };
}

/** One at a time, in order: everything that changes a record. */
function createQueue(): RefreshLoop['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

type Reading = OwnedStanding['reading'];

async function readOrProblem(store: TokenStore, alias: string): Promise<Reading> {
  try {
    return await store.read(alias);
  } catch (error) {
    return { kind: 'unknown', problem: errorCode(error) };
  }
}

function isNewProblem(before: Reading, after: Reading): after is Extract<Reading, { problem: string }> {
  if (!('problem' in after)) return false;
  return !('problem' in before) || before.problem !== after.problem;
}

function report(deps: RefreshLoopDeps, result: RefreshResult, seconds: number): void {
  switch (result.kind) {
    case 'idle':
    case 'no_record':
      return;
    case 'store_failed':
      deps.refreshed('store_failed', seconds);
      deps.log.error({ account: deps.alias, code: result.code }, 'token store failed, nothing was sent');
      return;
    case 'attempted':
      deps.refreshed(result.outcome, seconds);
      logAttempt(deps, result.outcome, result.entry);
  }
}

function logAttempt(
  { log, alias }: RefreshLoopDeps,
  outcome: RefreshOutcome,
  { record }: StoredRecord,
): void {
  const fields = { account: alias, outcome, generation: record.generation };
  if (outcome === 'success' || outcome === 'recovered' || outcome === 'lost_race') {
    const expiresAt = new Date(record.expiresAt).toISOString();
    log.info({ ...fields, fingerprint: shortDigest(record.accessToken), expiresAt }, 'access token renewed');
  } else if (isTransient(outcome)) log.warn(fields, 'refresh failed, trying again later');
  else if (record.failure === null) log.error(fields, 'refresh without an answer, login in doubt');
  else log.error(fields, 'sign-in needed');
}
