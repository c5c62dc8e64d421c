import { isJsonObject, type JsonObject } from '../../json.ts';
import type { UsageFigures } from '../../model/answer.ts';
import type { ResponsesRequest } from '../../model/request.ts';
import type { ResponseForm } from '../../stream/response-object.ts';
import type { ApiModel } from '../catalog.ts';
import { serviceTierOf } from '../service-tier.ts';

export interface ResponseIdentity {
  readonly id: string;
  readonly createdAt: number;
  readonly model: ApiModel;
}

/** A response object of the API: what was asked for, the defaults of what was not, and the output. */
export function responseForm(
  body: JsonObject,
  request: ResponsesRequest,
  { id, createdAt, model }: ResponseIdentity,
): ResponseForm {
  const { text, reasoning } = request;
  const echo = {
    background: false,
    max_output_tokens: null,
    max_tool_calls: null,
    output: [],
    previous_response_id: null,
    prompt_cache_key: null,
    prompt_cache_retention: null,
    safety_identifier: null,
    store: true,
    temperature: 1,
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    user: null,
    metadata: {},
    ...givenOf(body),
    ...conversationOf(body),
    instructions: body['instructions'] ?? null,
    model: model.answersAs,
    parallel_tool_calls: request.parallelToolCalls,
    reasoning: {
      effort: model.defaultEffort === undefined ? null : request.effort,
      summary: reasoning['summary'] ?? null,
    },
    service_tier: serviceTierOf(body),
    text: { format: text['format'] ?? { type: 'text' }, verbosity: text['verbosity'] ?? 'medium' },
    tool_choice: request.toolChoice,
    tools: request.tools.map(withStrictness),
  } as const;
  return { id, createdAt, echo, listsOutput: true, usage };
}

/** Parameters that come back as they were given. */
const ECHOED = [
  'access_programs',
  'background',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'previous_response_id',
  'prompt',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'store',
  'temperature',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
] as const;

function givenOf(body: JsonObject): JsonObject {
  return Object.fromEntries(
    ECHOED.flatMap((name) => {
      const value = body[name] ?? undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A conversation is named by its id or as an object; it comes back as an object. */
function conversationOf({ conversation }: JsonObject): JsonObject {
  if (typeof conversation === 'string') return { conversation: { id: conversation } };
  return isJsonObject(conversation) ? { conversation } : {};
}

/** A function is strict unless it says otherwise. */
function withStrictness(tool: JsonObject): JsonObject {
  return tool['type'] === 'function' ? { ...tool, strict: tool['strict'] ?? true } : tool;
}

export function usage({ input, cached, output, reasoning }: UsageFigures): object {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
