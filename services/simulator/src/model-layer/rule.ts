import type { Reply } from '../http/reply.ts';
import type { JsonObject } from '../json.ts';
import type { Seals } from './seals.ts';

/** What a face lets through to the model layer, where the Codex backend and the public API differ. */
export interface Face {
  readonly roles: readonly string[];
  readonly itemTypes: readonly string[];
  /** The members that each tool type may have. */
  readonly tools: ReadonlyMap<string, readonly string[]>;
  /** The refusal of a tool of another type. */
  readonly unknownTool: (type: unknown, path: string) => Reply;
}

/** What a rule of the model layer may look at. */
export interface LayerContext {
  readonly face: Face;
  /** With `input` as a list of items. */
  readonly body: JsonObject;
  /** The items before the input. */
  readonly history: readonly JsonObject[];
  readonly model: { readonly slug: string; readonly wireEfforts: readonly string[] } | undefined;
  readonly accountId: string;
  readonly seals: Seals;
  /** Whether an item with this id was stored. */
  readonly isStored: (id: string) => boolean;
}

/** One thing that is refused. */
export interface Rule<Context> {
  readonly name: string;
  /** Where the refusal and its words were seen. */
  readonly source: string;
  readonly check: (context: Context) => Reply | undefined;
}

/** The first refusal, or undefined when the request is accepted. */
export function refuse<Context>(rules: readonly Rule<Context>[], context: Context): Reply | undefined {
  for (const { check } of rules) {
    const refusal = check(context);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
