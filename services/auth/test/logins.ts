import { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { TokenRecord } from '../src/store/token-store.ts';

export const HOUR_MS = 3_600_000;
export const START_MS = Date.UTC(2027, 0, 1);

export interface TokenClaims {
  readonly issuedAt: number;
  readonly lifeMs: number;
  readonly accountId?: string;
  readonly plan?: string;
  /** Makes tokens of the same times differ. */
  readonly id?: string;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An access or id token with the claims of a real one and a signature that nobody checks. */
export function makeToken({
  issuedAt,
  lifeMs,
  accountId = 'acc-1',
  plan = 'pro',
  id = '1',
}: TokenClaims): string {
  const payload = {
    jti: id,
    iat: issuedAt / 1_000,
    exp: (issuedAt + lifeMs) / 1_000,
    'https://api.openai.com/auth': { chatgpt_account_id: accountId, chatgpt_plan_type: plan },
  };
  return `${encode({ alg: 'RS256' })}.${encode(payload)}.made-signature`;
}

/** A record with an access token of ten hours that was issued at `START_MS`. */
export function makeRecord(changes: Partial<TokenRecord> = {}): TokenRecord {
  return {
    generation: 1,
    refreshToken: new Secret('rt-1'),
    accessToken: new Secret(makeToken({ issuedAt: START_MS, lifeMs: 10 * HOUR_MS })),
    issuedAt: START_MS,
    expiresAt: START_MS + 10 * HOUR_MS,
    accountId: 'acc-1',
    plan: 'pro',
    lastRefreshAt: null,
    seedFingerprints: [],
    intent: null,
    failure: null,
    ...changes,
  };
}
