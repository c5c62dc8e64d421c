import { z } from 'zod';
import { anyObject, listOf } from '../lists.ts';

/** One loose shape for all kinds of tools; which members a kind needs is checked where it is mapped. */
export const toolSchema = z.object({
  type: z.string().nullish(),
  name: z.string().min(1).nullish(),
  description: z.string().nullish(),
  input_schema: anyObject.nullish(),
  strict: z.boolean().nullish(),
  defer_loading: z.boolean().nullish(),
  allowed_callers: listOf(z.string()).nullish(),
  allowed_domains: listOf(z.string()).nullish(),
  blocked_domains: listOf(z.string()).nullish(),
  max_uses: z.number().nullish(),
  user_location: anyObject.nullish(),
  display_width_px: z.number().nullish(),
  display_height_px: z.number().nullish(),
});
export type Tool = z.infer<typeof toolSchema>;
