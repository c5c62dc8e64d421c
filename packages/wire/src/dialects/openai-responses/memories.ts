import type { InputItem } from '../../codex/items.ts';
import { replayedItem } from '../../codex/replay.ts';
import type { Memories, WholeAnswer } from '../dialect.ts';
import { callMemories } from '../memories.ts';
import { createIdentities } from './client-items.ts';
import { ownItems, type Understood } from './request.ts';
import { responseId } from './response-object.ts';

/** The answer for `previous_response_id`, and each of its items by the id that the client got for it. */
export function responseMemories(understood: Understood, { recalled, output, stamp }: WholeAnswer): Memories {
  const { names, tools } = understood;
  const identities = createIdentities(stamp.id);
  const identified = output.map(({ item, outputIndex }) => {
    const { id, callId } = identities.of(item, outputIndex);
    return { id, item: replayedItem({ ...item, ...(callId !== null && { call_id: callId }) }) };
  });
  const items = identified.flatMap(({ item }): readonly InputItem[] => (item ? [item] : []));
  return {
    ...callMemories(output, tools.sent, names),
    response: { id: responseId(stamp), items: [...ownItems(understood, recalled), ...items] },
    itemsById: new Map(identified.flatMap(({ id, item }) => (item ? [[id, item] as const] : []))),
  };
}
