import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { Account } from './account.ts';
import type { Adoption, AdoptionTerms } from './adopt.ts';
import { createBorrowedAccount } from './borrowed-account.ts';
import type { AdoptableLogin } from './oauth/login.ts';
import type { Revoke } from './oauth/revoke.ts';
import { createOwnedAccount, type OwnedAccount } from './owned-account.ts';
import type { RefreshLoopDeps } from './refresh-loop.ts';
import type { SignOut } from './sign-out.ts';
import type { TokenStore } from './store/token-store.ts';

export interface RosterDeps {
  /** The aliases that may exist; the first is the default. */
  readonly aliases: readonly string[];
  /** A file or folder of logins to adopt; when there is one, none is borrowed. */
  readonly seedPath: string | null;
  /** The Codex CLI's own login, used only while nothing was adopted. */
  readonly borrowPath: string | null;
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly revoke: Revoke;
  /** What an account needs beyond the store, the clock and the log. */
  readonly accountDeps: (alias: string) => Omit<RefreshLoopDeps, 'alias' | 'store' | 'clock' | 'log'>;
  /** Called before the first login is owned, and perhaps again. */
  readonly beforeOwning: () => Promise<void>;
}

/** Which accounts there are, and whose the login of each is. */
export interface Roster {
  /** Reads what is known of the accounts; resolves with those whose logins are ours. */
  readonly fill: () => Promise<readonly OwnedAccount[]>;
  readonly accounts: () => readonly Account[];
  readonly find: (alias: string) => Account | undefined;
  /** Takes up a login that a person brings; null for an alias that is not there. Rejects with the store's error. */
  readonly adopt: (alias: string, login: AdoptableLogin, terms: AdoptionTerms) => Promise<Adoption | null>;
  /** Ends a login; null for an alias that is not there. Rejects with the store's error. */
  readonly signOut: (alias: string) => Promise<SignOut | { readonly kind: 'borrowed' } | null>;
}

export function createRoster(deps: RosterDeps): Roster {
  const { aliases, beforeOwning } = deps;
  const owned = new Map<string, OwnedAccount>();
  let borrowed: Account | null = null;
  const find = (alias: string): Account | undefined =>
    alias === borrowed?.alias ? borrowed : owned.get(alias);
  const own = (alias: string): OwnedAccount => {
    const account = owned.get(alias) ?? createOwnedAccount({ ...deps, ...deps.accountDeps(alias), alias });
    owned.set(alias, account);
    return account;
  };

  /** The first login of its own that a borrowed account gets; from then on it is owned. */
  const adoptOver = async (lender: Account, login: AdoptableLogin, terms: AdoptionTerms) => {
    await beforeOwning();
    const adoption = await own(lender.alias).adopt(login, terms);
    if (adoption.kind !== 'adopted') return adoption;
    borrowed = null;
    await lender.close();
    return adoption;
  };

  return {
    fill: async () => {
      borrowed = await borrowable(deps);
      const ours = aliases.filter((alias) => alias !== borrowed?.alias).map(own);
      if (ours.length > 0) await beforeOwning();
      await Promise.all(ours.map((account) => account.load()));
      return ours;
    },
    accounts: () => aliases.flatMap((alias) => find(alias) ?? []),
    find,
    adopt: async (alias, login, terms) => {
      if (alias === borrowed?.alias) return adoptOver(borrowed, login, terms);
      return (await owned.get(alias)?.adopt(login, terms)) ?? null;
    },
    signOut: async (alias) => {
      if (alias === borrowed?.alias) return { kind: 'borrowed' };
      return (await owned.get(alias)?.signOut(deps.revoke)) ?? null;
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
}: RosterDeps): Promise<Account | null> {
  const [alias] = aliases;
  if (alias === undefined || borrowPath === null || seedPath !== null) return null;
  if ((await store.read(alias)).kind !== 'absent') return null;
  return createBorrowedAccount({ alias, path: borrowPath, clock, log });
}
