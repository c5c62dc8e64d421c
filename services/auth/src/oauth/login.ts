import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import { readClaims } from './claims.ts';

/** The access half of a login: what callers may be given. Times in milliseconds since the epoch. */
export interface AccessGrant {
  readonly accessToken: Secret;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly accountId: string | null;
  readonly plan: string | null;
}

/** A login that the broker can take over. */
export interface AdoptableLogin {
  readonly refreshToken: Secret;
  readonly access: AccessGrant;
  readonly lastRefreshAt: number | null;
}

/** What the issuer gives for an authorization code. */
export interface IssuedLogin {
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  readonly idToken: Secret;
}

/** What a login or a refresh brought, before its claims are read. */
export interface IssuedTokens {
  readonly accessToken: Secret;
  readonly idToken: Secret | null;
  /** The workspace that was named beside the tokens; wins over the claims. */
  readonly accountId: string | null;
  /** When the tokens were issued, for tokens that do not say so themselves. */
  readonly obtainedAt: number;
}

/** How long a token without `exp` is taken to live: openai/codex refreshes such a token after 8 days. */
export const LIFE_WITHOUT_EXPIRY_MS = 8 * 24 * 3_600_000;

/** Reads expiry, account and plan from the tokens. The id token is read here and kept nowhere. */
export function toAccessGrant({ accessToken, idToken, accountId, obtainedAt }: IssuedTokens): AccessGrant {
  const claims = readClaims(accessToken);
  const identity = idToken === null ? null : readClaims(idToken);
  return {
    accessToken,
    issuedAt: claims.issuedAt ?? obtainedAt,
    expiresAt: claims.expiresAt ?? obtainedAt + LIFE_WITHOUT_EXPIRY_MS,
    accountId: accountId ?? identity?.accountId ?? claims.accountId,
    plan: identity?.plan ?? claims.plan,
  };
}

/** A login that was issued at this moment. */
export function toAdoptableLogin(
  { accessToken, idToken, refreshToken }: IssuedLogin,
  now: number,
): AdoptableLogin {
  const access = toAccessGrant({ accessToken, idToken, accountId: null, obtainedAt: now });
  return { refreshToken, access, lastRefreshAt: now };
}
