import assert from 'node:assert/strict';
import { nothingRecalled, type Dialect, type Exchange } from '../../src/dialects/dialect.ts';
import { declared, warningsHeader } from '../../src/dialects/warnings.ts';
import { faultCode, FaultError, faultParam, faultStatus } from '../../src/fault.ts';
import { isRecord } from '../../src/record.ts';
import { openContext } from '../open-context.ts';
import { fieldsToRefuse } from '../upstream-fields.ts';
import type { AcceptedCase, Members, Refused, RefusedCase, Setting } from './row.ts';

/** What the gateway itself will do for a request. */
export interface Here {
  readonly streams: boolean;
  /** Texts before which the answer ends. */
  readonly stop: readonly string[];
  /** The most tokens of visible text. */
  readonly tokenLimit: number | null;
  /** The largest limit in the request, which the key must allow, and the field that asks for it. */
  readonly asksFor: { readonly field: string; readonly tokens: number } | null;
  /** Whether calls that the model writes as text become real ones. */
  readonly readsWrittenCalls: boolean;
  /** Whether comments of the model on its work are visible text. */
  readonly showsComments: boolean;
  /** Between the texts of two messages. */
  readonly separator: string;
  /** Kept answers, items and reasoning (by its call) that are looked up. */
  readonly recallsResponse: string | null;
  readonly recallsItems: readonly string[];
  readonly recallsCalls: readonly string[];
  /** Whether the answer is kept for later requests. */
  readonly remembers: boolean;
  /** Dropped fields that even a strict key may send. */
  readonly unknown: readonly string[];
}

function hereOf({ wantsStream, emulate, maxTokens, recall, memories, warnings }: Exchange): Here {
  return {
    streams: wantsStream,
    stop: emulate.stop,
    tokenLimit: emulate.maxTokens,
    asksFor: maxTokens,
    readsWrittenCalls: emulate.toolText,
    showsComments: emulate.commentaryIsVisible,
    separator: emulate.separator,
    recallsResponse: recall.responseId,
    recallsItems: recall.itemIds,
    recallsCalls: recall.callIds,
    remembers: memories !== null,
    unknown: warnings.unknown ?? [],
  };
}

/** Clients that name their session have one cache key for all their requests: it changes only where a row says so. */
const usual = { sessionId: 'session-1' };

function observe(dialect: Dialect, body: unknown, setting: Setting | null) {
  const context = openContext({ ...usual, ...setting?.context });
  const exchange = dialect.open(JSON.parse(JSON.stringify(body)), context);
  const recalled = { ...nothingRecalled, ...setting?.recalled };
  const request = exchange.codexRequest(recalled);
  assert.deepEqual(exchange.codexRequest(recalled), request, 'a retry sends the same');
  assert.deepEqual(fieldsToRefuse(request), [], 'the upstream takes every field');
  const upstream: Members = { ...request };
  const here: Members = { ...hereOf(exchange) };
  return { upstream, here, warns: warningsHeader(declared(exchange, request, request)) };
}

/** The members that differ; undefined where one is gone. */
function changes(before: Members, after: Members): Members {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names].filter((name) => !same(before[name], after[name])).map((name) => [name, after[name]]),
  );
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

type Sending = AcceptedCase | RefusedCase;

/** The upstream's body for the smallest one of a client. */
export function smallestUpstream(dialect: Dialect, smallest: Members): Members {
  return observe(dialect, smallest, null).upstream;
}

/** What happens to a body, in the words of an accepted case. */
export function outcomeOf(dialect: Dialect, smallest: Members, { sends, beside, setting }: Sending) {
  const base = { ...smallest, ...beside };
  const before = observe(dialect, base, null);
  const after = observe(dialect, isRecord(sends) ? { ...base, ...sends } : sends, setting ?? null);
  return {
    upstream: changes(before.upstream, after.upstream),
    warns: after.warns,
    here: changes(before.here, after.here),
  };
}

/** What a body is refused with; null when it is not. */
export function refusalOf(
  dialect: Dialect,
  smallest: Members,
  { sends, beside, setting }: Sending,
): Refused | null {
  try {
    observe(dialect, isRecord(sends) ? { ...smallest, ...beside, ...sends } : sends, setting ?? null);
    return null;
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    const { fault } = error;
    const { message } = fault;
    return { status: faultStatus(fault), code: String(faultCode(fault)), param: faultParam(fault), message };
  }
}
