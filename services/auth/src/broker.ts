import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { RejectReply, TokensReply, AccountsReply } from '@codex-gateway/wire/broker/contract.ts';
import type { Account, AccountView } from './account.ts';
import type { Adoption, AdoptionTerms } from './adopt.ts';
import { createBorrowedAccount } from './borrowed-account.ts';
import { createOwnedAccount, type OwnedAccount } from './owned-account.ts';
import type { AdoptableLogin } from './oauth/login.ts';
import type { Revoke } from './oauth/revoke.ts';
import type { RefreshLoopDeps } from './refresh-loop.ts';
import { poll } from './poll.ts';
import { toAccountsReply, toTokensReply } from './replies.ts';
import { scanSeeds } from './seeds.ts';
import type { SignOut } from './sign-out.ts';
import { StoreHeldError, type TokenStore } from './store/token-store.ts';

export interface BrokerDeps {
  /** The aliases that may exist; the first is the default. */
  readonly aliases: readonly string[];
  /** A file or folder of logins to adopt. */
  readonly seedPath: string | null;
  /** The Codex CLI's own login, used only while nothing was adopted. */
  readonly borrowPath: string | null;
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly revoke: Revoke;
  /** What an account needs beyond the store, the clock and the log. */
  readonly accountDeps: (alias: string) => Omit<RefreshLoopDeps, 'alias' | 'store' | 'clock' | 'log'>;
}

export type NotReadyReason = 'no_credentials' | 'store' | 'draining';

export interface Broker {
  /** @throws StoreHeldError when another broker owns the store */
  readonly start: () => Promise<void>;
  readonly tokens: () => Promise<TokensReply>;
  /** Null for an alias that is not there. */
  readonly reject: (alias: string, fingerprint: string) => Promise<RejectReply['result'] | null>;
  readonly accounts: () => AccountsReply;
  readonly views: () => readonly AccountView[];
  /** Takes up a login that a person brings; null for an alias that is not there. Rejects with the store's error. */
  readonly adopt: (alias: string, login: AdoptableLogin, terms: AdoptionTerms) => Promise<Adoption | null>;
  /** Ends a login; null for an alias that is not there. Rejects with the store's error. */
  readonly signOut: (alias: string) => Promise<SignOut | { readonly kind: 'borrowed' } | null>;
  readonly notReady: () => readonly NotReadyReason[];
  /** Finishes running refreshes and makes their outcome durable first. */
  readonly close: () => Promise<void>;
}

const WAIT_FOR_REFRESH_MS = 5_000;
const SEED_POLL_MS = 5_000;
const STORE_CHECK_MS = 30_000;

