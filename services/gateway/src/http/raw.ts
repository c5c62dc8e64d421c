import { once } from 'node:events';
import { FaultError, faultRules, invalidRequest } from '@codex-gateway/wire/fault.ts';
import { isRecord } from '@codex-gateway/wire/record.ts';
import type { Request, RequestHandler, Response } from 'express';
import { checkModel } from '../keys/policy.ts';
import type { Admit } from '../limits/admission.ts';
import { throwBroken } from '../upstream/post.ts';
import type { AskBytes } from '../upstream/byte-client.ts';
import { TURN_STATE_HEADER } from '../upstream/turn-state.ts';
import { answerHeaders } from './answer-headers.ts';
import { createMeter } from './answer-record.ts';
import { acceptedKey } from './authenticate.ts';
import { readJsonBody } from './body.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import type { Scope, Scopes } from './request-scope.ts';

export interface RawDeps {
  readonly scopes: Scopes;
  readonly maxBodyBytes: number;
  readonly modelLabel: (slug: string) => string;
  readonly admit: Admit;
  readonly askBytes: AskBytes;
}

/** Whether a client wants its bytes passed through. */
export function wantsRaw(req: Request): boolean {
  return (
    req.get('x-codex-mode')?.toLowerCase() === 'raw' ||
    req.get('x-codex-raw-passthrough')?.toLowerCase() === 'true'
  );
}

/**
 * The whole life of a request whose bytes are passed on: what the client sends is what the upstream gets, and what the
 * upstream answers is what the client gets, without a heartbeat or an ending of our own. Only the model's name is read;
 * key, models, limits and size are enforced as for every other request.
 */
export function createRawInference(deps: RawDeps): RequestHandler {
  return async (req, res) => {
    const scope = deps.scopes.of(res);
    const { record, requestId, signal } = scope;
    const key = acceptedKey(record);
    if (!key.raw)
      throw new FaultError({ kind: 'raw_not_allowed', message: 'This key may not use raw mode.' });

    const body = await readJsonBody(req, { maxBytes: deps.maxBodyBytes, signal });
    const model = modelOf(body.value);
    // the upstream gets this very name, so no alias opens a model; whether it exists the upstream says itself
    checkModel(key, { requested: model, slug: model, exists: true });
    record.model = deps.modelLabel(model);

    const permit = await deps.admit({
      key,
      inputBytes: body.bytes,
      maxTokens: null,
      onStates: (states) => res.set(rateLimitHeaders(states)),
    });
    let reservedUntilKnown: null | 0 = 0; // nothing is charged for a request that the upstream never took
    try {
      record.overheadMs = scope.elapsedMs();
      const request = { path: '/responses', bytes: body.received, headers: req.headers };
      const answer = await deps.askBytes(request, {
        requestId,
        turnState: req.get(TURN_STATE_HEADER) ?? null,
        signal,
      });
      record.retries = answer.retries;
      record.upstreamRequestId = answer.requestId;
      record.firstEventMs = scope.elapsedMs();
      record.fault = answer.fault;
      res.status(answer.status).set(answerHeaders(answer, record.overheadMs));
      for (const [name, value] of Object.entries(answer.headers)) res.setHeader(name, value); // as they are
      if (answer.fault) res.set('x-gateway-outcome', faultRules[answer.fault.kind].outcome);
      if (Buffer.isBuffer(answer.body)) return void res.end(answer.body);

      reservedUntilKnown = null;
      record.stream = true;
      await passOn(answer.body, res, scope);
    } finally {
      await permit.settle(record.usage?.totalTokens ?? reservedUntilKnown);
    }
  };
}

/** Of two members of this name the last one counts, here as there. */
function modelOf(body: unknown): string {
  const model = isRecord(body) ? body['model'] : undefined;
  if (typeof model === 'string' && model !== '') return model;
  throw invalidRequest(
    model === undefined
      ? "Missing required parameter: 'model'."
      : "Invalid value for 'model': it must be a text.",
    'model',
  );
}

/** Writes the bytes as they come; what breaks off there breaks off here, without a word of ours. */
async function passOn(body: AsyncIterable<Buffer>, res: Response, { record, signal }: Scope): Promise<void> {
  const note = createMeter(record);
  try {
    res.flushHeaders();
    for await (const chunk of body) {
      note(chunk);
      if (!res.write(chunk)) await once(res, 'drain', { signal });
    }
    res.end();
  } catch (error) {
    res.destroy();
    throwBroken(error, signal);
  }
}
