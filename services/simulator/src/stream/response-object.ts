import type { UsageFigures } from '../model/answer.ts';
import type { ResponsesRequest } from '../backend/request.ts';

/** The changing members of a response object; the rest is written once for a request. */
export interface ResponseState {
  readonly status: 'in_progress' | 'completed' | 'failed' | 'incomplete';
  readonly usage?: UsageFigures;
  readonly error?: { readonly code: string; readonly message: string };
  readonly incompleteReason?: string;
}

export interface ResponseObject {
  readonly id: string;
  /** `"response":{…}`, as the lifecycle events carry it. */
  readonly render: (state: ResponseState) => string;
}

/**
 * The response object of one request. It echoes the request's fields and the defaults of those it may not have, and
 * its `output` is always empty: with `store:false` the items are only in `response.output_item.done`.
 */
export function createResponseObject(
  request: ResponsesRequest,
  id: string,
  createdAt: number,
): ResponseObject {
  const { reasoning, text } = request;
  const head = `"response":{"id":"${id}","object":"response","created_at":${createdAt},"status":"`;
  const echo = JSON.stringify({
    background: false,
    instructions: request.instructions,
    max_output_tokens: null,
    max_tool_calls: null,
    model: request.model,
    output: [],
    parallel_tool_calls: request.parallelToolCalls,
    previous_response_id: null,
    prompt_cache_key: request.promptCacheKey ?? null,
    prompt_cache_retention: null,
    reasoning: { effort: request.effort, summary: reasoning['summary'] ?? null },
    safety_identifier: null,
    service_tier: 'default',
    store: false,
    temperature: 1,
    text: { format: text['format'] ?? { type: 'text' }, verbosity: text['verbosity'] ?? 'medium' },
    tool_choice: request.toolChoice,
    tools: request.tools,
    top_logprobs: 0,
    top_p: 0.98,
    truncation: 'disabled',
    user: null,
    metadata: {},
  }).slice(1, -1);
  return {
    id,
    render: ({ status, usage, error, incompleteReason }) => {
      const completedAt = status === 'completed' ? createdAt : null;
      const incomplete = incompleteReason === undefined ? null : { reason: incompleteReason };
      return `${head}${status}","completed_at":${completedAt},"error":${JSON.stringify(error ?? null)},"incomplete_details":${JSON.stringify(incomplete)},${echo},"usage":${usage === undefined ? 'null' : renderUsage(usage)}}`;
    },
  };
}

/** Usage as the backend counts it, with members that no public schema names. */
function renderUsage({ input, cached, output, reasoning }: UsageFigures): string {
  return JSON.stringify({
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
    attribution: { kind: 'interactive' },
    codex_rollout_budget_units: output,
  });
}