/** All accounts of one installation, and the answers that the HTTP routes give about them. */
export function createBroker(deps: BrokerDeps): Broker {
  const { aliases, clock } = deps;
  const storeWatch = createStoreWatch(deps);
  const seedWatch = createSeedWatch(deps);
  const owned = new Map<string, OwnedAccount>();
  let borrowed: Account | null = null;
  let draining = false;
  const find = (alias: string): Account | undefined =>
    alias === borrowed?.alias ? borrowed : owned.get(alias);
  const accounts = () => aliases.flatMap((alias) => find(alias) ?? []);
  const views = () => accounts().map((account) => account.view());
  const createOwned = (alias: string) => createOwnedAccount({ ...deps, ...deps.accountDeps(alias), alias });

  const start = async () => {
    borrowed = await borrowable(deps);
    for (const alias of aliases) if (alias !== borrowed?.alias) owned.set(alias, createOwned(alias));
    if (owned.size > 0) await storeWatch.start();
    await Promise.all([...owned.values()].map((account) => account.load()));
    if (owned.size > 0) await seedWatch.start([...owned.values()]);
    await Promise.all(accounts().map((account) => account.start()));
  };

  /** The first login of its own that a borrowed account gets: from then on it is owned. */
  const adoptOverBorrowed = async (lender: Account, login: AdoptableLogin, terms: AdoptionTerms) => {
    await storeWatch.start();
    const account = owned.get(lender.alias) ?? createOwned(lender.alias);
    owned.set(lender.alias, account);
    const adoption = await account.adopt(login, terms);
    if (adoption.kind !== 'adopted') return adoption;
    borrowed = null;
    await lender.close();
    return adoption;
  };

  return {
    start,
    views,
    tokens: async () => {
      const waiting = accounts().filter((account) => account.view().served === null);
      if (waiting.length > 0)
        await atMost(clock, WAIT_FOR_REFRESH_MS, Promise.all(waiting.map((account) => account.settled())));
      return toTokensReply(views(), aliases[0]);
    },
    reject: async (alias, fingerprint) => (await find(alias)?.reject(fingerprint)) ?? null,
    accounts: () => toAccountsReply(views(), aliases[0]),
    adopt: async (alias, login, terms) => {
      if (alias === borrowed?.alias) return adoptOverBorrowed(borrowed, login, terms);
      return (await owned.get(alias)?.adopt(login, terms)) ?? null;
    },
    signOut: async (alias) => {
      if (alias === borrowed?.alias) return { kind: 'borrowed' };
      return (await owned.get(alias)?.signOut(deps.revoke)) ?? null;
    },
    notReady: () => {
      const reasons: NotReadyReason[] = [];
      if (draining) reasons.push('draining');
      if (!storeWatch.isWritable()) reasons.push('store');
      if (!views().some(({ served }) => served !== null)) reasons.push('no_credentials');
      return reasons;
    },
    close: async () => {
      draining = true;
      storeWatch.stop();
      seedWatch.stop();
      await Promise.all(accounts().map((account) => account.close()));
      await deps.store.close();
    },
  };
}

/** The default account as a borrowed one, unless a login was set or adopted earlier. */
async function borrowable({
  aliases,
  seedPath,
  borrowPath,
  store,
  clock,
  log,
}: BrokerDeps): Promise<Account | null> {
  const [alias] = aliases;
  if (alias === undefined || borrowPath === null || seedPath !== null) return null;
  if ((await store.read(alias)).kind !== 'absent') return null;
  return createBorrowedAccount({ alias, path: borrowPath, clock, log });
}

/** Knows whether the store can be written: a broker that cannot write refreshes nothing. */
function createStoreWatch({ store, clock, log }: BrokerDeps) {
  let problem: string | null = null;
  let stop: (() => void) | null = null;
  const note = (next: string | null) => {
    if (next !== null && next !== problem) log.error({ code: next }, 'token store cannot be written');
    problem = next;
  };
  const check = async () => {
    try {
      await store.checkWritable();
      note(null);
    } catch (error) {
      if (error instanceof StoreHeldError && stop === null) throw error;
      note(errorCode(error));
    }
  };
  return {
    /** Once is enough; again is no harm. */
    start: async () => {
      if (stop !== null) return;
      await check();
      stop ??= poll(clock, STORE_CHECK_MS, check);
    },
    isWritable: () => problem === null,
    stop: () => stop?.(),
  };
}

/** Offers the seeds to their accounts, at start and whenever a new one may have come. */
function createSeedWatch({ seedPath, aliases, clock, log }: BrokerDeps) {
  const refused = new Set<string>();
  let stop: (() => void) | null = null;
  return {
    start: async (accounts: readonly OwnedAccount[]) => {
      const [defaultAlias] = aliases;
      if (seedPath === null || defaultAlias === undefined) return;
      const offer = async () => {
        for (const seed of await scanSeeds(seedPath, defaultAlias, clock.now())) {
          const account = accounts.find(({ alias }) => alias === seed.alias);
          if (account !== undefined) await account.offerSeed(seed);
          else if (!refused.has(seed.path)) {
            refused.add(seed.path);
            log.error(
              { path: seed.path, alias: seed.alias },
              'seed not taken: ACCOUNTS does not list its alias',
            );
          }
        }
      };
      await offer();
      stop = poll(clock, SEED_POLL_MS, offer);
    },
    stop: () => stop?.(),
  };
}

function atMost(clock: Clock, delayMs: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(delayMs, resolve);
    work.then(() => {
      cancel();
      resolve();
    }, reject);
  });
}
