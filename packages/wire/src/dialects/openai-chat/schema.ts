import { z } from 'zod';
import { anyObject, listOf, mapOf } from '../lists.ts';

/**
 * The body of `POST /chat/completions`: all fields of `ChatCompletionCreateParamsBase` (openai 7.55.0), then those that
 * other clients are known to send. What a known field holds is checked, unknown members pass: clients are often ahead
 * of this list.
 */

/** A content part; which types there are and what each needs is decided in `parts.ts`. */
const contentPart = z.looseObject({ type: z.string() });
export type RawPart = z.infer<typeof contentPart>;

/** One part without its list, and texts without their parts, are what some clients send. */
const onePart = z.union([z.string(), contentPart]);
const content = z.union([onePart, listOf(onePart)]);
export type RawContent = z.infer<typeof content>;

/** The upstream takes no empty name and no empty id. */
const name = z.string().min(1);
const callId = z.string().min(1);

/** An object instead of a JSON text is what some clients send; it is made into one. */
const jsonText = z.union([z.string(), anyObject]).nullish();
export type JsonText = z.infer<typeof jsonText>;

const functionCall = z.object({ name, arguments: jsonText });
const toolCall = z.discriminatedUnion('type', [
  z.object({ type: z.literal('function').optional(), id: callId, function: functionCall }),
  z.object({
    type: z.literal('custom'),
    id: callId,
    custom: z.object({ name, input: z.string() }),
  }),
]);
export type RawToolCall = z.infer<typeof toolCall>;

// `name` may stand on any message; it is not sent: the upstream has no such member.
const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content }),
  z.object({ role: z.literal('user'), content }),
  z.object({
    role: z.literal('assistant'),
    content: content.nullish(),
    refusal: z.string().nullish(),
    tool_calls: listOf(toolCall).nullish(),
    function_call: functionCall.nullish(),
    audio: z.unknown().optional(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: callId, content }),
  z.object({ role: z.literal('function'), name, content: z.string().nullish() }),
]);
export type RawMessage = z.infer<typeof message>;
export type AssistantMessage = Extract<RawMessage, { role: 'assistant' }>;

const functionDefinition = z.object({
  name,
  description: z.string().nullish(),
  parameters: anyObject.nullish(),
  strict: z.boolean().nullish(),
});
export type FunctionDefinition = z.infer<typeof functionDefinition>;
export const functionDefinitionSchema = functionDefinition;

const taggedObject = z.looseObject({ type: z.string() });
export type TaggedObject = z.infer<typeof taggedObject>;

const place = z.object({
  city: z.string().nullish(),
  country: z.string().nullish(),
  region: z.string().nullish(),
  timezone: z.string().nullish(),
});

const moderationStep = z.object({ mode: z.enum(['score', 'block']) }).nullish();

const tokenLimit = z.int().min(1).nullish();

export const chatRequestSchema = z.object({
  messages: listOf(message, 1),
  model: z.string().min(1),
  audio: z.looseObject({}).nullish(),
  frequency_penalty: z.number().nullish(),
  function_call: z.union([z.enum(['none', 'auto']), z.object({ name })]).nullish(),
  functions: listOf(functionDefinition).nullish(),
  logit_bias: mapOf(z.number()).nullish(),
  logprobs: z.boolean().nullish(),
  max_completion_tokens: tokenLimit,
  max_tokens: tokenLimit,
  metadata: mapOf(z.string()).nullish(),
  modalities: listOf(z.string()).nullish(),
  moderation: z
    .looseObject({
      policy: z.looseObject({ input: moderationStep, output: moderationStep }).nullish(),
    })
    .nullish(),
  n: z.int().nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  prediction: z.looseObject({}).nullish(),
  presence_penalty: z.number().nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_options: z.looseObject({}).nullish(),
  prompt_cache_retention: z.string().nullish(),
  reasoning_effort: z.string().min(1).nullish(),
  response_format: taggedObject.nullish(),
  safety_identifier: z.string().nullish(),
  seed: z.int().nullish(),
  service_tier: z.string().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().nullish(),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), taggedObject]).nullish(),
  tools: listOf(taggedObject).nullish(),
  top_logprobs: z.int().nullish(),
  top_p: z.number().nullish(),
  user: z.string().nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  web_search_options: z
    .looseObject({
      search_context_size: z.enum(['low', 'medium', 'high']).nullish(),
      user_location: z.looseObject({ approximate: place }).nullish(),
    })
    .nullish(),
  /** OpenRouter and LangChain. */
  reasoning: z
    .looseObject({
      effort: z.string().min(1).nullish(),
      summary: z.enum(['auto', 'concise', 'detailed', 'none']).nullish(),
    })
    .nullish(),
  /** OpenRouter's way to ask for usage. */
  usage: z.looseObject({ include: z.boolean().nullish() }).nullish(),
  max_output_tokens: tokenLimit,
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;
