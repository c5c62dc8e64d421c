import type { CodexEvent } from '../codex/events.ts';
import type { Folded, FoldedItem } from '../codex/fold.ts';
import type { InputItem } from '../codex/items.ts';
import type { CodexRequest, CodexTool } from '../codex/request.ts';
import type { UpstreamTraits } from '../codex/upstream.ts';
import type { EmulationRules } from '../emulation/rules.ts';
import type { Fault } from '../fault.ts';
import type { PathStyle } from './field-path.ts';
import type { DialectOptions } from './options.ts';
import type { Passage } from './passage.ts';

/**
 * A client format. A new one is a folder with an object of this type and one line in `registry.ts`; its route, its
 * errors, its metrics label and the tests that every dialect must pass follow from there.
 */
export interface Dialect {
  readonly name: string;
  /** The path below `/v1`; it also answers without `/v1`. */
  readonly path: `/${string}`;
  /** A header that only its clients send: by it they get their errors also on paths that belong to no dialect. */
  readonly clientHeader?: string;
  /** Some of its clients show only models with this prefix; every model answers to it. */
  readonly modelPrefix?: string;
  /** How answers are followed that pass as they are, where the upstream speaks this format itself. */
  readonly passage?: Passage;
  /** Every upstream speaks it: a client may ask for raw mode. */
  readonly takesRaw?: true;
  /**
   * Reads a client's body: pure, nothing is sent or kept.
   *
   * @throws FaultError `invalid_request` and its kin, naming the field
   */
  readonly open: Open;
  /** Other paths that are answered by the model; they belong below `path`. */
  readonly variants?: readonly { readonly path: `/${string}`; readonly open: Open }[];
  /** Where clients ask how many tokens a request has. */
  readonly tokenCount?: {
    readonly path: `/${string}`;
    readonly open: (body: unknown, context: OpenContext) => TokenCount;
  };
  /** Where clients ask for an answer that the API stores. Nothing is stored here, so none is ever found. */
  readonly storedAnswers?: readonly StoredAnswer[];
  readonly errorReply: (fault: Fault, requestId: string) => ErrorReply;
  /** A limit of the key in headers of its own, beside `x-ratelimit-*`. */
  readonly limitHeaders?: (limit: ToldLimit) => Readonly<Record<string, string>>;
}

/** How much is left of what a key may do. */
export interface ToldLimit {
  readonly unit: 'requests' | 'tokens';
  readonly limit: number;
  readonly remaining: number;
  /** When all of it is free again, RFC 3339; null: never. */
  readonly resetsAt: string | null;
}

/** `path` has the answer's id where it says `:id`. */
export interface StoredAnswer {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: `/${string}`;
}

export type Open = (body: unknown, context: OpenContext) => Exchange;

/** A request that is only counted, without asking the upstream. */
export interface TokenCount {
  readonly exchange: Exchange;
  /** False when the model of the exchange is none that the client has named. */
  readonly namesModel: boolean;
  readonly reply: (inputTokens: number) => unknown;
}

export interface ErrorReply {
  readonly status: number;
  readonly body: unknown;
}

/** What is not in the body. `digest` is given, because `wire` may not have it itself. */
export interface OpenContext {
  /** Names the client's conversation, from its headers; null when it says nothing. */
  readonly sessionId: string | null;
  /** Keeps prompt caches of different API keys apart; the key's id. */
  readonly cacheScope: string;
  readonly resolveModel: (requested: string) => ResolvedModel;
  readonly options: DialectOptions;
  readonly upstream: UpstreamTraits;
  /** The key's own limit of visible tokens, in force when the request names none; null: it has none. */
  readonly maxTokens: number | null;
  /** Hex SHA-256 of a text. */
  readonly digest: (text: string) => string;
}

/** What a model name means here. */
export interface ResolvedModel {
  /** As the client wrote it: answers echo it. */
  readonly requested: string;
  /** As the upstream knows it. */
  readonly slug: string;
  /** False only when a catalog is loaded and lacks the slug. */
  readonly exists: boolean;
  /** The most tokens that it reads, where a catalog tells. */
  readonly window?: number | undefined;
  /** Efforts the model takes, weakest first; null when no catalog tells. */
  readonly efforts: readonly string[] | null;
  /** From the name's suffix, a preset or the operator's default: loses to a value in the request. */
  readonly effort: string | null;
  /** Set by the operator: wins over everything. */
  readonly pinnedEffort?: string | undefined;
  /** What `model@preset` stands for: each member loses to a value in the request. */
  readonly preset?: Preset | undefined;
}

/** Options of a request that the operator has given a name; its effort is the model's `effort`. */
export interface Preset {
  readonly summary?: string | undefined;
  readonly verbosity?: string | undefined;
  readonly serviceTier?: string | undefined;
  readonly instructions?: string | undefined;
}

