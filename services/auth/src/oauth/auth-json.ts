import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { z } from 'zod';
import { readClaims } from './claims.ts';
import { toAccessGrant, type AccessGrant, type AdoptableLogin, type IssuedLogin } from './login.ts';

export type AuthJson<Login> =
  | { readonly ok: true; readonly login: Login }
  | { readonly ok: false; readonly problem: string };

const token = z
  .string({ error: (issue) => (issue.input === undefined ? 'missing' : 'must be a string') })
  .min(1, 'empty')
  .transform((value) => new Secret(value));

const borrowableSchema = z.object({
  tokens: z.object(
    {
      id_token: token.nullish(),
      access_token: token,
      account_id: z.string('must be a string').nullish(),
    },
    'missing: this file holds no ChatGPT login',
  ),
  last_refresh: z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time' }).nullish(),
});

const adoptableSchema = z.object({
  ...borrowableSchema.shape,
  tokens: z.object(
    { ...borrowableSchema.shape.tokens.shape, refresh_token: token },
    'missing: this file holds no ChatGPT login',
  ),
});

/**
 * Reads the access half of a Codex `auth.json`; the refresh token is not even looked at.
 * Format: openai/codex login/src/auth/storage.rs. A problem names the field, never its value.
 */
export function parseBorrowableLogin(source: string, now: number): AuthJson<AccessGrant> {
  const file = parse(borrowableSchema, source);
  return file.ok ? { ok: true, login: accessOf(file.login, now) } : file;
}

/** Reads a whole login from a Codex `auth.json`, to be owned by the broker from then on. */
export function parseAdoptableLogin(source: string, now: number): AuthJson<AdoptableLogin> {
  const file = parse(adoptableSchema, source);
  if (!file.ok) return file;
  const lastRefresh = file.login.last_refresh;
  return {
    ok: true,
    login: {
      refreshToken: file.login.tokens.refresh_token,
      access: accessOf(file.login, now),
      lastRefreshAt: lastRefresh ? Date.parse(lastRefresh) : null,
    },
  };
}

/** The `auth.json` of a login that was issued now, as the Codex CLI would have written it. */
export function toAuthJson({ idToken, accessToken, refreshToken }: IssuedLogin, now: number): string {
  const file = {
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: idToken.reveal(),
      access_token: accessToken.reveal(),
      refresh_token: refreshToken.reveal(),
      account_id: readClaims(idToken).accountId ?? undefined,
    },
    last_refresh: new Date(now).toISOString(),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function accessOf({ tokens, last_refresh }: z.infer<typeof borrowableSchema>, now: number): AccessGrant {
  return toAccessGrant({
    accessToken: tokens.access_token,
    idToken: tokens.id_token ?? null,
    accountId: tokens.account_id ?? null,
    obtainedAt: last_refresh ? Date.parse(last_refresh) : now,
  });
}

function parse<Schema extends z.ZodType>(schema: Schema, source: string): AuthJson<z.infer<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    // the parser's message quotes the text, which holds tokens
    return { ok: false, problem: 'not valid JSON' };
  }
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, login: result.data };
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`);
  return { ok: false, problem: problems.join('; ') };
}
