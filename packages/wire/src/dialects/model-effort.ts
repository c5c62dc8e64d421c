import { clampEffort } from '../codex/effort.ts';
import type { ResolvedModel } from './dialect.ts';
import { invalidValue } from './openai-refusals.ts';
import type { WarningLog } from './warnings.ts';

interface EffortFields {
  readonly reasoning_effort?: string | null | undefined;
  readonly reasoning?: { readonly effort?: string | null | undefined } | null | undefined;
}

/**
 * The effort that a request asks for, and the field that says so: each API has its own, and clients send both.
 *
 * @param usual the API's own field
 * @throws FaultError when both are given and differ: there is no telling which one is meant
 */
export function wishedEffort(
  { reasoning_effort: flat, reasoning }: EffortFields,
  usual: 'reasoning_effort' | 'reasoning.effort',
): { readonly wish: string | null; readonly field: string } {
  const nested = reasoning?.effort ?? null;
  if (typeof flat !== 'string') return { wish: nested, field: nested === null ? usual : 'reasoning.effort' };
  if (nested !== null && nested !== flat)
    throw invalidValue('reasoning_effort', `it is '${flat}', but 'reasoning.effort' is '${nested}'`);
  return { wish: flat, field: 'reasoning_effort' };
}

/**
 * The effort that is sent for the one that was asked for: what the operator has pinned, else the nearest that the model
 * takes. Null: nobody said anything. A wish that did not come true is declared under the name of its field.
 */
export function effortFor(
  wish: string | null,
  { efforts, pinnedEffort }: ResolvedModel,
  { field, warnings }: { readonly field: string; readonly warnings: WarningLog },
): string | null {
  if (pinnedEffort !== undefined) {
    if (wish !== null && wish !== pinnedEffort) warnings.pinned(field);
    return clampEffort(pinnedEffort, efforts);
  }
  if (wish === null) return null;
  const effort = clampEffort(wish, efforts);
  if (effort !== wish) warnings.clamped(field);
  return effort;
}
