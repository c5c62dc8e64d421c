import type { Account } from '../account.ts';
import { fingerprintOf } from '../digest.ts';
import type { Ids } from '../ids.ts';
import { asObject, asText, type JsonObject } from '../json.ts';
import { readJwt, signJwt } from './jwt.ts';

/** The claim that carries the ChatGPT account of a token. */
export const AUTH_CLAIM = 'https://api.openai.com/auth';

const PROFILE_CLAIM = 'https://api.openai.com/profile';
const ID_TOKEN_SECONDS = 3600;

export type AccessTokenReading =
  | { readonly kind: 'valid'; readonly accountId: string }
  | { readonly kind: 'expired' }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'not_a_jwt' };

export interface AccessTokens {
  readonly mint: (account: Account, seconds: number) => { idToken: string; accessToken: string };
  readonly read: (token: string) => AccessTokenReading;
  /** By token text or by its fingerprint. */
  readonly revoke: (tokenOrFingerprint: string) => void;
  /** Every access token issued so far, of one account or of all. */
  readonly revokeAll: (accountId?: string) => void;
  readonly forgetRevocations: () => void;
}

export interface AccessTokensOptions {
  readonly now: () => number;
  readonly ids: Ids;
  readonly clientId: string;
  readonly issuer: () => string;
}

const EVERY_ACCOUNT = '*';

/** Access tokens are verified by signature alone, so those of an earlier run stay good until they expire. */
export function createAccessTokens({ now, ids, clientId, issuer }: AccessTokensOptions): AccessTokens {
  const revoked = new Set<string>();
  // tokens carry a serial number: revoking "all so far" is one number, whoever issued them
  const revokedUpTo = new Map<string, number>();

  function isSwept(serial: number, accountId: string): boolean {
    const limit = Math.max(revokedUpTo.get(EVERY_ACCOUNT) ?? -1, revokedUpTo.get(accountId) ?? -1);
    return serial <= limit;
  }

  return {
    mint: (account, seconds) => {
      const issuedAt = Math.floor(now() / 1000);
      const shared = { iss: issuer(), iat: issuedAt, ...personClaims(account) };
      const accessToken = signJwt({
        ...shared,
        aud: ['https://api.openai.com/v1'],
        client_id: clientId,
        exp: issuedAt + seconds,
        jti: ids.next('jti_'),
        serial: ids.nextNumber(),
        [PROFILE_CLAIM]: { email: account.email, email_verified: true },
        scp: ['openid', 'profile', 'email', 'offline_access'],
      });
      const idToken = signJwt({
        ...shared,
        aud: [clientId],
        exp: issuedAt + ID_TOKEN_SECONDS,
        email: account.email,
        email_verified: true,
      });
      return { idToken, accessToken };
    },
    read: (token) => {
      const reading = readJwt(token);
      if (reading.kind === 'not_a_jwt') return { kind: 'not_a_jwt' };
      if (reading.kind === 'forged') return { kind: 'revoked' };
      const { exp, serial, [AUTH_CLAIM]: auth } = reading.claims;
      if (typeof exp !== 'number' || exp * 1000 <= now()) return { kind: 'expired' };
      const accountId = asText(asObject(auth)['chatgpt_account_id']);
      const swept = typeof serial === 'number' && isSwept(serial, accountId);
      if (swept || revoked.has(fingerprintOf(token))) return { kind: 'revoked' };
      return { kind: 'valid', accountId };
    },
    revoke: (token) => {
      revoked.add(token.includes('.') ? fingerprintOf(token) : token);
    },
    revokeAll: (accountId = EVERY_ACCOUNT) => {
      revokedUpTo.set(accountId, ids.nextNumber());
    },
    forgetRevocations: () => {
      revoked.clear();
      revokedUpTo.clear();
    },
  };
}

function personClaims({ id, plan, userId }: Account): JsonObject {
  return {
    sub: userId,
    [AUTH_CLAIM]: {
      chatgpt_account_id: id,
      chatgpt_plan_type: plan,
      chatgpt_user_id: userId,
      user_id: userId,
    },
  };
}
