import { z } from 'zod';

/** Why a refresh token is of no more use: a person has to sign in again. */
export type PermanentReason = 'expired' | 'reused' | 'revoked' | 'refused';

/** An answer that did not spend the refresh token: the same one may be sent again after a pause. */
export type TransientCause = 'http_5xx' | 'http_429' | 'http_4xx';

export type Refusal =
  | { readonly kind: 'permanent'; readonly reason: PermanentReason }
  | { readonly kind: 'transient'; readonly cause: TransientCause };

/** Codes that decide whatever the status is. Source: openai/codex login/src/auth/manager.rs. */
const PERMANENT_CODES: ReadonlyMap<string, PermanentReason> = new Map([
  ['refresh_token_expired', 'expired'],
  ['refresh_token_reused', 'reused'],
  ['refresh_token_invalidated', 'revoked'],
]);

const errorBodySchema = z.object({
  error: z.union([z.string(), z.object({ code: z.string().nullish() })]).nullish(),
  code: z.string().nullish(),
});

/** Sorts an answer that is no success by its status and code; its wording never decides. */
export function classifyRefusal(status: number, body: unknown): Refusal {
  const code = readCode(body);
  const reason = code === null ? undefined : PERMANENT_CODES.get(code);
  if (reason !== undefined) return { kind: 'permanent', reason };
  if (status === 401) return { kind: 'permanent', reason: 'refused' };
  if (status === 400 && code === 'invalid_grant') return { kind: 'permanent', reason: 'refused' };
  if (status === 429) return { kind: 'transient', cause: 'http_429' };
  return { kind: 'transient', cause: status >= 500 ? 'http_5xx' : 'http_4xx' };
}

/** The error code of an answer, in whichever of its three places it stands. */
export function readCode(body: unknown): string | null {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return null;
  const { error, code } = parsed.data;
  if (typeof error === 'string') return error;
  return error?.code ?? code ?? null;
}
