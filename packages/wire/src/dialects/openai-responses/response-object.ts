import type { ResponseObject } from '../../codex/events.ts';
import type { ReasoningOptions, TextOptions } from '../../codex/request.ts';
import { isRecord } from '../../record.ts';
import type { Usage } from '../../usage.ts';
import type { Stamp } from '../dialect.ts';
import type { ResponsesRequest } from './schema.ts';
import type { ClientItem } from './client-items.ts';
import type { Choice, Tools } from './tools.ts';

/** What an answer repeats of its request, with the API's defaults where the client said nothing. */
export type Echo = Readonly<Record<string, unknown>>;

export interface EchoParts {
  readonly request: ResponsesRequest;
  readonly tools: Tools;
  readonly toolChoice: Choice;
  /** As sent, after the model's limits. */
  readonly reasoning: ReasoningOptions;
  readonly text: TextOptions;
}

/** Fields that are repeated as they came, with what the API says when they did not come. */
const defaults = {
  previous_response_id: null,
  /** The client's own or nothing: a default that was put in is not what it asked for. */
  instructions: null,
  truncation: 'disabled',
  parallel_tool_calls: true,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  top_logprobs: 0,
  temperature: 1,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  user: null,
  safety_identifier: null,
  prompt_cache_key: null,
} as const satisfies Partial<Record<keyof ResponsesRequest, unknown>>;

/** `store` is always false: nothing can be fetched by its id. */
export function requestEcho(parts: EchoParts): Echo {
  const { request, tools, toolChoice, reasoning } = parts;
  const { format = { type: 'text' }, ...wording } = parts.text;
  const asked: Readonly<Record<string, unknown>> = request;
  const repeated = Object.entries(defaults).map(([field, fallback]) => [field, asked[field] ?? fallback]);
  return {
    model: request.model,
    ...Object.fromEntries(repeated),
    tools: tools.echoed,
    tool_choice: toolChoice.echoed,
    text: { format: formatEcho(format), ...wording },
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    store: false,
    background: false,
  };
}

/** All members that a schema may have. */
function formatEcho(format: Readonly<Record<string, unknown>>): unknown {
  if (format['type'] !== 'json_schema') return format;
  const { type, name, description = null, schema, strict = false } = format;
  return { type, name, description, schema, strict };
}

export interface Outcome {
  readonly status: 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly output: readonly ClientItem[];
  readonly incompleteReason?: string | null;
  readonly error?: { readonly code: string; readonly message: string };
  readonly usage?: Usage | null;
  /** The upstream's own object, for the few members that mean something to a client. */
  readonly upstream?: ResponseObject;
}

/** The one id of an answer, in every event and in the JSON answer. */
export function responseId(stamp: Stamp): string {
  return `resp_${stamp.id}`;
}

/**
 * A whole response object, built and never copied: what the upstream adds for itself stays out. All members that the
 * Open Responses schema requires are there. `end_turn` is what the Codex CLI reads beyond it.
 */
export function responseObject(
  echo: Echo,
  stamp: Stamp,
  outcome: Outcome,
): Readonly<Record<string, unknown>> {
  const { status, output, incompleteReason, error, usage, upstream } = outcome;
  const extra: Readonly<Record<string, unknown>> = isRecord(upstream) ? upstream : {};
  return {
    id: responseId(stamp),
    object: 'response',
    created_at: stamp.createdAt,
    completed_at: status === 'completed' ? completedAt(extra['completed_at'], stamp) : null,
    status,
    error: error ?? null,
    incomplete_details: incompleteReason ? { reason: incompleteReason } : null,
    output,
    usage: usage ? usageObject(usage) : null,
    service_tier: upstream?.service_tier ?? (status === 'in_progress' ? 'auto' : 'default'),
    ...('end_turn' in extra && { end_turn: extra['end_turn'] }),
    ...echo,
  };
}

/** There is no clock here; the upstream's may be behind the one that stamped the beginning. */
function completedAt(upstream: unknown, { createdAt }: Stamp): number {
  return typeof upstream === 'number' ? Math.max(createdAt, upstream) : createdAt;
}

export function usageObject(usage: Usage): Readonly<Record<string, unknown>> {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.totalTokens,
  };
}

/** Why an answer is incomplete; the API always says. */
export function reasonOf(response: ResponseObject): string {
  return response.incomplete_details?.reason ?? 'unknown';
}
