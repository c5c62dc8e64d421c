import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import { digest } from './digest.ts';
import { readClaims } from './oauth/claims.ts';
import { toAccessGrant } from './oauth/login.ts';
import type { GrantOutcome } from './oauth/refresh-grant.ts';
import { backOffMs } from './refresh-policy.ts';
import { encodeRecord } from './store/record-codec.ts';
import type { Spill } from './store/spill.ts';
import type { Intent, PermanentFailure, StoredRecord, TokenRecord, TokenStore } from './store/token-store.ts';

/** How a refresh that was attempted ended; also the label of its metric. */
export type RefreshOutcome =
  | 'success'
  /** An earlier process got the tokens and died before they were durable. */
  | 'recovered'
  /** The record had changed under us; what stands in the store now is newer. */
  | 'lost_race'
  | 'network_before_send'
  | 'http_5xx'
  | 'http_429'
  | 'http_4xx'
  /** In doubt from here on. */
  | 'timeout'
  | 'reset'
  | 'bad_answer'
  /** A person has to sign in again. */
  | PermanentFailure['reason'];

/** A record with our intent in it, under which a refresh token is or was presented. */
export interface Claimed extends StoredRecord {
  readonly intent: Intent;
  /** What stood in the intent's place: a login in doubt stays in doubt when its attempt was no attempt. */
  readonly previous: Intent | null;
}

export interface Settled {
  readonly outcome: RefreshOutcome;
  readonly entry: StoredRecord;
}

export interface SettleDeps {
  readonly alias: string;
  readonly store: TokenStore;
  /** Null for a store on a disk of this machine, which a file beside it would not outlive. */
  readonly spill: Spill | null;
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly chance: () => number;
  /** Called with an error's code when tokens exist in memory only, with null when they are durable. */
  readonly unpersisted: (code: string | null) => void;
  /** Called with an error's code when new tokens could not be kept on their way into the store. */
  readonly unspilled: (code: string) => void;
}

type Granted = Extract<GrantOutcome, { kind: 'granted' }>;

/** Makes the end of a refresh durable, however long that takes, and says how it ended. */
export async function settle(deps: SettleDeps, claimed: Claimed, outcome: GrantOutcome): Promise<Settled> {
  switch (outcome.kind) {
    case 'granted':
      return settleGranted(deps, claimed, outcome);
    case 'permanent':
      return settleFailure(deps, claimed, outcome.reason);
    case 'transient':
      return settleUnspent(deps, claimed, outcome.cause);
    case 'unsent':
      return settleUnspent(deps, claimed, 'network_before_send');
    case 'lost':
      // the intent stays where it is: that is what being in doubt means
      return claimed.intent.attempt === 'first'
        ? { outcome: outcome.cause, entry: claimed }
        : settleFailure(deps, claimed, 'unresolved');
  }
}

/** The record with a failure that is remembered for its refresh token. */
export function failed(record: TokenRecord, reason: PermanentFailure['reason'], at: number): TokenRecord {
  return {
    ...record,
    intent: null,
    failure: { reason, refreshTokenDigest: digest(record.refreshToken), at },
  };
}

/**
 * The new tokens replace the record as long as it still holds the token that was presented for them, whatever else
 * was written meanwhile: the token they came for is dead.
 */
async function settleGranted(deps: SettleDeps, claimed: Claimed, granted: Granted): Promise<Settled> {
  const presented = digest(claimed.record.refreshToken);
  const now = deps.clock.now();
  await spill(deps, claimed.record, renewed(claimed.record, granted, now));
  const { entry, written } = await persist(deps, claimed, {
    update: (record) => renewed(record, granted, now),
    mayReplace: (record) => digest(record.refreshToken) === presented,
  });
  await deps.spill?.drop(deps.alias);
  if (!written) return { outcome: 'lost_race', entry };
  return { outcome: entry.record.failure === null ? 'success' : 'account_mismatch', entry };
}

