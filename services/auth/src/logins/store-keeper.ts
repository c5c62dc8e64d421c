import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { adoptLogin } from '../adopt.ts';
import type { Revoke } from '../oauth/revoke.ts';
import { toView, UNKNOWN_STANDING } from '../owned-standing.ts';
import { toAccountsReply } from '../replies.ts';
import { signOut } from '../sign-out.ts';
import type { TokenStore } from '../store/token-store.ts';
import type { AccountKeeper } from './logins.ts';

export interface StoreKeeperDeps {
  readonly aliases: readonly string[];
  readonly store: TokenStore;
  readonly revoke: Revoke;
  readonly clock: Clock;
}

/** The accounts as their records say, while no broker runs: nothing is refreshed here. */
export function createStoreKeeper({ aliases, store, revoke, clock }: StoreKeeperDeps): AccountKeeper {
  const viewOf = async (alias: string) => {
    const reading = await store.read(alias);
    return toView(alias, { ...UNKNOWN_STANDING, reading }, clock.now());
  };
  return {
    aliases,
    accounts: async () => toAccountsReply(await Promise.all(aliases.map(viewOf)), aliases[0]),
    adopt: async (alias, login, terms) =>
      aliases.includes(alias) ? adoptLogin(store, alias, login, terms) : null,
    signOut: async (alias) => (aliases.includes(alias) ? signOut(store, alias, revoke) : null),
  };
}
