import type { UsageFigures } from '../model/answer.ts';
import type { ResponsesRequest } from '../model/request.ts';
import type { ResponseForm } from '../stream/response-object.ts';

/**
 * A response object of the backend. It echoes the request's fields and the defaults of those it may not have, and its
 * `output` is always empty: with `store:false` the items are only in `response.output_item.done`.
 */
export function responseForm(
  request: ResponsesRequest,
  identity: Pick<ResponseForm, 'id' | 'createdAt'>,
): ResponseForm {
  const { reasoning, text } = request;
  const echo = {
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
  } as const;
  return { ...identity, echo, listsOutput: false, usage };
}

/** Usage as the backend counts it, with members that no public schema names. */
function usage({ input, cached, output, reasoning }: UsageFigures): object {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
    attribution: { kind: 'interactive' },
    codex_rollout_budget_units: output,
  };
}
