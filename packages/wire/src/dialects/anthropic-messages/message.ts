import type { ToolNames } from '../../codex/tool-names.ts';
import type { Usage } from '../../usage.ts';
import type { ResolvedModel, Stamp } from '../dialect.ts';
import type { ThinkingDisplay } from './thinking.ts';

/** What of the request shapes the answer. */
export interface AnswerStyle {
  readonly model: ResolvedModel;
  readonly names: ToolNames;
  readonly display: ThinkingDisplay;
  readonly speed: 'standard' | 'fast' | null;
  /** The answer must be JSON: clients parse every text block, so comments of the model on the way are left out. */
  readonly isJson: boolean;
  /** Whether the request spoke of context edits: the answer then says that none was applied. */
  readonly declaresEdits: boolean;
}

/** A tool is called by the model itself, never by code that runs at the vendor. */
const direct = { type: 'direct' } as const;

export interface SearchResult {
  readonly type: 'web_search_result';
  readonly url: string;
  readonly title: string;
  readonly encrypted_content: string;
  readonly page_age: null;
}

/** A content block as it begins: empty, with what is known at once. */
export type BlockStart =
  | { readonly type: 'text'; readonly text: '' }
  | { readonly type: 'thinking'; readonly thinking: ''; readonly signature: '' }
  | {
      readonly type: 'tool_use' | 'server_tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: Readonly<Record<string, never>>;
      readonly caller: typeof direct;
    }
  | {
      readonly type: 'web_search_tool_result';
      readonly tool_use_id: string;
      readonly content: readonly SearchResult[];
      readonly caller: typeof direct;
    };

/** Without `citations`: the API itself leaves it out where there are none, and strict readers refuse a null. */
export const textStart: BlockStart = { type: 'text', text: '' };
export const thinkingStart: BlockStart = { type: 'thinking', thinking: '', signature: '' };

export function toolUseStart(type: 'tool_use' | 'server_tool_use', id: string, name: string): BlockStart {
  return { type, id, name, input: {}, caller: direct };
}

export function searchResultStart(id: string, content: readonly SearchResult[]): BlockStart {
  return { type: 'web_search_tool_result', tool_use_id: id, content, caller: direct };
}

export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'refusal'
  | 'model_context_window_exceeded';

/** How a message ends. */
export interface Ending {
  readonly stopReason: StopReason;
  /** The stop string that ended it. */
  readonly stopSequence: string | null;
  /** Why, for a refusal. */
  readonly explanation: string | null;
  readonly usage: Usage | null;
  readonly webSearches: number;
}

const noEdits = { context_management: { applied_edits: [] } } as const;

/** The message before anything was said: every member of the type is there. */
export function messageStart({ model, speed, declaresEdits }: AnswerStyle, { id }: Stamp) {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: model.requested,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    ...(declaresEdits && noEdits),
    usage: {
      input_tokens: 0,
      output_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: null,
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: 'standard',
      inference_geo: null,
      speed,
    },
  } as const;
}

export function messageEnd(ending: Ending, { declaresEdits }: AnswerStyle) {
  const { stopReason, stopSequence, explanation } = ending;
  return {
    delta: {
      stop_reason: stopReason,
      stop_sequence: stopSequence,
      stop_details: stopReason === 'refusal' ? { type: 'refusal', category: null, explanation } : null,
      container: null,
    },
    usage: usageCounters(ending),
    ...(declaresEdits && noEdits),
  } as const;
}

/**
 * Anthropic counts are disjoint, the upstream's contain each other: a client that adds them up would count cached
 * tokens twice and compact its conversation too early.
 */
function usageCounters({ usage, webSearches }: Ending) {
  const searches = webSearches === 0 ? null : { web_search_requests: webSearches, web_fetch_requests: 0 };
  return {
    input_tokens: usage ? uncached(usage) : 0,
    cache_creation_input_tokens: usage?.cacheWriteTokens ?? 0,
    cache_read_input_tokens: usage?.cachedInputTokens ?? 0,
    output_tokens: usage?.outputTokens ?? 0,
    output_tokens_details: usage ? { thinking_tokens: usage.reasoningTokens } : null,
    server_tool_use: searches,
  };
}

function uncached({ inputTokens, cachedInputTokens, cacheWriteTokens }: Usage): number {
  return Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens);
}

const stopReasonOfIncomplete: ReadonlyMap<string, StopReason> = new Map([
  ['max_output_tokens', 'max_tokens'],
  // Claude Code discards such an answer, so it is not said of a refusal that the model wrote itself.
  ['content_filter', 'refusal'],
]);

export function incompleteStopReason(reason: string): StopReason {
  return stopReasonOfIncomplete.get(reason) ?? 'end_turn';
}

/** Where a message is built. Blocks come one after another; the calls are the same for a stream and for one object. */
export interface MessageSink {
  readonly openBlock: (start: BlockStart) => void;
  readonly text: (delta: string) => void;
  readonly thinking: (delta: string) => void;
  /** A piece of a tool's input as JSON text. */
  readonly input: (delta: string) => void;
  readonly signature: (signature: string) => void;
  readonly closeBlock: () => void;
  readonly end: (ending: Ending) => void;
}
