import type { Reply } from '../http/reply.ts';
import type { JsonObject } from '../json.ts';
import type { Model } from './catalog.ts';
import type { Seals } from './seals.ts';

/** What a rule may look at. */
export interface RuleContext {
  readonly body: JsonObject;
  readonly model: Model | undefined;
  /** The `version` header, else the version in a Codex User-Agent. */
  readonly clientVersion: string | undefined;
  readonly accountId: string;
  readonly instructions: 'strict' | 'lax';
  readonly seals: Seals;
}

/** One thing the backend refuses. */
export interface Rule {
  readonly name: string;
  /** Where the refusal and its words were seen. */
  readonly source: string;
  readonly check: (context: RuleContext) => Reply | undefined;
}
