import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { RejectReply, TokensReply, AccountsReply } from '@codex-gateway/wire/broker/contract.ts';
import type { AccountView } from './account.ts';
import type { OwnedAccount } from './owned-account.ts';
import { poll } from './poll.ts';
import { toAccountsReply, toTokensReply } from './replies.ts';
import { createRoster, type Roster, type RosterDeps } from './roster.ts';
import { scanSeeds } from './seeds.ts';
import { StoreHeldError } from './store/token-store.ts';

export type BrokerDeps = Omit<RosterDeps, 'beforeOwning'>;

export type NotReadyReason = 'no_credentials' | 'store' | 'draining';

export interface Broker {
  /** @throws StoreHeldError when another broker owns the store */
  readonly start: () => Promise<void>;
  readonly tokens: () => Promise<TokensReply>;
  /** Null for an alias that is not there. */
  readonly reject: (alias: string, fingerprint: string) => Promise<RejectReply['result'] | null>;
  readonly accounts: () => AccountsReply;
  readonly views: () => readonly AccountView[];
  readonly adopt: Roster['adopt'];
  readonly signOut: Roster['signOut'];
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
  const roster = createRoster({ ...deps, beforeOwning: storeWatch.start });
  let draining = false;
  const views = () => roster.accounts().map((account) => account.view());

  const start = async () => {
    const owned = await roster.fill();
    if (owned.length > 0) await seedWatch.start(owned);
    await Promise.all(roster.accounts().map((account) => account.start()));
  };

  return {
    start,
    views,
    tokens: async () => {
      const waiting = roster.accounts().filter((account) => account.view().served === null);
      if (waiting.length > 0)
        await atMost(clock, WAIT_FOR_REFRESH_MS, Promise.all(waiting.map((account) => account.settled())));
      return toTokensReply(views(), aliases[0]);
    },
    reject: async (alias, fingerprint) => (await roster.find(alias)?.reject(fingerprint)) ?? null,
    accounts: () => toAccountsReply(views(), aliases[0]),
    adopt: roster.adopt,
    signOut: roster.signOut,
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
      await Promise.all(roster.accounts().map((account) => account.close()));
      await deps.store.close();
    },
  };
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
