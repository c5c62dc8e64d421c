import type { CatalogEntry } from './catalog.ts';

interface Support {
  readonly supported: boolean;
}
const yes: Support = { supported: true };
const no: Support = { supported: false };

function support(supported: boolean): Support {
  return supported ? yes : no;
}

/** What Anthropic clients ask of a model before they use it (@anthropic-ai/sdk, `ModelCapabilities`). */
export type ModelCapabilities = ReturnType<typeof capabilitiesOf>;

/**
 * What a model can do here: by the backend's own words where it says something, else what the gateway does for every
 * model. Null for a model that nobody has described.
 */
export function capabilitiesOf({
  supported_reasoning_levels: levels,
  input_modalities: modalities,
  web_search_tool_type: search,
}: CatalogEntry) {
  if (!levels) return null;
  const efforts = levels.map(({ effort }) => effort);
  const takes = (effort: string): Support => support(efforts.includes(effort));
  const images = support(modalities?.includes('image') ?? false);
  const searches = support(typeof search === 'string');
  return {
    batch: no,
    citations: no,
    code_execution: no,
    context_management: {
      supported: false,
      clear_thinking_20251015: no,
      clear_tool_uses_20250919: no,
      compact_20260112: no,
    },
    effort: {
      supported: efforts.length > 0,
      low: takes('low'),
      medium: takes('medium'),
      high: takes('high'),
      xhigh: takes('xhigh'),
      max: takes('max'),
    },
    image_input: images,
    pdf_input: images, // its pages are read as images, too
    server_tools: { supported: searches.supported, web_search: searches, code_execution: no },
    structured_outputs: yes,
    // each of them is taken for every model: as an effort, and as what is shown of the reasoning
    thinking: {
      supported: efforts.some((effort) => effort !== 'none'),
      types: { adaptive: yes, between_tools: yes, disabled: yes, enabled: yes },
    },
  };
}
