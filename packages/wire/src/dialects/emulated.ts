import { stopStrings, type EmulationRules } from '../emulation/rules.ts';
import type { OpenContext, TokenLimit } from './dialect.ts';
import type { WarningLog } from './warnings.ts';

/** What a request asks for that only the gateway can do, by the names of its fields. */
export interface Wishes {
  /** Fields with texts at which the answer is to end. */
  readonly stop: Readonly<Record<string, string | readonly string[] | null | undefined>>;
  /** Fields that limit the tokens of the answer; of several that are given the first counts. */
  readonly limits: Readonly<Record<string, number | null | undefined>>;
}

/** Where the client sees the text of an answer. */
export type TextView = Pick<EmulationRules, 'commentaryIsVisible' | 'separator'>;

/** Plans what is enforced here, since the upstream is not told; what the operator has switched off is declared instead. */
export function planEmulation(
  { stop, limits }: Wishes,
  view: TextView,
  context: OpenContext,
  warnings: WarningLog,
): EmulationRules {
  const { emulate } = context.options;
  const stops = Object.entries(stop).filter(([, texts]) => stopStrings(texts).length > 0);
  const limit = limitToKeep(limits, context);
  if (!emulate.stop) for (const [field] of stops) warnings.dropped(field);
  if (!emulate.maxTokens && limit !== null)
    for (const { field } of givenLimits(limits)) warnings.dropped(field);
  return {
    ...view,
    stop: emulate.stop ? stops.flatMap(([, texts]) => stopStrings(texts)) : [],
    toolText: emulate.toolText,
    maxTokens: emulate.maxTokens ? limit : null,
  };
}

/** The limit, unless the upstream takes it and so keeps it itself. */
function limitToKeep(limits: Wishes['limits'], { maxTokens, upstream }: OpenContext): number | null {
  const limit = givenLimits(limits)[0]?.tokens ?? maxTokens;
  if (limit === null || !upstream.takes.has('max_output_tokens')) return limit;
  return limit < upstream.leastTokenLimit ? limit : null;
}

/** The limit as an upstream may be told it; one that is smaller than it takes is kept here beside that. */
export function limitToTell({ limits }: Wishes, { maxTokens, upstream }: OpenContext): number | undefined {
  const limit = givenLimits(limits)[0]?.tokens ?? maxTokens;
  return limit === null ? undefined : Math.max(limit, upstream.leastTokenLimit);
}

function givenLimits(limits: Wishes['limits']): readonly TokenLimit[] {
  return Object.entries(limits).flatMap(([field, tokens]) =>
    typeof tokens === 'number' ? [{ field, tokens }] : [],
  );
}

/** The largest of the limits that a request names: what its key must allow. */
export function largestLimit({ limits }: Wishes): TokenLimit | null {
  const [largest] = givenLimits(limits).toSorted((left, right) => right.tokens - left.tokens);
  return largest ?? null;
}
