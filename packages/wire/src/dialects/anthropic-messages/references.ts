import { z } from 'zod';
import type { ContentBlock, Message } from './blocks.ts';

const searchResult = z.object({
  tool_references: z.array(z.object({ tool_name: z.string() })),
});

/** Names of the deferred tools that the conversation has loaded, by the client's own tool search or by the API's. */
export function referencedTools(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(
    messages.flatMap((message) =>
      message.role === 'system' || typeof message.content === 'string'
        ? []
        : message.content.flatMap(namesIn),
    ),
  );
}

function namesIn(block: ContentBlock): readonly string[] {
  if (block.type === 'tool_search_tool_result') {
    const found = searchResult.safeParse(block.content);
    return found.success ? found.data.tool_references.map(({ tool_name }) => tool_name) : [];
  }
  if (block.type !== 'tool_result' || !Array.isArray(block.content)) return [];
  return block.content.flatMap((nested) => (nested.type === 'tool_reference' ? [nested.tool_name] : []));
}
