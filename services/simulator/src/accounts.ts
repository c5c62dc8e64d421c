import type { Account } from './account.ts';
import type { Ids } from './ids.ts';
import type { AccessTokens } from './issuer/access-tokens.ts';

/** What one login gave: every refresh token that descends from it dies with it. */
interface Grant {
  readonly account: Account;
  revoked: boolean;
}

interface RefreshToken {
  readonly grant: Grant;
  state: 'live' | 'spent' | 'expired' | 'invalidated';
}

export interface Tokens {
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** A login whose refresh token may be spent. */
export interface LiveGrant {
  readonly kind: 'live';
  readonly account: Account;
  /** New tokens; the refresh token that led here is dead from now on. */
  readonly rotate: () => Tokens;
  /** New access and id tokens; the refresh token stays alive. */
  readonly renewAccess: () => Omit<Tokens, 'refreshToken'>;
}

export type Redemption = LiveGrant | { readonly kind: 'reused' | 'expired' | 'invalidated' | 'unknown' };

/** The one owner of accounts, grants and refresh tokens. */
export interface Accounts {
  /** The account with this id, made on first use. */
  readonly account: (id: string, plan?: string) => Account;
  readonly logIn: (account: Account, accessTokenSeconds?: number) => Tokens;
  readonly redeem: (refreshToken: string) => Redemption;
  readonly setAccessTokenSeconds: (seconds: number) => void;
  readonly markRefreshToken: (refreshToken: string, state: 'expired' | 'invalidated') => void;
  /** Ends the login that this refresh token came from; false when the token is not known. */
  readonly revokeGrantOf: (refreshToken: string) => boolean;
  readonly revokeGrants: (accountId: string) => void;
}

export interface AccountsOptions {
  readonly ids: Ids;
  readonly accessTokens: AccessTokens;
  readonly accessTokenSeconds: number;
}

export const DEFAULT_PLAN = 'plus';

export function createAccounts({ ids, accessTokens, accessTokenSeconds }: AccountsOptions): Accounts {
  const accounts = new Map<string, Account>();
  const refreshTokens = new Map<string, RefreshToken>();
  let lifetime = accessTokenSeconds;

  function renew(account: Account, seconds = lifetime): Omit<Tokens, 'refreshToken'> {
    return { ...accessTokens.mint(account, seconds), expiresInSeconds: seconds };
  }

  function issue(grant: Grant, seconds = lifetime): Tokens {
    const refreshToken = ids.next('rt_');
    refreshTokens.set(refreshToken, { grant, state: 'live' });
    return { ...renew(grant.account, seconds), refreshToken };
  }

  function redeem(token: string): Redemption {
    const known = refreshTokens.get(token);
    if (known === undefined) return { kind: 'unknown' };
    if (known.grant.revoked || known.state === 'invalidated') return { kind: 'invalidated' };
    if (known.state === 'spent') return { kind: 'reused' };
    if (known.state === 'expired') return { kind: 'expired' };
    return {
      kind: 'live',
      account: known.grant.account,
      rotate: () => {
        known.state = 'spent';
        return issue(known.grant);
      },
      renewAccess: () => renew(known.grant.account),
    };
  }

  return {
    redeem,
    account: (id, plan) => {
      const known = accounts.get(id);
      if (known !== undefined && (plan === undefined || plan === known.plan)) return known;
      const made = { id, plan: plan ?? DEFAULT_PLAN, email: `${id}@example.com`, userId: `user-${id}` };
      accounts.set(id, made);
      return made;
    },
    logIn: (account, seconds) => issue({ account, revoked: false }, seconds),
    setAccessTokenSeconds: (seconds) => {
      lifetime = seconds;
    },
    markRefreshToken: (token, state) => {
      const known = refreshTokens.get(token);
      if (known !== undefined) known.state = state;
    },
    revokeGrantOf: (token) => {
      const known = refreshTokens.get(token);
      if (known === undefined) return false;
      known.grant.revoked = true;
      return true;
    },
    revokeGrants: (accountId) => {
      for (const { grant } of refreshTokens.values()) {
        if (grant.account.id === accountId) grant.revoked = true;
      }
    },
  };
}
