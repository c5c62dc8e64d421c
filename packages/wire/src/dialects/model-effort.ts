import { clampEffort } from '../codex/effort.ts';
import type { ResolvedModel } from './dialect.ts';
import type { WarningLog } from './warnings.ts';

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
