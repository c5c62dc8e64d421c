import type { Tokens } from '../accounts.ts';
import { fingerprintOf } from '../digest.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import type { JsonObject } from '../json.ts';

const SECRETS = ['refresh_token', 'code', 'code_verifier', 'subject_token', 'token'] as const;

/** The journal tells which secret came, by its SHA-256. */
export function withoutSecrets(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const isSecret = typeof value === 'string' && SECRETS.some((secret) => secret === name);
      return [name, isSecret ? `sha256:${fingerprintOf(value)}` : value];
    }),
  );
}

/** The answer of the token endpoint; tokens that are absent are left out. */
export function tokensReply(tokens: Partial<Tokens>): Reply {
  return jsonReply(
    200,
    {
      id_token: tokens.idToken,
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      token_type: 'Bearer',
      expires_in: tokens.expiresInSeconds,
      scope: 'openid profile email offline_access',
    },
    { 'cache-control': 'no-store' },
  );
}
