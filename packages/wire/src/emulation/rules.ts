import type { CodexRequest } from '../codex/request.ts';
import { createToolText } from './tool-text.ts';

/** What a client asks for and the upstream cannot be told: the gateway ends the answer there itself. */
export interface EmulationRules {
  /** Texts before which the answer ends; none is empty. */
  readonly stop: readonly string[];
  /** The most tokens of visible text; null for no limit. */
  readonly maxTokens: number | null;
  /** Whether calls that the model writes as text become real ones, where the request declares functions. */
  readonly toolText: boolean;
  /** Whether what the model says between its calls is visible text: where an answer must be JSON it is not. */
  readonly commentaryIsVisible: boolean;
  /** What the client's text has between the texts of two message items. */
  readonly separator: string;
}

/** The stop strings that can be found: an empty one asks for nothing, half a character never comes. */
export function stopStrings(stop: string | readonly string[] | null | undefined): readonly string[] {
  const given = typeof stop === 'string' ? [stop] : (stop ?? []);
  return [...new Set(given)].filter((text) => text !== '' && text.isWellFormed());
}

/** @param request what was asked of the upstream, with its tools */
export function enforcesNothing(
  { stop, maxTokens, toolText }: EmulationRules,
  request: CodexRequest,
): boolean {
  return stop.length === 0 && maxTokens === null && !(toolText && createToolText(request));
}
