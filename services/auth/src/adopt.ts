import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { digest } from './digest.ts';
import type { AdoptableLogin } from './oauth/auth-json.ts';
import type { Seed } from './seeds.ts';
import type { StoreReading, StoredRecord, TokenRecord, TokenStore } from './store/token-store.ts';

export interface SeedOffer {
  readonly adopted: StoredRecord | null;
  /** What keeps the seed from being taken, for the operator. */
  readonly problem: string | null;
}

export interface AdoptDeps {
  readonly alias: string;
  readonly store: TokenStore;
  readonly log: Logger;
}

/** What the account's record is known to be; a seed that it has seen costs no look into the store. */
type Known = StoreReading | { readonly kind: 'unknown' };

/** Decides about a seed and takes it into the store when it is new, in turn with all else that changes the record. */
export async function considerSeed(
  deps: AdoptDeps,
  known: Known,
  seed: Seed,
  inTurn: (work: () => Promise<Adoption>) => Promise<Adoption>,
): Promise<SeedOffer> {
  if (!seed.login.ok) return refusal(seed, seed.login.problem);
  const { login } = seed.login;
  if (known.kind === 'record' && known.record.seedFingerprints.includes(digest(login.refreshToken)))
    return NOTHING_NEW;
  try {
    const adoption = await inTurn(() => adoptSeed(deps.store, deps.alias, login));
    return toOffer(deps, seed, adoption);
  } catch (error) {
    return refusal(seed, `the token store failed (${errorCode(error)})`);
  }
}

const NOTHING_NEW: SeedOffer = { adopted: null, problem: null };

function refusal(seed: Seed, problem: string): SeedOffer {
  return { adopted: null, problem: `AUTH_SEED_FILE ${seed.path}: ${problem}` };
}

function toOffer({ alias, log }: AdoptDeps, seed: Seed, adoption: Adoption): SeedOffer {
  switch (adoption.kind) {
    case 'adopted':
      log.warn(
        { account: alias, path: seed.path, generation: adoption.entry.record.generation },
        'this login now belongs to the broker: a Codex CLI that uses the same file is signed out at its next refresh',
      );
      return { adopted: adoption.entry, problem: null };
    case 'known':
    case 'unreadable':
      return NOTHING_NEW;
    case 'other_account':
      return refusal(
        seed,
        `a login of another ChatGPT account than the record of "${alias}"; give it another alias (ACCOUNTS)`,
      );
  }
}

export type Adoption =
  | { readonly kind: 'adopted'; readonly entry: StoredRecord }
  /** This login, or an earlier state of it, was adopted before: it never comes back. */
  | { readonly kind: 'known' }
  /** The record is of another ChatGPT account; it stays as it is. */
  | { readonly kind: 'other_account' }
  /** State that cannot be understood may be newer than any seed: nothing is written over it. */
  | { readonly kind: 'unreadable' };

/**
 * Takes a seed's login into the store, unless its refresh token was ever adopted before. The generation goes on.
 * Rejects with the store's error.
 */
export async function adoptSeed(store: TokenStore, alias: string, login: AdoptableLogin): Promise<Adoption> {
  const fingerprint = digest(login.refreshToken);
  for (;;) {
    const reading = await store.read(alias);
    if (reading.kind === 'unreadable') return { kind: 'unreadable' };
    const current = reading.kind === 'record' ? reading : { version: null, record: null };
    const objection = current.record === null ? null : objectionTo(current.record, login, fingerprint);
    if (objection !== null) return { kind: objection };
    const record = toRecord(login, fingerprint, current.record);
    const written = await store.replace(alias, current.version, record);
    if (written.kind === 'stored') return { kind: 'adopted', entry: { version: written.version, record } };
  }
}

function toRecord(login: AdoptableLogin, fingerprint: string, before: TokenRecord | null): TokenRecord {
  return {
    ...login.access,
    refreshToken: login.refreshToken,
    lastRefreshAt: login.lastRefreshAt,
    generation: (before?.generation ?? 0) + 1,
    seedFingerprints: [...(before?.seedFingerprints ?? []), fingerprint],
    intent: null,
    failure: null,
  };
}

function objectionTo(
  record: TokenRecord,
  { access }: AdoptableLogin,
  fingerprint: string,
): 'known' | 'other_account' | null {
  if (record.seedFingerprints.includes(fingerprint)) return 'known';
  const isOther =
    record.accountId !== null && access.accountId !== null && record.accountId !== access.accountId;
  return isOther ? 'other_account' : null;
}
