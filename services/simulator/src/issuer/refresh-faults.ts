import { z } from 'zod';

/** What can go wrong with a refresh. "after_rotation" kinds have spent the token when they fail. */
export const refreshFaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum([
      'refresh_token_expired',
      'refresh_token_reused',
      'refresh_token_invalidated',
      'invalid_grant',
      'hang',
      'hang_after_rotation',
      'drop',
      'drop_after_rotation',
      'no_refresh_token',
      'no_id_token',
      'malformed',
      'malformed_after_rotation',
      'html',
    ]),
  }),
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(400).max(599),
    retryAfterSeconds: z.int().min(0).optional(),
  }),
]);

export type RefreshFault = z.infer<typeof refreshFaultSchema>;
