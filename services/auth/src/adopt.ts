import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { digest } from './digest.ts';
import type { AdoptableLogin } from './oauth/login.ts';
import type { Seed } from './seeds.ts';
import type { StoreReading, StoredRecord, TokenRecord, TokenStore } from './store/token-store.ts';

export type Adoption =
  | { readonly kind: 'adopted'; readonly entry: StoredRecord }
  /** This login, or an earlier state of it, was adopted before: it never comes back. */
  | { readonly kind: 'known' }
  /** The record is of another ChatGPT account; it stays as it is. */
  | { readonly kind: 'other_account' }
  /** State that cannot be understood may be newer than any login: nothing is written over it. */
  | { readonly kind: 'unreadable'; readonly problem: string };

export interface AdoptionTerms {
  /** Whether a record of another ChatGPT account gives way. */
  readonly replace: boolean;
}

/** What stays of an account whatever becomes of its login. */
type History = Pick<TokenRecord, 'generation' | 'seedFingerprints'>;

/**
 * Takes a login into the store, unless its refresh token was ever adopted before. The generation goes on, and nothing that
 * was held against the login before it counts any more. Rejects with the store's error.
 */
export async function adoptLogin(
  store: TokenStore,
  alias: string,
  login: AdoptableLogin,
  terms: AdoptionTerms,
): Promise<Adoption> {
  const fingerprint = digest(login.refreshToken);
  for (;;) {
    const reading = await store.read(alias);
    if (reading.kind === 'unreadable') return reading;
    const objection = objectionTo(reading, login, terms);
    if (objection !== null) return { kind: objection };
    const before = reading.kind === 'absent' ? { version: null, record: NO_HISTORY } : reading;
    const record = toRecord(login, fingerprint, before.record);
    const written = await store.replace(alias, before.version, record);
    if (written.kind === 'stored') return { kind: 'adopted', entry: { version: written.version, record } };
  }
}

const NO_HISTORY: History = { generation: 0, seedFingerprints: [] };

function toRecord(login: AdoptableLogin, fingerprint: string, before: History): TokenRecord {
  return {
    ...login.access,
    refreshToken: login.refreshToken,
    lastRefreshAt: login.lastRefreshAt,
    generation: before.generation + 1,
    seedFingerprints: [...before.seedFingerprints, fingerprint],
    intent: null,
    failure: null,
  };
}

function objectionTo(
  reading: StoreReading,
  login: AdoptableLogin,
  { replace }: AdoptionTerms,
): 'known' | 'other_account' | null {
  if (wasAdopted(reading, login)) return 'known';
  if (reading.kind !== 'record' || replace) return null;
  const [before, after] = [reading.record.accountId, login.access.accountId];
  return before !== null && after !== null && before !== after ? 'other_account' : null;
}

function wasAdopted(known: Known, login: AdoptableLogin): boolean {
  return 'record' in known && known.record.seedFingerprints.includes(digest(login.refreshToken));
}

/** What an account's record is known to be; a seed that it has seen costs no look into the store. */
type Known = StoreReading | { readonly kind: 'unknown' };

export interface SeedDeps {
  readonly alias: string;
  readonly log: Logger;
  readonly adopt: (login: AdoptableLogin, terms: AdoptionTerms) => Promise<Adoption>;
}

/** Decides about a seed and has it adopted when it is new. Says what keeps it from being taken, for the operator. */
export async function considerSeed(deps: SeedDeps, known: Known, seed: Seed): Promise<string | null> {
  if (!seed.login.ok) return refusal(seed, seed.login.problem);
  const { login } = seed.login;
  if (wasAdopted(known, login)) return null;
  try {
    return outcomeOf(deps, seed, await deps.adopt(login, { replace: false }));
  } catch (error) {
    return refusal(seed, `the token store failed (${errorCode(error)})`);
  }
}

function outcomeOf({ alias, log }: SeedDeps, seed: Seed, adoption: Adoption): string | null {
  switch (adoption.kind) {
    case 'adopted':
      log.warn({ account: alias, path: seed.path, generation: adoption.entry.record.generation }, OWNED_NOW);
      return null;
    case 'known':
    case 'unreadable':
      return null;
    case 'other_account':
      return refusal(
        seed,
        `a login of another ChatGPT account than the record of "${alias}"; give it another alias (ACCOUNTS)`,
      );
  }
}

/** Said once and loudly when a login is taken from a file that a Codex CLI may be using. */
export const OWNED_NOW =
  'this login now belongs to the broker: a Codex CLI that uses the same file is signed out at its next refresh';

function refusal(seed: Seed, problem: string): string {
  return `AUTH_SEED_FILE ${seed.path}: ${problem}`;
}
