import type { InputItem } from './items.ts';
import { takenOptions, type RequestOptions, type UpstreamTraits } from './upstream.ts';

/** A tool as the upstream takes it: `function` and `custom` are built here, the others pass through. */
export type CodexTool = Readonly<Record<string, unknown>> & { readonly type: string };

export type ToolChoice =
  | 'auto'
  | 'none'
  | 'required'
  | (Readonly<Record<string, unknown>> & { readonly type: string });

export interface ReasoningOptions {
  readonly effort?: string;
  readonly summary?: string;
  readonly context?: string;
}

export interface TextOptions {
  readonly verbosity?: string;
  readonly format?: Readonly<Record<string, unknown>>;
}

/** What a dialect has understood of a request, before it becomes bytes for the upstream. */
export interface CodexRequestParts {
  readonly model: string;
  readonly instructions: string;
  readonly input: readonly InputItem[];
  readonly tools: readonly CodexTool[];
  readonly toolChoice: ToolChoice | undefined;
  readonly parallelToolCalls: boolean;
  readonly reasoning: ReasoningOptions;
  readonly text: TextOptions;
  /** Added to `reasoning.encrypted_content`, which every model that reasons is asked for. */
  readonly include: readonly string[];
  readonly promptCacheKey: string;
  readonly serviceTier: 'priority' | undefined;
  /** What the upstream does not take of these is left out. */
  readonly options?: RequestOptions;
}

/**
 * The body of `POST /responses`. The backend refuses every top-level field it does not know, so this is an allow-list
 * that is built, never a client body with fields deleted.
 */
export interface CodexRequest extends RequestOptions {
  readonly model: string;
  readonly instructions: string;
  readonly input: readonly Readonly<object>[];
  readonly tools?: readonly CodexTool[];
  readonly tool_choice?: ToolChoice;
  readonly parallel_tool_calls: boolean;
  readonly reasoning?: ReasoningOptions;
  readonly text?: TextOptions;
  readonly include: readonly string[];
  readonly prompt_cache_key: string;
  readonly service_tier?: 'priority';
  readonly store: false;
  readonly stream: true;
}

/**
 * The first of these that says something. The Codex backend demands the field, so there is a default; but clients that put
 * their prompt into a leading developer message (the Codex CLI does) have said everything: they get none added.
 */
export function instructionsFor(
  candidates: readonly (string | null | undefined)[],
  input: readonly InputItem[],
  { defaultInstructions }: UpstreamTraits,
): string {
  const given = candidates.find((text) => typeof text === 'string' && text.trim() !== '');
  if (typeof given === 'string') return given;
  return input.find((item) => item.type === 'message')?.role === 'developer' ? '' : defaultInstructions;
}

/** Builds the body with its keys in one fixed order: upstream caches prompts by prefix, so equal requests must be equal bytes. */
export function codexRequest(parts: CodexRequestParts, upstream: UpstreamTraits): CodexRequest {
  const { tools, toolChoice, reasoning, text, serviceTier } = parts;
  const searches = tools.some((tool) => tool.type === 'web_search');
  // Newer models get their tools as an item of the input, with no `tools` beside it.
  const choosable =
    tools.length > 0 ||
    parts.input.some((item) => item.type === 'passed' && item.item['type'] === 'additional_tools');
  return {
    model: parts.model,
    instructions: parts.instructions,
    input: parts.input.map((item) => (item.type === 'passed' ? item.item : item)),
    ...(tools.length > 0 && { tools }),
    ...(choosable && toolChoice !== undefined && { tool_choice: toolChoice }),
    parallel_tool_calls: parts.parallelToolCalls,
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(Object.keys(text).length > 0 && { text }),
    include: [
      ...new Set([
        ...(upstream.reasons(parts.model) ? ['reasoning.encrypted_content'] : []),
        ...(searches ? ['web_search_call.action.sources'] : []),
        ...parts.include,
      ]),
    ],
    prompt_cache_key: parts.promptCacheKey,
    ...(serviceTier !== undefined && { service_tier: serviceTier }),
    ...takenOptions(parts.options ?? {}, upstream),
    store: false,
    stream: true,
  };
}

/**
 * The body as it is sent. Half of a surrogate pair (a client has cut a text between two units) has no UTF-8: JSON can
 * write it as an escape, and readers that are strict refuse all of it. It becomes U+FFFD, as with every writer of UTF-8.
 */
export function requestText(request: CodexRequest): string {
  const text = JSON.stringify(request);
  if (!text.includes('\\ud')) return text;
  return text.replaceAll(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (escape) =>
    escape === '\\\\' ? escape : '\ufffd',
  );
}

/** The same request without reasoning items: the one retry after the upstream refused a sealed one. */
export function withoutReasoning(request: CodexRequest): CodexRequest {
  return {
    ...request,
    input: request.input.filter((item) => !('type' in item && item.type === 'reasoning')),
  };
}
