import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { PermanentReason } from '../oauth/classify.ts';

/**
 * Written before a refresh token is presented. One that is found without a running refresh behind it means: the token
 * may or may not have been spent, the login is in doubt.
 */
export interface Intent {
  readonly id: string;
  /** The process that wrote it. */
  readonly holder: string;
  readonly startedAt: number;
  /** Until then its holder may still be at work. */
  readonly deadlineAt: number;
  readonly fromGeneration: number;
  /** `in_doubt`: the one further attempt that a login in doubt is allowed. */
  readonly attempt: 'first' | 'in_doubt';
}

/** Why nothing more is tried with a refresh token, remembered for exactly that token by its digest. */
export interface PermanentFailure {
  /** `unresolved`: in doubt, and the one further attempt left it so. */
  readonly reason: PermanentReason | 'account_mismatch' | 'unresolved';
  readonly refreshTokenDigest: string;
  readonly at: number;
}

/** The durable state of one account's login. Times in milliseconds since the epoch. */
export interface TokenRecord {
  /** Grows by one with every change of the tokens, never falls. */
  readonly generation: number;
  readonly refreshToken: Secret;
  readonly accessToken: Secret;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly accountId: string | null;
  readonly plan: string | null;
  readonly lastRefreshAt: number | null;
  /** Hex SHA-256 of every refresh token that was ever adopted from a seed: none of them is adopted again. */
  readonly seedFingerprints: readonly string[];
  readonly intent: Intent | null;
  readonly failure: PermanentFailure | null;
}

/** What stays of an account that was signed out: no token, and the knowledge that none it ever had may come back. */
export interface SignedOut extends Pick<TokenRecord, 'generation' | 'seedFingerprints'> {
  readonly signedOut: true;
}

/** A record and the version under which it was read or written. Versions are opaque; they differ when records do. */
export interface StoredRecord {
  readonly version: string;
  readonly record: TokenRecord;
}

export type StoreReading =
  | ({ readonly kind: 'record' } & StoredRecord)
  | { readonly kind: 'absent' }
  | { readonly kind: 'signed_out'; readonly version: string; readonly record: SignedOut }
  /** There is state, and it cannot be understood; `problem` names the field, never a value. */
  | { readonly kind: 'unreadable'; readonly problem: string };

export type Replacement =
  | { readonly kind: 'stored'; readonly version: string }
  | { readonly kind: 'conflict' };

/**
 * Where records live. A resolved `replace` is durable. A rejected one is not known to have happened or not: read
 * again before deciding. Every method may reject with a system error (disk full, read-only, API away).
 */
export interface TokenStore {
  /** True when this process alone can write: whoever wrote an intent that is found later is gone. */
  readonly exclusive: boolean;
  readonly read: (alias: string) => Promise<StoreReading>;
  /** Compare-and-swap: writes only if the stored version is still the expected one; null expects no record. */
  readonly replace: (
    alias: string,
    expectedVersion: string | null,
    record: TokenRecord | SignedOut,
  ) => Promise<Replacement>;
  /** Resolves when a record could be written now. */
  readonly checkWritable: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Another process owns the store; `holder` says who, in words for the operator. */
export class StoreHeldError extends Error {
  readonly holder: string;

  constructor(place: string, holder: string) {
    super(`${place} is in use by another broker (${holder})`);
    this.name = 'StoreHeldError';
    this.holder = holder;
  }
}
