import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import { z } from 'zod';

/** What the broker reads from a token of the issuer. Times in milliseconds since the epoch. */
export interface Claims {
  readonly expiresAt: number | null;
  readonly issuedAt: number | null;
  readonly accountId: string | null;
  readonly plan: string | null;
}

const NO_CLAIMS: Claims = { expiresAt: null, issuedAt: null, accountId: null, plan: null };

/** The end of the year 9999: later instants have no RFC 3339 form. */
const LAST_SECOND = 253_402_300_799;

const seconds = z
  .number()
  .min(0)
  .max(LAST_SECOND)
  .transform((value) => value * 1_000)
  .nullable()
  .catch(null);
const text = z.string().min(1).nullable().catch(null);

// one claim of an unexpected type must not cost the others, hence a catch for each
const payloadSchema = z.object({
  exp: seconds.default(null),
  iat: seconds.default(null),
  'https://api.openai.com/auth': z
    .object({ chatgpt_account_id: text.default(null), chatgpt_plan_type: text.default(null) })
    .catch({ chatgpt_account_id: null, chatgpt_plan_type: null })
    .default({ chatgpt_account_id: null, chatgpt_plan_type: null }),
});

/**
 * Reads the payload of a JWT without checking its signature: the token came from the issuer over TLS, or from the
 * operator. Anything that is no JWT has no claims. Claim names: openai/codex login/src/token_data.rs.
 */
export function readClaims(token: Secret): Claims {
  const parts = token.reveal().split('.');
  const [, payload] = parts;
  if (parts.length !== 3 || payload === undefined) return NO_CLAIMS;
  const parsed = payloadSchema.safeParse(parseJson(Buffer.from(payload, 'base64url').toString('utf8')));
  if (!parsed.success) return NO_CLAIMS;
  const account = parsed.data['https://api.openai.com/auth'];
  return {
    expiresAt: parsed.data.exp,
    issuedAt: parsed.data.iat,
    accountId: account.chatgpt_account_id,
    plan: account.chatgpt_plan_type,
  };
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // a token that only looks like a JWT is opaque to us
    return undefined;
  }
}
