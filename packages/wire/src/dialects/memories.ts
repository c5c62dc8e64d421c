import type { FoldedItem } from '../codex/fold.ts';
import type { InputItem } from '../codex/items.ts';
import { replayedReasoning } from '../codex/replay.ts';
import type { CodexTool } from '../codex/request.ts';
import { renamedTools, type ToolNames } from '../codex/tool-names.ts';
import type { Memories } from './dialect.ts';

/** What every dialect keeps of an answer: for each call the reasoning before it, and the tools it was made with. */
export function callMemories(
  output: readonly FoldedItem[],
  tools: readonly CodexTool[],
  names: ToolNames,
): Memories {
  const thoughts: InputItem[] = [];
  const reasoningByCallId = new Map<string, readonly InputItem[]>();
  for (const { item } of output) {
    const thought = item.type === 'reasoning' ? replayedReasoning(item) : null;
    if (thought) thoughts.push(thought);
    const isCall = item.type === 'function_call' || item.type === 'custom_tool_call';
    if (isCall && item.call_id) reasoningByCallId.set(item.call_id, [...thoughts]);
  }
  return {
    response: null,
    itemsById: new Map(),
    reasoningByCallId,
    tools: renamedTools(tools, names.toClient),
  };
}
