import type { ToolNames } from '../../codex/tool-names.ts';
import type { ReasoningDisplay } from '../options.ts';
import type { ChatRequest } from './schema.ts';
import type { ToolPlan } from './tools.ts';

/** What an answer owes to its request, for the stream and for the JSON answer alike. */
export interface AnswerStyle {
  readonly reasoning: ReasoningDisplay;
  /** As the client wrote it. */
  readonly model: string;
  readonly names: ToolNames;
  /** Calls are told as `function_call`, one at most. */
  readonly legacy: boolean;
  /** The text is JSON: nothing may be put before or between it. */
  readonly json: boolean;
  readonly includeUsage: boolean;
  /** Members of the JSON answer that repeat the request. */
  readonly echo: Readonly<Record<string, unknown>>;
}

export function answerStyle(
  request: ChatRequest,
  names: ToolNames,
  { legacy }: ToolPlan,
  reasoning: ReasoningDisplay,
): AnswerStyle {
  const { metadata, moderation, response_format: format } = request;
  return {
    reasoning,
    model: request.model,
    names,
    legacy,
    json: format?.type === 'json_schema' || format?.type === 'json_object',
    includeUsage: request.stream_options?.include_usage ?? request.usage?.include ?? false,
    echo: { ...(metadata && { metadata }), ...(moderation && { moderation: null }) },
  };
}
