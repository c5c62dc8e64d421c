import { z } from 'zod';
import { anyObject, listOf } from '../lists.ts';
import { messageSchema, systemContent } from './blocks.ts';
import { toolSchema } from './tool-schema.ts';

const parallel = { disable_parallel_tool_use: z.boolean().nullish() };
const toolChoiceSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auto'), ...parallel }),
  z.object({ type: z.literal('any'), ...parallel }),
  z.object({ type: z.literal('tool'), name: z.string().min(1), ...parallel }),
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
  schema: anyObject,
});

/** The body of `POST /messages`. Fields that cannot be honoured are named here too, so that their types are checked. */
export const messagesSchema = z.object({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  messages: listOf(messageSchema, 1),
  system: systemContent.nullish(),
  tools: listOf(toolSchema).nullish(),
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
  stop_sequences: listOf(z.string()).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.number().nullish(),
  context_management: z.unknown().optional(),
  container: z.unknown().optional(),
  mcp_servers: z.array(z.unknown()).nullish(),
  compaction: z.unknown().optional(),
});
export type MessagesBody = z.infer<typeof messagesSchema>;
