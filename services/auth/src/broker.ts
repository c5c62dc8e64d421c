import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { RejectReply, TokensReply, AccountsReply } from '@codex-gateway/wire/broker/contract.ts';
import type { Account, AccountView } from './account.ts';
import { createBorrowedAccount } from './borrowed-account.ts';
import { digest } from './digest.ts';
import { createOwnedAccount, type OwnedAccount } from './owned-account.ts';
import type { RefreshLoopDeps } from './refresh-loop.ts';
import { poll } from './poll.ts';
import { scanSeeds } from './seeds.ts';
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
  readonly notReady: () => readonly NotReadyReason[];
  /** Finishes running refreshes and makes their outcome durable first. */
  readonly close: () => Promise<void>;
}

const ASK_AGAIN_SECONDS = 60;
const WAIT_FOR_REFRESH_MS = 5_000;
const SEED_POLL_MS = 5_000;
const STORE_CHECK_MS = 30_000;

/** All accounts of one installation, and the answers that the HTTP routes give about them. */
export function createBroker(deps: BrokerDeps): Broker {
  const { aliases, clock } = deps;
  const storeWatch = createStoreWatch(deps);
  const seedWatch = createSeedWatch(deps);
  let accounts: readonly Account[] = [];
  let draining = false;
  const views = () => accounts.map((account) => account.view());

  const start = async () => {
    const borrowed = await borrowable(deps);
    const owned = aliases.flatMap((alias) =>
      alias === borrowed?.alias ? [] : [createOwnedAccount({ ...deps, ...deps.accountDeps(alias), alias })],
    );
    accounts = aliases.flatMap(
      (alias) =>
        [...(borrowed === null ? [] : [borrowed]), ...owned].find((account) => account.alias === alias) ?? [],
    );
    if (owned.length > 0) await storeWatch.start();
    await Promise.all(owned.map((account) => account.load()));
    if (owned.length > 0) await seedWatch.start(owned);
    await Promise.all(accounts.map((account) => account.start()));
  };

  return {
    start,
    views,
    tokens: async () => {
      const waiting = accounts.filter((account) => account.view().served === null);
      if (waiting.length > 0)
        await atMost(clock, WAIT_FOR_REFRESH_MS, Promise.all(waiting.map((account) => account.settled())));
      return toTokensReply(views(), aliases[0]);
    },
    reject: async (alias, fingerprint) => {
      const account = accounts.find((other) => other.alias === alias);
      return account === undefined ? null : account.reject(fingerprint);
    },
    accounts: () => ({ accounts: views().map((view) => toAccountReply(view, aliases[0])) }),
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
      await Promise.all(accounts.map((account) => account.close()));
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
    start: async () => {
      await check();
      stop = poll(clock, STORE_CHECK_MS, check);
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

function toTokensReply(views: readonly AccountView[], defaultAlias: string | undefined): TokensReply {
  return {
    accounts: views.flatMap(({ alias, served, accountId, plan, generation }) =>
      served === null
        ? []
        : [
            {
              alias,
              accountId,
              accessToken: served.accessToken.reveal(),
              fingerprint: digest(served.accessToken),
              expiresAt: toTime(served.expiresAt),
              plan,
              generation,
              default: alias === defaultAlias,
            },
          ],
    ),
    unavailable: views.flatMap(({ alias, served, state, message }) =>
      served === null ? [{ alias, state, message }] : [],
    ),
    refreshAfterSeconds: ASK_AGAIN_SECONDS,
  };
}

function toAccountReply(
  view: AccountView,
  defaultAlias: string | undefined,
): AccountsReply['accounts'][number] {
  const { alias, state, accountId, plan, generation, lastOutcome } = view;
  return {
    alias,
    state,
    accountId,
    plan,
    default: alias === defaultAlias,
    generation,
    accessTokenExpiresAt: view.accessTokenExpiresAt === null ? null : toTime(view.accessTokenExpiresAt),
    lastRefreshAt: view.lastRefreshAt === null ? null : toTime(view.lastRefreshAt),
    lastOutcome,
  };
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
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
