import {
  decimal,
  flag,
  list,
  object,
  oneOf,
  parameters,
  text,
  textOrList,
  textOrObject,
  whole,
} from '../parameters.ts';

const LEAST_OUTPUT_TOKENS = 16;
const MOST_TOP_LOGPROBS = 20;

const RETENTIONS = ['in_memory', '24h'] as const;
const TIERS = ['auto', 'default', 'fast', 'flex', 'priority', 'scale'] as const;

/** What says what is asked, in `/responses` as in its two companions. */
const INPUT = { model: text, input: textOrList, instructions: text, previous_response_id: text };
const CACHE = {
  prompt_cache_key: text,
  prompt_cache_options: object,
  prompt_cache_retention: oneOf(...RETENTIONS),
};
const TOOLS = { tools: list, tool_choice: textOrObject, parallel_tool_calls: flag };
const TRUNCATION = { truncation: oneOf('auto', 'disabled') };

/** `POST /responses` (openai-node 7.55.0, ResponseCreateParams). */
export const RESPONSE_PARAMETERS = parameters({
  ...INPUT,
  ...CACHE,
  ...TOOLS,
  ...TRUNCATION,
  access_programs: object,
  background: flag,
  client_metadata: object, // in no type of the SDK; the Codex CLI sends it with every request, with an API key too
  context_management: list,
  conversation: textOrObject,
  image: object,
  include: list,
  max_output_tokens: whole({ least: LEAST_OUTPUT_TOKENS }),
  max_tool_calls: whole({ least: 1 }),
  metadata: object,
  moderation: object,
  prompt: object,
  reasoning: object,
  safety_identifier: text,
  service_tier: oneOf(...TIERS),
  store: flag,
  stream: flag,
  stream_options: object,
  temperature: decimal({ least: 0, most: 2 }),
  text: object,
  top_logprobs: whole({ least: 0, most: MOST_TOP_LOGPROBS }),
  top_p: decimal({ least: 0, most: 1 }),
  user: text,
});

/** `POST /responses/input_tokens` (InputTokenCountParams). */
export const INPUT_TOKENS_PARAMETERS = parameters({
  ...INPUT,
  ...TOOLS,
  ...TRUNCATION,
  conversation: textOrObject,
  personality: text,
  reasoning: object,
  text: object,
});

/** `POST /responses/compact` (ResponseCompactParams). */
export const COMPACT_PARAMETERS = parameters({
  ...INPUT,
  ...CACHE,
  image: object,
  service_tier: oneOf(...TIERS),
});
