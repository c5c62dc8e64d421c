import type { FaultQueue } from '../control/faults.ts';
import type { Conversation } from '../model/conversation.ts';
import { type Directive, OPENING, parseDirective, parseDirectives } from '../model/directives.ts';
import { SCENARIO_MODELS } from './scenario-models.ts';

/**
 * The directives of one request: those the control endpoint queued, then those of the model's name, then those in the
 * last message of a person. A limit in `times` counts requests with the same prompt.
 *
 * @throws DirectiveError when the prompt holds one that cannot be read
 */
export function directivesFor(
  model: string,
  { prompt }: Conversation,
  faults: FaultQueue,
): readonly Directive[] {
  const queued = faults.takeForResponses();
  const named = SCENARIO_MODELS.get(model);
  if (named === undefined && !prompt.includes(OPENING)) return queued;
  const own = [...(named ?? []).map(parseDirective), ...parseDirectives(prompt)];
  return [...queued, ...own.filter((directive) => faults.stillApplies(prompt, directive))];
}
