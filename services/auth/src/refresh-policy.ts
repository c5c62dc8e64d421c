import { digest } from './digest.ts';
import type { Intent, TokenRecord } from './store/token-store.ts';

/** What to do with a login in doubt: one further attempt shortly before the access token expires, or nothing. */
export type OnInDoubt = 'retry_once' | 'hold';

/** Why a refresh is considered. */
export type Trigger =
  | { readonly kind: 'due' }
  /** The backend refused the access token with this digest. */
  | { readonly kind: 'rejected'; readonly fingerprint: string };

/** Who asks, when, and under which rules. */
export interface Situation {
  readonly now: number;
  readonly holder: string;
  /** The store lets one process write, so whoever wrote an intent earlier is gone. */
  readonly exclusive: boolean;
  readonly onInDoubt: OnInDoubt;
  /** Intents of our own that surely were not followed by a request. */
  readonly unsent: ReadonlySet<string>;
}

export type Step =
  | { readonly kind: 'refresh'; readonly attempt: Intent['attempt'] }
  /** Nothing to do before `at`; `inDoubt` says whether a lost answer stands behind the waiting. */
  | { readonly kind: 'wait'; readonly at: number; readonly inDoubt: boolean }
  /** The refused token is not the current one. */
  | { readonly kind: 'replaced' }
  /** A person has to sign in again. */
  | { readonly kind: 'permanent' }
  /** The one further attempt was made and its end is not known. */
  | { readonly kind: 'unresolved' };

const DUE_FROM = 0.5;
const DUE_SPREAD = 0.2;
const LAST_CHANCE_SHARE = 0.1;
const LAST_CHANCE_MS = 5 * 60_000;
/** How far the clocks of two brokers may differ. */
const CLOCK_SKEW_MS = 5_000;
const BACK_OFF_FIRST_MS = 2_000;
const BACK_OFF_MOST_MS = 5 * 60_000;
const BACK_OFF_JITTER = 0.2;
/** An answer without an access token, or with one that is already old, must not be followed by the next at once. */
const LEAST_PAUSE_MS = 60_000;

/**
 * When a token falls due: at 50 to 70 % of its life. The scatter comes from the token itself, so a restart neither
 * moves it nor causes a refresh, and accounts do not fall due together.
 */
export function dueAt(record: TokenRecord): number {
  const scatter = Number.parseInt(digest(record.accessToken).slice(0, 8), 16) / 0xffff_ffff;
  const due = record.issuedAt + lifeOf(record) * (DUE_FROM + DUE_SPREAD * scatter);
  const pause = Math.min(LEAST_PAUSE_MS, lifeOf(record) * DUE_FROM);
  return record.lastRefreshAt === null ? due : Math.max(due, record.lastRefreshAt + pause);
}

/** When a login in doubt makes its one attempt: as late as is safe, for the answer may never have been needed. */
export function lastChanceAt(record: TokenRecord): number {
  return record.expiresAt - Math.min(LAST_CHANCE_MS, lifeOf(record) * LAST_CHANCE_SHARE);
}

export function isUsable(record: TokenRecord, now: number): boolean {
  return now < record.expiresAt && record.failure?.reason !== 'account_mismatch';
}

/** The pause after the nth failure in a row (from 1), doubling from 2 s to 5 min, scattered by `chance` in [0, 1). */
export function backOffMs(failures: number, chance: number): number {
  const pause = Math.min(BACK_OFF_MOST_MS, BACK_OFF_FIRST_MS * 2 ** Math.min(failures - 1, 30));
  return pause * (1 + BACK_OFF_JITTER * (2 * chance - 1));
}

/** Decides what a record calls for: the whole rule in one place, without I/O. */
export function nextStep(record: TokenRecord, trigger: Trigger, situation: Situation): Step {
  if (trigger.kind === 'rejected' && trigger.fingerprint !== digest(record.accessToken))
    return { kind: 'replaced' };
  if (record.failure?.refreshTokenDigest === digest(record.refreshToken)) return { kind: 'permanent' };
  const { intent } = record;
  if (intent === null) return stepWhenClear(record, trigger, situation.now);
  if (situation.unsent.has(intent.id))
    return intent.attempt === 'first'
      ? stepWhenClear(record, trigger, situation.now)
      : stepInDoubt(record, { ...intent, attempt: 'first' }, trigger, situation);
  const settledAt = intent.deadlineAt + CLOCK_SKEW_MS;
  if (!isAbandoned(intent, situation) && situation.now < settledAt)
    return { kind: 'wait', at: settledAt, inDoubt: false };
  return stepInDoubt(record, intent, trigger, situation);
}

function stepWhenClear(record: TokenRecord, trigger: Trigger, now: number): Step {
  const at = dueAt(record);
  if (trigger.kind === 'rejected' || now >= at) return { kind: 'refresh', attempt: 'first' };
  return { kind: 'wait', at, inDoubt: false };
}

function stepInDoubt(record: TokenRecord, intent: Intent, trigger: Trigger, situation: Situation): Step {
  if (intent.attempt === 'in_doubt') return { kind: 'unresolved' };
  if (situation.onInDoubt === 'hold') return { kind: 'wait', at: Number.POSITIVE_INFINITY, inDoubt: true };
  const at = lastChanceAt(record);
  if (trigger.kind === 'rejected' || situation.now >= at) return { kind: 'refresh', attempt: 'in_doubt' };
  return { kind: 'wait', at, inDoubt: true };
}

/** Its writer is no longer at work: it was us, and we are here; or nobody else can write. */
function isAbandoned(intent: Intent, { holder, exclusive }: Situation): boolean {
  return exclusive || intent.holder === holder;
}

function lifeOf({ issuedAt, expiresAt }: TokenRecord): number {
  return Math.max(0, expiresAt - issuedAt);
}
