import type { ReasoningOptions } from '../../codex/request.ts';
import type { ResolvedModel } from '../dialect.ts';
import { effortFor, wishedEffort } from '../model-effort.ts';
import type { ReasoningDisplay } from '../options.ts';
import type { WarningLog } from '../warnings.ts';
import type { ChatRequest } from './schema.ts';

/** Members that are written for a display: DeepSeek's and vLLM's name, and OpenRouter's. */
const reasoningMembers = {
  reasoning_content: ['reasoning_content'],
  reasoning: ['reasoning'],
  both: ['reasoning_content', 'reasoning'],
  off: [],
} as const satisfies Record<ReasoningDisplay, readonly string[]>;

/** `{reasoning_content: text}` and the like, for a delta or a message. */
export function reasoningObject(display: ReasoningDisplay, text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(reasoningMembers[display].map((member) => [member, text]));
}

/** The effort that the model takes and whether a summary is wanted: one that nobody shows costs time for nothing. */
export function readReasoning(
  request: ChatRequest,
  model: ResolvedModel,
  display: ReasoningDisplay,
  warnings: WarningLog,
): ReasoningOptions {
  const effort = effortOf(request, model, warnings);
  const summary = request.reasoning?.summary ?? model.preset?.summary ?? 'auto';
  const shown = display !== 'off' && effort !== 'none' && summary !== 'none';
  return { ...(effort !== null && { effort }), ...(shown && { summary }) };
}

function effortOf(request: ChatRequest, model: ResolvedModel, warnings: WarningLog): string | null {
  const { wish, field } = wishedEffort(request, 'reasoning_effort');
  return effortFor(wish ?? model.effort, model, { field, warnings });
}
