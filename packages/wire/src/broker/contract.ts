import { z } from 'zod';

/**
 * What the token broker and the gateways say to each other. The refresh token has no place here: nothing in this file
 * can carry one.
 */

export const accountStateSchema = z.enum([
  'ok',
  'refreshing',
  'in_doubt',
  'reauth_required',
  'unseeded',
  'borrowed',
]);
export type AccountState = z.infer<typeof accountStateSchema>;

/** One account that can be used now. */
export const servedAccountSchema = z.object({
  alias: z.string(),
  /** The ChatGPT workspace id, sent upstream as `chatgpt-account-id`; null when no login ever told it. */
  accountId: z.string().nullable(),
  accessToken: z.string(),
  /** Hex SHA-256 of the access token; only its first eight characters may be logged. */
  fingerprint: z.string(),
  /** RFC 3339. */
  expiresAt: z.string(),
  plan: z.string().nullable(),
  /** Counts the durable token records of this account; grows by one with each refresh. */
  generation: z.number().int(),
  default: z.boolean(),
});
export type ServedAccount = z.infer<typeof servedAccountSchema>;

/** One account that cannot be used, with a sentence for the operator. */
export const unavailableAccountSchema = z.object({
  alias: z.string(),
  state: accountStateSchema,
  message: z.string(),
});
export type UnavailableAccount = z.infer<typeof unavailableAccountSchema>;

/** Answer of `POST /v1/tokens`; an empty list is still a 200. */
export const tokensReplySchema = z.object({
  accounts: z.array(servedAccountSchema),
  unavailable: z.array(unavailableAccountSchema),
  /** How often a gateway should ask again, in seconds. */
  refreshAfterSeconds: z.number(),
});
export type TokensReply = z.infer<typeof tokensReplySchema>;

/** Body of `POST /v1/tokens/{alias}/reject`: the backend refused this token. */
export const rejectRequestSchema = z.object({ fingerprint: z.string() });
export type RejectRequest = z.infer<typeof rejectRequestSchema>;

/** `not_current`: the refused token had already been replaced, so nothing was refreshed. */
export const rejectReplySchema = z.object({ result: z.enum(['refreshed', 'not_current', 'unavailable']) });
export type RejectReply = z.infer<typeof rejectReplySchema>;

/** Answer of `GET /v1/accounts`: every account, without secrets. Times are RFC 3339 or null. */
export const accountsReplySchema = z.object({
  accounts: z.array(
    z.object({
      alias: z.string(),
      state: accountStateSchema,
      accountId: z.string().nullable(),
      plan: z.string().nullable(),
      default: z.boolean(),
      generation: z.number().int(),
      accessTokenExpiresAt: z.string().nullable(),
      lastRefreshAt: z.string().nullable(),
      lastOutcome: z.string().nullable(),
    }),
  ),
});
export type AccountsReply = z.infer<typeof accountsReplySchema>;
