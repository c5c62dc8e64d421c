import { z } from 'zod';
import { listOf } from '../lists.ts';
import type { WarningLog } from '../warnings.ts';
import type { ContentBlock, Message, ToolChange } from './blocks.ts';
import type { Place } from './content-parts.ts';
import type { Tool } from './tool-schema.ts';

/** A tool with its place in the request, for errors that name it. */
export interface PlacedTool {
  readonly tool: Tool;
  readonly place: Place;
}

/** The tools at the end of a conversation. */
export interface ToolList {
  /** Those that were declared or added, in this order, without those that were removed. */
  readonly tools: readonly PlacedTool[];
  /** Names of the deferred ones that the conversation has loaded. */
  readonly loaded: ReadonlySet<string>;
}

/** Reads what a conversation does to its tools, in its order: messages may add, remove and load them. */
export function toolList(
  declared: readonly Tool[],
  messages: readonly Message[],
  warnings: WarningLog,
): ToolList {
  const known = declared.map((tool, index): PlacedTool => ({ tool, place: ['tools', index] }));
  const placeOf = new Map(known.map(({ tool }, index) => [tool.name, index] as const).toReversed());
  const removed = new Set<unknown>();
  const loaded = new Set<string>();
  /** A tool of the same name is another version of it. */
  const add = (added: PlacedTool): void => {
    const at = placeOf.get(added.tool.name) ?? known.length;
    placeOf.set(added.tool.name, at);
    known[at] = added;
  };
  const change = ({ type, tool: { type: by, name, definition } }: ToolChange, place: Place): void => {
    const named = definition?.name ?? name;
    if (by !== 'tool_reference' && by !== 'tool_definition') return warnings.dropped(type);
    if (type === 'tool_removal') return void removed.add(named);
    removed.delete(named);
    if (definition) add({ tool: definition, place: [...place, 'tool', 'definition'] });
    else if (named && placeOf.has(named)) loaded.add(named);
    else warnings.dropped(type);
  };
  for (const { block, place } of messages.flatMap(placedBlocks)) {
    for (const name of referencedBy(block)) loaded.add(name);
    for (const [index, made] of changesIn(block).entries())
      change(made, made === block ? place : [...place, 'tool_changes', index]);
  }
  return { tools: known.filter(({ tool }) => !removed.has(tool.name)), loaded };
}

interface PlacedBlock {
  readonly block: ContentBlock;
  readonly place: Place;
}

function placedBlocks({ content }: Message, index: number): readonly PlacedBlock[] {
  if (!Array.isArray(content)) return [];
  return content.map((block: ContentBlock, at) => ({ block, place: ['messages', index, 'content', at] }));
}

function changesIn(block: ContentBlock): readonly ToolChange[] {
  if (block.type === 'tool_addition' || block.type === 'tool_removal') return [block];
  return block.type === 'compaction' ? (block.tool_changes ?? []) : [];
}

const searchResult = z.object({
  tool_references: listOf(z.object({ tool_name: z.string() })),
});

/** What the client's own tool search or the API's has found. */
function referencedBy(block: ContentBlock): readonly string[] {
  if (block.type === 'tool_search_tool_result') {
    const found = searchResult.safeParse(block.content);
    return found.success ? found.data.tool_references.map(({ tool_name }) => tool_name) : [];
  }
  if (block.type !== 'tool_result' || !Array.isArray(block.content)) return [];
  return block.content.flatMap((nested) => (nested.type === 'tool_reference' ? [nested.tool_name] : []));
}
