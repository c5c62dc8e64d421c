import type { JsonObject } from '../json.ts';

/** A model as the backend knows it; `wireEfforts` is what it really takes, which is not what the catalog lists. */
export interface Model {
  readonly slug: string;
  readonly minimalClientVersion: string;
  readonly defaultEffort: string;
  readonly wireEfforts: readonly string[];
  /** The entry of `GET /models`. */
  readonly entry: JsonObject;
}

interface ModelFacts {
  readonly slug: string;
  readonly name: string;
  readonly priority: number;
  readonly generation: '5' | '5.6' | '6';
  readonly minimalClientVersion: string;
  readonly hidden?: boolean;
}

/** Facts of the built-in list of Codex CLI 0.169.0 and of models-manager/models.json in openai/codex. */
const FACTS: readonly ModelFacts[] = [
  { slug: 'gpt-6.1-sol', name: 'GPT-6.1 Sol', priority: 1, generation: '6', minimalClientVersion: '0.165.0' },
  { slug: 'gpt-6-astra', name: 'GPT-6 Astra', priority: 2, generation: '6', minimalClientVersion: '0.154.0' },
  { slug: 'gpt-6-sol', name: 'GPT-6 Sol', priority: 3, generation: '6', minimalClientVersion: '0.154.0' },
  { slug: 'gpt-6-luna', name: 'GPT-6 Luna', priority: 4, generation: '6', minimalClientVersion: '0.154.0' },
  {
    slug: 'gpt-5.6-sol',
    name: 'GPT-5.6 Sol',
    priority: 5,
    generation: '5.6',
    minimalClientVersion: '0.144.0',
  },
  {
    slug: 'gpt-5.6-terra',
    name: 'GPT-5.6 Terra',
    priority: 8,
    generation: '5.6',
    minimalClientVersion: '0.144.0',
  },
  {
    slug: 'gpt-5.6-luna',
    name: 'GPT-5.6 Luna',
    priority: 9,
    generation: '5.6',
    minimalClientVersion: '0.144.0',
  },
  { slug: 'gpt-5.5', name: 'GPT-5.5', priority: 13, generation: '5', minimalClientVersion: '0.124.0' },
  { slug: 'gpt-5.4', name: 'GPT-5.4', priority: 16, generation: '5', minimalClientVersion: '0.98.0' },
  {
    slug: 'gpt-5.4-mini',
    name: 'GPT-5.4 mini',
    priority: 22,
    generation: '5',
    minimalClientVersion: '0.98.0',
  },
  {
    slug: 'codex-auto-review',
    name: 'Codex Auto Review',
    priority: 43,
    generation: '5',
    minimalClientVersion: '0.124.0',
    hidden: true,
  },
];

const EFFORT_DESCRIPTIONS: Readonly<Record<string, string>> = {
  none: 'Answers without thinking first',
  low: 'Fast responses with lighter reasoning',
  medium: 'Balances speed and reasoning depth for everyday tasks',
  high: 'Greater reasoning depth for complex problems',
  xhigh: 'Extra high reasoning depth for complex problems',
  max: 'The most reasoning the model can do',
};

const LISTED_EFFORTS = {
  '5': ['low', 'medium', 'high', 'xhigh'],
  '5.6': ['low', 'medium', 'high', 'xhigh', 'max'],
  '6': ['low', 'medium', 'high', 'xhigh', 'max'],
} as const;

const WIRE_EFFORTS = {
  '5': ['none', 'low', 'medium', 'high', 'xhigh'],
  '5.6': ['none', 'low', 'medium', 'high', 'xhigh', 'max'],
  '6': ['none', 'low', 'medium', 'high', 'xhigh', 'max'],
} as const;

const DEFAULT_EFFORT = 'medium';

export const MODELS: ReadonlyMap<string, Model> = new Map(FACTS.map((facts) => [facts.slug, toModel(facts)]));

/** A model that only chooses a scenario; it is gpt-5.5 under another name. */
export function scenarioModel(slug: string): Model {
  return toModel({
    slug,
    name: slug,
    priority: 900,
    generation: '5',
    minimalClientVersion: '0.0.0',
    hidden: true,
  });
}

function toModel(facts: ModelFacts): Model {
  const { slug, generation, minimalClientVersion } = facts;
  return {
    slug,
    minimalClientVersion,
    defaultEffort: DEFAULT_EFFORT,
    wireEfforts: WIRE_EFFORTS[generation],
    entry: toEntry(facts),
  };
}

function toEntry({ slug, name, priority, generation, minimalClientVersion, hidden }: ModelFacts): JsonObject {
  const lite = generation !== '5';
  return {
    slug,
    display_name: name,
    description: `Simulated ${name}.`,
    default_reasoning_level: DEFAULT_EFFORT,
    supported_reasoning_levels: LISTED_EFFORTS[generation].map((effort) => ({
      effort,
      description: EFFORT_DESCRIPTIONS[effort],
    })),
    shell_type: 'unified_exec',
    visibility: hidden === true ? 'hide' : 'list',
    minimal_client_version: minimalClientVersion,
    supported_in_api: true,
    available_in_plans: ['plus', 'pro', 'team', 'business', 'enterprise', 'edu'],
    priority,
    additional_speed_tiers: [],
    service_tiers: [{ id: 'priority', name: 'Fast', description: 'Faster answers for more usage' }],
    default_service_tier: null,
    availability_nux: null,
    upgrade: null,
    base_instructions: 'You are a coding agent running in a terminal on the user’s computer.',
    model_messages: null,
    supports_reasoning_summaries: true,
    supports_reasoning_summary_parameter: true,
    default_reasoning_summary: 'none',
    support_verbosity: true,
    default_verbosity: 'low',
    apply_patch_tool_type: 'freeform',
    web_search_tool_type: 'text_and_image',
    truncation_policy: { mode: 'tokens', limit: 10_000 },
    supports_parallel_tool_calls: !lite,
    supports_image_detail_original: true,
    context_window: 272_000,
    max_context_window: lite ? 872_000 : 272_000,
    auto_compact_token_limit: null,
    effective_context_window_percent: 95,
    experimental_supported_tools: [],
    input_modalities: ['text', 'image'],
    supports_search_tool: true,
    use_responses_lite: lite,
    tool_mode: lite ? 'code_mode_only' : 'direct',
    prefer_websockets: true,
    comp_hash: null,
    include_skills_usage_instructions: true,
    include_plugin_usage_instructions: true,
    include_apps_usage_instructions: true,
  };
}

/** Compares dotted versions by number; a missing part counts as 0. */
export function isOlder(version: string, than: string): boolean {
  const left = version.split('.').map(Number);
  const right = than.split('.').map(Number);
  for (const [index, part] of right.entries()) {
    const other = left[index] ?? 0;
    if (other !== part) return other < part;
  }
  return false;
}
