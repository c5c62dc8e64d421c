import { createHash } from 'node:crypto';
import { isTerminal, usageOf, type CodexEvent } from '@codex-gateway/wire/codex/events.ts';
import { createFold, type Folded } from '@codex-gateway/wire/codex/fold.ts';
import { refusalOfEvent } from '@codex-gateway/wire/codex/refusal.ts';
import {
  nothingRecalled,
  type Dialect,
  type OpenContext,
  type ResolvedModel,
} from '@codex-gateway/wire/dialects/dialect.ts';
import { warningsHeader } from '@codex-gateway/wire/dialects/warnings.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import type { Request, RequestHandler } from 'express';
import { newId } from '../ids.ts';
import type { ApiKey } from '../keys/api-keys.ts';
import { checkMaxTokens, checkModel } from '../keys/policy.ts';
import type { Admit } from '../limits/admission.ts';
import type { Batch } from '../upstream/codex-client.ts';
import type { AskUpstream } from '../upstream/retry.ts';
import { acceptedKey } from './authenticate.ts';
import { parseJsonBody } from './body.ts';
import type { StartHeartbeat } from './heartbeats.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import type { RequestRecord, Scopes } from './request-scope.ts';
import { writeStream } from './sse-writer.ts';

export interface InferenceDeps {
  readonly scopes: Scopes;
  readonly maxBodyBytes: number;
  readonly resolveModel: (requested: string) => ResolvedModel;
  /** The slug when a catalog lists it, else `other`: what clients make up is no label. */
  readonly modelLabel: (slug: string) => string;
  readonly admit: Admit;
  readonly ask: AskUpstream;
  readonly startHeartbeat: StartHeartbeat;
  /** Unix seconds. */
  readonly nowSeconds: () => number;
}

/** The whole life of a request, top to bottom. Its key was accepted before its body was read (authenticate.ts). */
export function createInference(dialect: Dialect, deps: InferenceDeps): RequestHandler {
  return async (req, res) => {
    const scope = deps.scopes.of(res);
    const { record, requestId, signal } = scope;
    const key = acceptedKey(record);

    const body = await parseJsonBody(req, deps.maxBodyBytes);
    const exchange = dialect.open(body.value, openContext(req, key, deps.resolveModel));
    const { model, maxTokens, wantsStream } = exchange;
    checkModel(key, model);
    checkMaxTokens(key, maxTokens);
    record.model = deps.modelLabel(model.slug);
    record.stream = wantsStream;

    const admission = { key, requestId, inputBytes: body.bytes, maxTokens };
    const permit = await deps.admit({
      ...admission,
      onStates: (states) => res.set(rateLimitHeaders(states)),
    });
    let reservedUntilKnown: null | 0 = 0; // nothing is charged for a request that the upstream never took
    try {
      record.overheadMs = scope.elapsedMs();
      const answer = await deps.ask(exchange.codexRequest(nothingRecalled), { requestId, signal });
      reservedUntilKnown = null;
      record.retries = answer.retries;
      record.upstreamRequestId = answer.requestId;
      record.firstEventMs = scope.elapsedMs();
      res.set(answerHeaders(record, warningsHeader(exchange.warnings)));

      const batches = recorded(answer.batches, record);
      const stamp = { id: newId(), createdAt: deps.nowSeconds(), requestId };
      if (wantsStream) {
        const { startHeartbeat } = deps;
        await writeStream(res, batches, {
          encoder: exchange.encoder(stamp),
          signal,
          startHeartbeat,
          headFirst: !answer.begun,
        });
      } else {
        res.json(exchange.reply(await wholeAnswer(batches), stamp));
      }
    } finally {
      await permit.settle(record.usage?.totalTokens ?? reservedUntilKnown);
    }
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Headers by which clients name their conversation: Claude Code, the Codex CLI, its older versions. */
const sessionHeaders = ['x-claude-code-session-id', 'session-id', 'session_id'];

const BYTES_PER_TOKEN = 4;

function openContext(req: Request, key: ApiKey, resolveModel: InferenceDeps['resolveModel']): OpenContext {
  return {
    sessionId:
      sessionHeaders.map((name) => req.get(name)).find((id) => id !== undefined && id !== '') ?? null,
    cacheScope: key.id,
    resolveModel,
    digest,
    countTokens: (text) => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN),
  };
}

function answerHeaders(record: RequestRecord, warnings: string | null): Record<string, string> {
  return {
    'server-timing': `gateway;dur=${record.overheadMs ?? 0}`,
    ...(record.upstreamRequestId !== null && { 'x-upstream-request-id': record.upstreamRequestId }),
    ...(warnings !== null && { 'x-gateway-warnings': warnings }),
  };
}

/** The same batches; the usage and the failure that the last event tells go into the record. */
async function* recorded(batches: AsyncIterable<Batch>, record: RequestRecord): AsyncGenerator<Batch, void> {
  for await (const batch of batches) {
    const last = batch.find(isTerminal);
    if (last) recordEnd(last, record);
    yield batch;
  }
}

function recordEnd(event: CodexEvent, record: RequestRecord): void {
  record.fault = refusalOfEvent(event)?.fault ?? record.fault;
  if ('response' in event) record.usage = usageOf(event.response);
}

/** @throws FaultError when the upstream failed or broke off: half an answer is none */
async function wholeAnswer(batches: AsyncIterable<Batch>): Promise<Folded> {
  const fold = createFold();
  for await (const batch of batches) {
    fold.push(batch);
    const refusal = batch.map(refusalOfEvent).find((found) => found !== null);
    if (refusal) throw new FaultError(refusal.fault);
  }
  const answer = fold.result();
  if (!answer)
    throw new FaultError({ kind: 'upstream_error', message: 'The upstream broke off its answer.' });
  return answer;
}
