import { z } from 'zod';
import { searchResultStart, toolUseStart } from './message.ts';
import type { ItemRenderer, RenderState } from './render-state.ts';

const searchCall = z.object({
  action: z.object({
    type: z.literal('search'),
    query: z.string().nullish(),
    queries: z.array(z.string()).nullish(),
    sources: z.array(z.object({ url: z.string(), title: z.string().nullish() })).nullish(),
  }),
});

function nothing(): void {}

/** A web search of the upstream, as the two blocks of Anthropic's own: Claude Code makes its links of the second. */
export function createSearchItem(state: RenderState, index: number): ItemRenderer {
  const { sink, answerId } = state;
  return {
    take: nothing,
    finish: (item) => {
      const call = searchCall.safeParse(item);
      if (!call.success) return; // pages that were opened or searched within: no results of their own
      const { query, queries, sources } = call.data.action;
      const id = `srvtoolu_${answerId}_${index}`;
      sink.openBlock(toolUseStart('server_tool_use', id, 'web_search'));
      sink.input(JSON.stringify({ query: query ?? queries?.join(' ') ?? '' }));
      sink.closeBlock();
      const results = (sources ?? []).map(
        ({ url, title }) =>
          ({
            type: 'web_search_result',
            url,
            title: title ?? url,
            encrypted_content: '',
            page_age: null,
          }) as const,
      );
      sink.openBlock(searchResultStart(id, results));
      sink.closeBlock();
      state.webSearches += 1;
    },
    cut: nothing,
  };
}
