import { accountsReplySchema, type AccountsReply } from '@codex-gateway/wire/broker/contract.ts';
import { z } from 'zod';

/** What the broker and an operator's tools say to each other about logins. Nothing here can carry a token out. */

/** Body of `POST /v1/login/device`. */
export const deviceRequestSchema = z.object({
  /** The default account when absent. */
  alias: z.string('must be a string').optional(),
  /** Whether a record of another ChatGPT account may be replaced. */
  replace: z.boolean('must be true or false').default(false),
});
export type DeviceRequest = z.infer<typeof deviceRequestSchema>;

/** Answer of `POST /v1/login/device` and `GET /v1/login/device/{id}`. */
export const deviceLoginSchema = z.object({
  id: z.string(),
  alias: z.string(),
  state: z.enum(['pending', 'complete', 'expired', 'denied', 'failed']),
  verificationUri: z.string(),
  userCode: z.string(),
  /** RFC 3339. */
  expiresAt: z.string(),
  /** How often it is worth asking. */
  intervalSeconds: z.number(),
  /** Why it did not complete. */
  message: z.string().optional(),
});
export type DeviceLogin = z.infer<typeof deviceLoginSchema>;

/** What an adopted login made of its account; answer of `POST /v1/accounts/{alias}/import`. */
export const accountReplySchema = accountsReplySchema.shape.accounts.element;
export type AccountReply = AccountsReply['accounts'][number];

/** Answer of `DELETE /v1/accounts/{alias}`. */
export const logoutReplySchema = z.object({
  alias: z.string(),
  result: z.enum(['signed_out', 'not_signed_in']),
  /** Whether the issuer has ended the login, too. */
  revoked: z.boolean(),
  /** Why it has not. */
  message: z.string().optional(),
});
export type LogoutReply = z.infer<typeof logoutReplySchema>;