/** The store comes next in any case: what cannot be spilled is not yet lost. */
async function spill(deps: SettleDeps, spent: TokenRecord, renewedRecord: TokenRecord): Promise<void> {
  try {
    await deps.spill?.put(deps.alias, spent.refreshToken, renewedRecord);
  } catch (error) {
    deps.unspilled(errorCode(error));
  }
}

async function settleFailure(
  deps: SettleDeps,
  claimed: Claimed,
  reason: PermanentFailure['reason'],
): Promise<Settled> {
  const at = deps.clock.now();
  const { entry, written } = await persist(deps, claimed, {
    update: (record) => failed(record, reason, at),
    mayReplace: (record) => record.intent?.id === claimed.intent.id,
  });
  return { outcome: written ? reason : 'lost_race', entry };
}

async function settleUnspent(deps: SettleDeps, claimed: Claimed, outcome: RefreshOutcome): Promise<Settled> {
  const { entry } = await persist(deps, claimed, {
    update: (record) => ({ ...record, intent: claimed.previous }),
    mayReplace: (record) => record.intent?.id === claimed.intent.id,
  });
  return { outcome, entry };
}

interface Change {
  readonly update: (record: TokenRecord) => TokenRecord;
  /** Whether the change still applies to a record that somebody else wrote since. */
  readonly mayReplace: (record: TokenRecord) => boolean;
}

type Written = { readonly entry: StoredRecord; readonly written: boolean };
type Base = { readonly version: string | null; readonly record: TokenRecord };

/** Writes until it is written, or until the stored record is one that the change no longer applies to. */
async function persist(deps: SettleDeps, claimed: Claimed, change: Change): Promise<Written> {
  let result: Written | Base = claimed;
  for (let failures = 0; ;) {
    try {
      while (!('written' in result)) result = await tryWrite(deps, result, change);
      if (failures > 0) deps.unpersisted(null);
      return result;
    } catch (error) {
      failures += 1;
      deps.unpersisted(errorCode(error));
      await pause(deps.clock, backOffMs(failures, deps.chance()));
    }
  }
}

/** One write; after a conflict the base for the next one. */
async function tryWrite(deps: SettleDeps, base: Base, change: Change): Promise<Written | Base> {
  const record = change.update(base.record);
  const result = await deps.store.replace(deps.alias, base.version, record);
  if (result.kind === 'stored') return { entry: { version: result.version, record }, written: true };
  const found = await deps.store.read(deps.alias);
  switch (found.kind) {
    case 'absent':
      // somebody took the record away; the only copy of what we hold is here
      return { version: null, record: base.record };
    case 'signed_out':
      // what came belongs to a login that its owner has ended meanwhile
      return { entry: { version: found.version, record: base.record }, written: false };
    case 'unreadable':
      throw new Error(`the record is unreadable: ${found.problem}`);
    case 'record':
      // an earlier write of ours may have happened though it was reported as failed
      if (encodeRecord(found.record) === encodeRecord(record)) return { entry: found, written: true };
      return change.mayReplace(found.record) ? found : { entry: found, written: false };
  }
}

function renewed(record: TokenRecord, granted: Granted, now: number): TokenRecord {
  const refreshToken = granted.refreshToken ?? record.refreshToken;
  const next = {
    ...record,
    generation: record.generation + 1,
    refreshToken,
    lastRefreshAt: now,
    intent: null,
    failure: null,
  };
  if (granted.accessToken === null) return next;
  const { idToken, accessToken } = granted;
  const access = toAccessGrant({ accessToken, idToken, accountId: record.accountId, obtainedAt: now });
  const renewedRecord = { ...next, ...access, plan: access.plan ?? record.plan };
  return isOfOtherAccount(record.accessToken, accessToken)
    ? failed(renewedRecord, 'account_mismatch', now)
    : renewedRecord;
}

/** Whether the issuer answered for somebody else: such a token is kept and never served. */
function isOfOtherAccount(before: Secret, after: Secret): boolean {
  const [old, fresh] = [readClaims(before).accountId, readClaims(after).accountId];
  return old !== null && fresh !== null && old !== fresh;
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
