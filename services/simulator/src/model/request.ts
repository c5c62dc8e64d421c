import { type JsonObject, asObject, asObjects, asText } from '../json.ts';

/** What the model is asked: a request that the rules of its face have accepted, in the terms of the Responses API. */
export interface ResponsesRequest {
  readonly model: string;
  readonly instructions: string;
  readonly input: readonly JsonObject[];
  readonly tools: readonly JsonObject[];
  readonly toolChoice: unknown;
  readonly parallelToolCalls: boolean;
  readonly reasoning: JsonObject;
  /** The effort that applies: the request's, else the model's default. */
  readonly effort: string;
  readonly text: JsonObject;
  readonly promptCacheKey: string | undefined;
  readonly wantsEncryptedReasoning: boolean;
  readonly wantsObfuscation: boolean;
  /** The most tokens it may write, reasoning included. */
  readonly maxTokens: number | undefined;
  /** Texts that end its answer and are not part of it. */
  readonly stop: readonly string[];
}

export function toResponsesRequest(body: JsonObject, defaultEffort: string): ResponsesRequest {
  const reasoning = asObject(body['reasoning']);
  const include = Array.isArray(body['include']) ? body['include'] : [];
  return {
    model: asText(body['model']),
    instructions: asText(body['instructions']),
    input: asObjects(body['input']),
    tools: asObjects(body['tools']),
    toolChoice: body['tool_choice'] ?? 'auto',
    parallelToolCalls: body['parallel_tool_calls'] !== false,
    reasoning,
    effort: asText(reasoning['effort']) || defaultEffort,
    text: asObject(body['text']),
    promptCacheKey: asText(body['prompt_cache_key']) || undefined,
    wantsEncryptedReasoning: include.includes('reasoning.encrypted_content'),
    wantsObfuscation: asObject(body['stream_options'])['include_obfuscation'] !== false,
    maxTokens: typeof body['max_output_tokens'] === 'number' ? body['max_output_tokens'] : undefined,
    stop: [],
  };
}
