import type { AccountState } from '@codex-gateway/wire/broker/contract.ts';
import type { AccountView } from './account.ts';
import { digest } from './digest.ts';
import { backOffMs, isUsable, type Trigger } from './refresh-policy.ts';
import type { RefreshResult } from './refresh.ts';
import type { RefreshOutcome } from './settle.ts';
import type { PermanentFailure, StoreReading, TokenRecord } from './store/token-store.ts';

/** What a process knows about an account whose login it owns. Nothing here is newer than the store. */
export interface OwnedStanding {
  readonly reading: StoreReading | { readonly kind: 'unknown'; readonly problem: string };
  readonly refreshing: boolean;
  readonly lastOutcome: string | null;
  /** Attempts in a row that came to nothing, and when the next one may be made. */
  readonly failures: number;
  readonly retryAt: number;
  /** What is wrong with the seed, if anything. */
  readonly seedProblem: string | null;
  /** The access token that the backend refused last; nothing is done about it before `actAt`. */
  readonly refused: { readonly fingerprint: string; readonly actAt: number } | null;
}

export const UNKNOWN_STANDING: OwnedStanding = {
  reading: { kind: 'unknown', problem: 'not read yet' },
  refreshing: false,
  lastOutcome: null,
  failures: 0,
  retryAt: 0,
  seedProblem: null,
  refused: null,
};

/** Why the record would be refreshed next, and before when it is not to be looked at: a back-off, or a held refusal. */
export function nextTrigger(
  { refused, retryAt }: OwnedStanding,
  record: TokenRecord,
): { readonly trigger: Trigger; readonly notBefore: number } {
  if (refused?.fingerprint !== digest(record.accessToken))
    return { trigger: { kind: 'due' }, notBefore: retryAt };
  const { fingerprint, actAt } = refused;
  return { trigger: { kind: 'rejected', fingerprint }, notBefore: Math.max(retryAt, actAt) };
}

/** What the end of a login changes: nothing that was held against it counts for the next one. */
export const FRESH_START = { failures: 0, retryAt: 0, refused: null } as const;

/** The standing after a refresh has ended. `chance` in [0, 1) scatters the back-off. */
export function afterRefresh(
  standing: OwnedStanding,
  result: RefreshResult,
  { now, chance }: { readonly now: number; readonly chance: number },
): OwnedStanding {
  const ended = { ...standing, refreshing: false };
  const backedOff = {
    failures: standing.failures + 1,
    retryAt: now + backOffMs(standing.failures + 1, chance),
  };
  const calm = { failures: 0, retryAt: 0 };
  switch (result.kind) {
    case 'no_record':
      return { ...ended, ...calm, reading: result.reading };
    case 'idle':
      return { ...ended, ...calm, reading: { kind: 'record', ...result.entry } };
    case 'store_failed':
      return { ...ended, ...backedOff, lastOutcome: `store_failed: ${result.code}` };
    case 'attempted': {
      const pace = isTransient(result.outcome) ? backedOff : calm;
      return {
        ...ended,
        ...pace,
        reading: { kind: 'record', ...result.entry },
        lastOutcome: result.outcome,
      };
    }
  }
}

const TRANSIENT = {
  network_before_send: true,
  http_5xx: true,
  http_429: true,
  http_4xx: true,
  success: false,
  recovered: false,
  lost_race: false,
  timeout: false,
  reset: false,
  bad_answer: false,
  expired: false,
  reused: false,
  revoked: false,
  refused: false,
  account_mismatch: false,
  unresolved: false,
} as const satisfies Record<RefreshOutcome, boolean>;

/** Whether the refresh token was surely not spent, so that the same one is sent again after a pause. */
export function isTransient(outcome: RefreshOutcome): boolean {
  return TRANSIENT[outcome];
}

export function toView(alias: string, standing: OwnedStanding, now: number): AccountView {
  const { reading } = standing;
  const known = { alias, state: stateOf(standing, now), message: messageFor(alias, standing) };
  const lastOutcome = outcomeOf(standing);
  if (reading.kind === 'signed_out')
    return { ...known, ...NO_LOGIN, generation: reading.record.generation, lastOutcome };
  if (reading.kind !== 'record') return { ...known, ...NO_LOGIN, lastOutcome };
  const { accountId, plan, generation, expiresAt, lastRefreshAt } = reading.record;
  const served = isServed(reading.record, standing, now) ? reading.record : null;
  return {
    ...known,
    served,
    accountId,
    plan,
    generation,
    accessTokenExpiresAt: expiresAt,
    lastRefreshAt,
    lastOutcome,
  };
}

const NO_LOGIN = {
  served: null,
  accountId: null,
  plan: null,
  generation: 0,
  accessTokenExpiresAt: null,
  lastRefreshAt: null,
} as const;

/** A token that the backend refused and that nothing can renew any more is not handed out again. */
function isServed(record: TokenRecord, { refused }: OwnedStanding, now: number): boolean {
  if (!isUsable(record, now)) return false;
  return record.failure === null || refused?.fingerprint !== digest(record.accessToken);
}

function stateOf({ reading, refreshing }: OwnedStanding, now: number): AccountState {
  if (refreshing) return 'refreshing';
  switch (reading.kind) {
    case 'absent':
    case 'signed_out':
    case 'unknown':
      return 'unseeded';
    case 'unreadable':
      return 'reauth_required';
    case 'record':
      if (reading.record.failure !== null) return 'reauth_required';
      if (reading.record.intent !== null) return 'in_doubt';
      return isUsable(reading.record, now) ? 'ok' : 'refreshing';
  }
}

function outcomeOf({ reading, lastOutcome, seedProblem }: OwnedStanding): string | null {
  switch (reading.kind) {
    case 'unreadable':
      return `unreadable record: ${reading.problem}`;
    case 'unknown':
      return `store_failed: ${reading.problem}`;
    case 'absent':
    case 'signed_out':
      return seedProblem ?? lastOutcome;
    case 'record':
      return lastOutcome ?? reading.record.failure?.reason ?? seedProblem;
  }
}

function messageFor(alias: string, { reading, lastOutcome, failures, seedProblem }: OwnedStanding): string {
  const signIn = `sign in with "auth login --alias ${alias}"`;
  switch (reading.kind) {
    case 'unknown':
      return `the token store cannot be read (${reading.problem})`;
    case 'unreadable':
      return `the stored record cannot be understood (${reading.problem}): restore it, or remove it and ${signIn}`;
    case 'absent':
      return seedProblem === null ? `no login yet: ${signIn}` : `${seedProblem}; mend it, or ${signIn}`;
    case 'signed_out':
      return `signed out: ${signIn}`;
    case 'record':
      if (reading.record.failure !== null)
        return `${PERMANENT_MESSAGES[reading.record.failure.reason]}: ${signIn}`;
      if (reading.record.intent !== null) return 'a refresh got no answer and the access token has expired';
      return failures === 0
        ? 'the access token has expired and is being refreshed'
        : `the access token has expired and its refresh failed (${lastOutcome}); trying again`;
  }
}

const PERMANENT_MESSAGES = {
  expired: 'the refresh token has expired',
  reused: 'the refresh token was already used, so another installation or Codex CLI uses this login',
  revoked: 'the login was revoked',
  refused: 'the issuer refused the refresh token',
  account_mismatch: 'the issuer answered with the tokens of another account',
  unresolved: 'a refresh got no answer, and neither did its one further attempt',
} as const satisfies Record<PermanentFailure['reason'], string>;