/** One parsed request with everything needed to answer it; the dialect's own types stay inside. */
export interface Exchange {
  readonly model: ResolvedModel;
  readonly wantsStream: boolean;
  /** The largest token limit that the request names, for what its key allows and for reservations. */
  readonly maxTokens: TokenLimit | null;
  /** What must be enforced on the answer here, since the upstream cannot be told. */
  readonly emulate: EmulationRules;
  /** What the request refers to without carrying it. */
  readonly recall: Recall;
  /** The request declares no tools and does not forbid calls: when its history has calls, their tools are declared. */
  readonly lacksTools: boolean;
  readonly warnings: Warnings;
  /** The mark of the account that sealed the reasoning in the request, where a dialect can tell. */
  readonly sealedBy?: string | null;
  /** How its client writes the place of a field. */
  readonly pathStyle: PathStyle;
  /** Called again for a retry: never changes anything. */
  readonly codexRequest: (recalled: Recalled) => CodexRequest;
  readonly encoder: (stamp: Stamp) => StreamEncoder;
  readonly reply: (answer: Folded, stamp: Stamp) => unknown;
  /** What is worth keeping of a whole answer for later requests; null when the client wants nothing kept. */
  readonly memories: ((answer: WholeAnswer) => Memories) | null;
}

export interface TokenLimit {
  /** The client's field. */
  readonly field: string;
  readonly tokens: number;
}

export interface Recall {
  readonly responseId: string | null;
  readonly itemIds: readonly string[];
  readonly callIds: readonly string[];
}

/** Earlier items found for a `Recall`. */
export interface Recalled {
  /** The conversation before this request, for `responseId`; empty when it is not known. */
  readonly history: readonly InputItem[];
  readonly itemsById: ReadonlyMap<string, InputItem>;
  /** The reasoning that came before a call, by `call_id`. */
  readonly reasoningByCallId: ReadonlyMap<string, readonly InputItem[]>;
  /** The tools, by the client's names, that the latest of the calls was made with; null when nobody knows. */
  readonly tools: readonly CodexTool[] | null;
  /** Not all could be looked up: what is missing may well be there. */
  readonly outOfReach?: boolean;
}

export const nothingRecalled: Recalled = {
  history: [],
  itemsById: new Map(),
  reasoningByCallId: new Map(),
  tools: null,
};

/** An answer that was given to its end, with what the request had recalled. */
export interface WholeAnswer {
  readonly recalled: Recalled;
  /** Its finished items. */
  readonly output: readonly FoldedItem[];
  readonly stamp: Stamp;
}

/** What an answer leaves for later requests of the same client, by the ids that the client knows. */
export interface Memories {
  /** For requests that go on from this answer; null in dialects that cannot. */
  readonly response: ResponseMemory | null;
  readonly itemsById: ReadonlyMap<string, InputItem>;
  /** Every call of the answer, with the reasoning that came before it. */
  readonly reasoningByCallId: ReadonlyMap<string, readonly InputItem[]>;
  /** The tools that the client declared, by its names for them. */
  readonly tools: readonly CodexTool[];
}

export interface ResponseMemory {
  readonly id: string;
  /** What this request and its answer add to the conversation that was recalled for it. */
  readonly items: readonly InputItem[];
}

/** What was not honoured as asked; becomes the header `x-gateway-warnings`. */
export interface Warnings {
  /** Field names. */
  readonly dropped: readonly string[];
  /** Field names whose value was moved to one that the model takes. */
  readonly clamped: readonly string[];
  /** Field names that lost to what the operator has pinned. */
  readonly pinned?: readonly string[];
  /** Field names that were filled in from the conversation. */
  readonly restored?: readonly string[];
  /** Known only after the answer. */
  readonly usage?: 'estimated';
  /** Those of `dropped` that are fields of no known API: never a reason to refuse. */
  readonly unknown?: readonly string[];
}

/** Identity of one answer, made by the caller: `id` without prefix, `createdAt` in unix seconds. */
export interface Stamp {
  readonly id: string;
  readonly createdAt: number;
  readonly requestId: string;
  /** A mark of the upstream account that answers: no other account can read what it has sealed. */
  readonly account: string;
}

/**
 * Turns upstream events into the client's SSE text; the only mutable state of a request. Every stream ends in exactly
 * one legal way: by the upstream's terminal event in `push`, or by `fail`.
 */
export interface StreamEncoder {
  /** The text to write for these events; empty when there is nothing to say yet. */
  readonly push: (events: readonly CodexEvent[]) => string;
  /** The legal ending after a failure; empty when the stream had already ended. */
  readonly fail: (fault: Fault) => string;
  /** What keeps the client's idle timer quiet. */
  readonly heartbeat: () => string;
  /** True once the ending was written: nothing more is to be read or sent. */
  readonly ended: () => boolean;
}
