import { z } from 'zod';
import { messageSchema, systemContent } from './blocks.ts';

/** One loose shape for all kinds of tools; which members a kind needs is checked where it is mapped. */
const toolSchema = z.object({
  type: z.string().nullish(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
  defer_loading: z.boolean().nullish(),
  allowed_callers: z.array(z.string()).nullish(),
  allowed_domains: z.array(z.string()).nullish(),
  blocked_domains: z.array(z.string()).nullish(),
  max_uses: z.number().nullish(),
  user_location: z.record(z.string(), z.unknown()).nullish(),
  display_width_px: z.number().nullish(),
  display_height_px: z.number().nullish(),
});
export type Tool = z.infer<typeof toolSchema>;

const parallel = { disable_parallel_tool_use: z.boolean().nullish() };
const toolChoiceSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auto'), ...parallel }),
  z.object({ type: z.literal('any'), ...parallel }),
  z.object({ type: z.literal('tool'), name: z.string(), ...parallel }),
  z.object({ type: z.literal('none'), ...parallel }),
]);
export type AnthropicToolChoice = z.infer<typeof toolChoiceSchema>;

const thinkingSchema = z.object({
  type: z.enum(['enabled', 'disabled', 'adaptive', 'between_tools']),
  budget_tokens: z.number().nullish(),
  display: z.string().nullish(),
});
export type Thinking = z.infer<typeof thinkingSchema>;

const formatSchema = z.object({
  type: z.literal('json_schema'),
  schema: z.record(z.string(), z.unknown()),
});

/** The body of `POST /messages`. Fields that cannot be honoured are named here too, so that their types are checked. */
export const messagesSchema = z.object({
  model: z.string().min(1, 'must not be empty'),
  max_tokens: z.int().min(1, 'must be at least 1'),
  messages: z.array(messageSchema).min(1, 'at least one message is required'),
  system: systemContent.nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  thinking: thinkingSchema.nullish(),
  output_config: z
    .object({
      effort: z.string().nullish(),
      format: formatSchema.nullish(),
      task_budget: z.unknown().optional(),
    })
    .nullish(),
  output_format: formatSchema.nullish(),
  metadata: z.object({ user_id: z.string().nullish() }).nullish(),
  stream: z.boolean().nullish(),
  speed: z.enum(['standard', 'fast']).nullish(),
  service_tier: z.string().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().nullish(),
  context_management: z.unknown().optional(),
  container: z.unknown().optional(),
  mcp_servers: z.array(z.unknown()).nullish(),
  compaction: z.unknown().optional(),
});
export type MessagesBody = z.infer<typeof messagesSchema>;
