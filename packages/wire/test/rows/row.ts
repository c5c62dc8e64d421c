import type { Remedy } from '../../src/codex/refusal.ts';
import type { Dialect, Recalled } from '../../src/dialects/dialect.ts';
import type { Fault, Outcome as Fate } from '../../src/fault.ts';
import type { openContext } from '../open-context.ts';
import type { RawEvent } from '../upstream-events.ts';
import type { Here } from './observed.ts';

/**
 * The tables that say what becomes of everything a client may send and the upstream may answer. They are run by
 * `rows.test.ts`, which also writes `docs/translation.md` from them: a row is the only place that states its fact.
 */

export type Members = Readonly<Record<string, unknown>>;
type NonEmpty<Item> = readonly [Item, ...Item[]];

/**
 * map: sent upstream in its form. local: done by the gateway. drop: ignored, nothing is lost by it. drop+warn: ignored
 * and named in `x-gateway-warnings`. 400: refused.
 */
export type Outcome = 'map' | 'local' | 'drop' | 'drop+warn' | '400';

/** A field of a request. Each of its outcomes is shown by a case, and no case shows another one. */
export interface RequestRow {
  /** As the client writes it: `messages[].tool_calls[].type: custom`. */
  readonly field: string;
  readonly outcome: NonEmpty<Outcome>;
  /** What happens and why, in one sentence. */
  readonly says: string;
  readonly cases: NonEmpty<AcceptedCase | RefusedCase | GoldenCase | ProvenCase>;
}

/** Something that the upstream answers, or that happens to a request or an answer. */
export interface AnswerRow {
  readonly event: string;
  readonly says: string;
  readonly cases: NonEmpty<GoldenCase | FaultCase | ProvenCase>;
}

export type Row = RequestRow | AnswerRow;
export type Case = Row['cases'][number];

interface Sending {
  /** Members beside those of the smallest body (undefined: without it); anything but an object is the whole body. */
  readonly sends: unknown;
  /** Members that the body has which it is compared with, too: what the case is not about. */
  readonly beside?: Members;
  readonly setting?: Setting;
}

/** What else decides; by default a key without policy, a catalog with efforts from none to xhigh, a named session. */
export interface Setting {
  /** After "where": "the operator has pinned the effort high". */
  readonly words: string;
  readonly context?: Parameters<typeof openContext>[0];
  readonly recalled?: Partial<Recalled>;
}

/** Everything that is not stated stays as it is for the smallest body. */
export interface AcceptedCase extends Sending {
  /** The members of the upstream's body that change, whole; undefined: no longer there. */
  readonly upstream: Members;
  /** The whole value of `x-gateway-warnings`. */
  readonly warns?: string;
  /** What changes of the gateway's own part. */
  readonly here?: Partial<Here>;
}

export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly message: string;
}

export interface RefusedCase extends Sending {
  readonly refused: Refused;
}

/** An answer in `fixtures/<dialect>`, run by the goldens' own tests. */
export interface GoldenCase {
  readonly golden: string;
  /** What its stream has to say about the row, word for word. */
  readonly stream?: string;
  /** What its stream must not say. */
  readonly never?: string;
  /** What its JSON answer has to say about it, as compact JSON. */
  readonly reply?: string;
}

/** What went wrong: the gateway's own name for it, or what the upstream has said. */
export type Failure =
  | { readonly fault: Fault }
  /** An error object, which means the same in a 400, in an `error` event and in a failed response. */
  | { readonly error: Members }
  | { readonly status: number; readonly body: unknown; readonly retryAfterSeconds?: number }
  | { readonly event: RawEvent };

/** What the clients of every dialect are told of a failure. */
export interface FaultCase {
  readonly when: Failure;
  /** What is tried before anybody is told; nothing when absent. */
  readonly tries?: Remedy;
  readonly told: Told;
}

export interface Told {
  readonly status: number;
  /** The members of OpenAI's error; param is null when absent. */
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string | null;
    readonly param?: string;
  } & Members;
  /** Anthropic's error type, and what else differs there. */
  readonly anthropic: {
    readonly type: string;
    readonly status?: number;
    readonly message?: string;
    readonly details?: Members;
  };
  /** The word for logs, metrics and `x-gateway-outcome`. */
  readonly outcome: Fate;
  /** Headers beside it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A test that is not about translation alone; `file` below the project's folder. */
export interface ProvenCase {
  readonly file: string;
  readonly test: string;
}

export interface Section {
  readonly title: string;
  readonly about?: string;
  readonly rows: NonEmpty<Row>;
}

/** Tables of what is the same in every dialect. */
export interface CommonChapter {
  readonly title: string;
  readonly about: string;
  readonly sections: readonly Section[];
}

export type Chapter = DialectChapter | CommonChapter;

/** All tables of one dialect. */
export interface DialectChapter {
  readonly title: string;
  readonly dialect: Dialect;
  /** The smallest body that is answered: cases say what they have beside it. */
  readonly smallest: Members;
  /** Every top-level field that is known; each has a row. */
  readonly fields: readonly string[];
  /** Names of the answers that the goldens' tests run. */
  readonly goldens: readonly string[];
  readonly sections: readonly Section[];
}

export function isRequestRow(row: Row): row is RequestRow {
  return 'field' in row;
}

/** A field of a wrong type or form. */
export function invalid(param: string, wrong: string): Refused {
  return refused('invalid_request', param, `Invalid value for '${param}': ${wrong}.`);
}

export function missing(param: string): Refused {
  return refused('invalid_request', param, `Missing required parameter: '${param}'.`);
}

/** A value that the API has, and that cannot be served here. */
export function unavailable(param: string, why: string): Refused {
  return refused('unsupported_value', param, `Invalid value for '${param}': ${why}.`);
}

/** A 400 in other words than the two above. */
export function refused(code: string, param: string | null, message: string): Refused {
  return { status: 400, code, param, message };
}
