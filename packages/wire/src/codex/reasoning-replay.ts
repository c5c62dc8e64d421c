import { isCall } from './history.ts';
import type { InputItem } from './items.ts';

/**
 * Puts remembered reasoning back where it was, for clients that cannot carry it: what came before the first call of a
 * turn in front of that turn, what came between two calls in front of the second. A turn that brings reasoning of its
 * own is left as it is.
 */
export function withReasoning(
  items: readonly InputItem[],
  reasoningByCallId: ReadonlyMap<string, readonly InputItem[]>,
): readonly InputItem[] {
  if (reasoningByCallId.size === 0) return items;
  const placed = new Set<string>();
  return turnsOf(items).flatMap((turn) => {
    if (turn.some(({ type }) => type === 'reasoning')) return turn;
    const first = turn.find(isCall);
    const before = turn.map((item) =>
      isCall(item)
        ? (reasoningByCallId.get(item.call_id) ?? []).filter((thought) => isNew(thought, placed))
        : [],
    );
    const leading = before[turn.findIndex((item) => item === first)] ?? [];
    return [
      ...leading,
      ...turn.flatMap((item, index) => (item === first ? [item] : [...(before[index] ?? []), item])),
    ];
  });
}

/** The items in groups: those that the model says in one turn, and each other one alone. */
function turnsOf(items: readonly InputItem[]): readonly (readonly InputItem[])[] {
  const turns: InputItem[][] = [];
  let ofModel = false;
  for (const item of items) {
    const spoken = isSpoken(item);
    if (spoken && ofModel) turns.at(-1)?.push(item);
    else turns.push([item]);
    ofModel = spoken;
  }
  return turns;
}

function isSpoken(item: InputItem): boolean {
  return isCall(item) || item.type === 'reasoning' || (item.type === 'message' && item.role === 'assistant');
}

/** Parallel calls remember the same reasoning. */
function isNew(item: InputItem, placed: Set<string>): boolean {
  if (item.type !== 'reasoning') return true;
  if (placed.has(item.encrypted_content)) return false;
  placed.add(item.encrypted_content);
  return true;
}
