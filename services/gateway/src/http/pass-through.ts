import type { TokenLimit } from '@codex-gateway/wire/dialects/dialect.ts';
import { largestLimit } from '@codex-gateway/wire/dialects/emulated.ts';
import type { Passage } from '@codex-gateway/wire/dialects/passage.ts';
import { FaultError, faultRules, type Fault } from '@codex-gateway/wire/fault.ts';
import { isRecord } from '@codex-gateway/wire/record.ts';
import type { Request, RequestHandler } from 'express';
import { checkMaxTokens } from '../keys/policy.ts';
import type { Admit } from '../limits/admission.ts';
import type { AskBytes } from '../upstream/byte-client.ts';
import { TURN_STATE_HEADER } from '../upstream/turn-state.ts';
import { answerHeaders } from './answer-headers.ts';
import { acceptedKey } from './authenticate.ts';
import { readJsonBody } from './body.ts';
import type { Naming, PassRules } from './pass-rules.ts';
import { passAnswer, type PassAnswerDeps } from './passing-answer.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import type { Scopes } from './request-scope.ts';

export interface PassDeps extends PassAnswerDeps {
  readonly scopes: Scopes;
  readonly maxBodyBytes: number;
  readonly resolveName: Naming['resolveName'];
  readonly modelLabel: (slug: string) => string;
  readonly admit: Admit;
  readonly askBytes: AskBytes;
}

/** Which requests pass, and how. */
export interface Passing {
  /** Below the base URL, here as upstream. */
  readonly path: string;
  readonly passage: Passage;
  readonly rules: PassRules;
}

/** Whether a client wants its bytes passed through whatever the upstream speaks. */
export function wantsRaw(req: Request): boolean {
  return (
    req.get('x-codex-mode')?.toLowerCase() === 'raw' ||
    req.get('x-codex-raw-passthrough')?.toLowerCase() === 'true'
  );
}

/**
 * The whole life of a request whose bytes are passed on: what the client sends is what the upstream gets, and what the
 * upstream answers is what the client gets, but for what `rules` say. Key, models, limits and size are enforced as for
 * every other request.
 */
export function createPassThrough({ path, passage, rules }: Passing, deps: PassDeps): RequestHandler {
  return async (req, res) => {
    const scope = deps.scopes.of(res);
    const { record, requestId, signal } = scope;
    const key = acceptedKey(record);
    rules.checkKey(key);

    const body = await readJsonBody(req, { maxBytes: deps.maxBodyBytes, signal });
    const bodyMs = scope.elapsedMs(); // the client's time, not ours
    const { resolveName } = deps;
    const { model, ...prepared } = rules.prepare(body, req.headers, { key, resolveName });
    const maxTokens = tokenLimitOf(body.value);
    checkMaxTokens(key, maxTokens);
    record.model = deps.modelLabel(model);

    const permit = await deps.admit({
      key,
      inputBytes: body.decoded.length,
      maxTokens: maxTokens?.tokens ?? null,
      onStates: (states) => res.set(rateLimitHeaders(states)),
    });
    let reservedUntilKnown: null | 0 = 0; // nothing is charged for a request that the upstream never took
    try {
      record.overheadMs = scope.elapsedMs() - bodyMs;
      const turnState = req.get(TURN_STATE_HEADER) ?? null;
      const answer = await deps.askBytes({ path, ...prepared }, { requestId, turnState, signal });
      record.retries = answer.retries;
      record.upstreamRequestId = answer.requestId;
      record.firstEventMs = scope.elapsedMs();
      record.fault = answer.fault;
      res.status(answer.status).set(answerHeaders(answer, record.overheadMs));
      if (answer.fault) res.set('x-gateway-outcome', faultRules[answer.fault.kind].outcome);
      else reservedUntilKnown = null;
      await passAnswer(res, answer, { passage, mends: rules.mends, model, scope }, deps);
    } catch (error) {
      if (wasAnswering(error)) reservedUntilKnown = null;
      throw error;
    } finally {
      await permit.settle(record.usage?.totalTokens ?? reservedUntilKnown);
    }
  };
}

const faultsWhileAnswering: ReadonlySet<Fault['kind']> = new Set<Fault['kind']>([
  'client_gone',
  'upstream_timeout',
  'upstream_error',
  'drain_deadline',
]);

/** An answer in JSON comes with its head: until then nothing tells how far the upstream has come with it. */
function wasAnswering(error: unknown): boolean {
  return error instanceof FaultError && faultsWhileAnswering.has(error.fault.kind);
}

const limitFields = ['max_output_tokens', 'max_completion_tokens', 'max_tokens'];

/** The largest limit that a body names; what is no number is for the upstream to refuse. */
function tokenLimitOf(body: unknown): TokenLimit | null {
  const limits = limitFields.map((field) => [field, isRecord(body) ? body[field] : null] as const);
  const numbers = limits.flatMap(([field, limit]) => (typeof limit === 'number' ? [[field, limit]] : []));
  return largestLimit({ stop: {}, limits: Object.fromEntries(numbers) });
}
