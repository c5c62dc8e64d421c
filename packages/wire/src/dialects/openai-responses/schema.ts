import { z } from 'zod';
import { anyObject, listOf, mapOf } from '../lists.ts';

/**
 * A client's `POST /responses` body. Known fields are typed strictly, unknown ones pass. Items of `input` and tools are
 * read by their own type later (input-items.ts, tools.ts), so that an error names the exact place.
 */

const count = z.int().min(1).nullish();
const summary = z.enum(['auto', 'concise', 'detailed']).nullish();

export const requestSchema = z.object({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(z.unknown())]).nullish(),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_obfuscation: z.boolean().nullish() }).nullish(),
  store: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  tools: listOf(z.looseObject({ type: z.string() })).nullish(),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.string() })]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning: z
    .object({
      effort: z.string().min(1).nullish(),
      summary,
      generate_summary: summary,
      context: z.string().nullish(),
      mode: z.string().nullish(),
    })
    .nullish(),
  /** The name of the Chat API, which some clients send here. */
  reasoning_effort: z.string().min(1).nullish(),
  text: z
    .object({
      format: z.looseObject({ type: z.string() }).nullish(),
      verbosity: z.enum(['low', 'medium', 'high']).nullish(),
    })
    .nullish(),
  include: listOf(z.string()).nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.string().nullish(),
  prompt_cache_options: anyObject.nullish(),
  service_tier: z.string().nullish(),
  max_output_tokens: count,
  max_completion_tokens: count,
  max_tokens: count,
  max_tool_calls: z.int().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_logprobs: z.int().nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  truncation: z.string().nullish(),
  metadata: mapOf(z.string()).nullish(),
  client_metadata: anyObject.nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  moderation: anyObject.nullish(),
  conversation: z.union([z.string(), anyObject]).nullish(),
  background: z.boolean().nullish(),
  prompt: anyObject.nullish(),
  context_management: z.array(z.unknown()).nullish(),
  image: anyObject.nullish(),
  access_programs: anyObject.nullish(),
});
export type ResponsesRequest = z.infer<typeof requestSchema>;
