import type { Dialect, Warnings } from '@codex-gateway/wire/dialects/dialect.ts';
import { declared, warningsHeader } from '@codex-gateway/wire/dialects/warnings.ts';
import type { RequestHandler } from 'express';
import type { InlineUrls } from '../client-urls/inlining.ts';
import type { Conversations } from '../conversation/conversations.ts';
import { remembering } from '../conversation/remembering.ts';
import { newId } from '../ids.ts';
import type { Tokenizer } from '../counting/tokenizer.ts';
import type { ApiKey } from '../keys/api-keys.ts';
import { checkMaxTokens, checkModel, checkParameters } from '../keys/policy.ts';
import type { Admit } from '../limits/admission.ts';
import type { AskUpstream } from '../upstream/retry.ts';
import { TURN_STATE_HEADER } from '../upstream/turn-state.ts';
import { answerHeaders } from './answer-headers.ts';
import { recording, wholeAnswer } from './answer-record.ts';
import { acceptedKey, acceptedOwner } from './authenticate.ts';
import { readJsonBody } from './body.ts';
import { enforced } from './enforced.ts';
import type { StartHeartbeat } from './heartbeats.ts';
import { openContext, type ContextDeps } from './open-context.ts';
import { throwWithTokens } from './overflow.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import type { Scopes } from './request-scope.ts';
import { sseHeaders, writeStream } from './sse-writer.ts';

export interface InferenceDeps extends ContextDeps {
  readonly scopes: Scopes;
  readonly maxBodyBytes: number;
  /** The slug when a catalog lists it, else `other`: what clients make up is no label. */
  readonly modelLabel: (slug: string) => string;
  readonly admit: Admit;
  readonly conversations: Conversations;
  readonly inlineUrls: InlineUrls;
  readonly ask: AskUpstream;
  readonly tokenizer: Tokenizer;
  readonly startHeartbeat: StartHeartbeat;
  /** Unix seconds. */
  readonly nowSeconds: () => number;
}

/** The whole life of a request, top to bottom. Its key was accepted before its body was read (authenticate.ts). */
export function createInference(
  dialect: Pick<Dialect, 'open' | 'limitHeaders'>,
  deps: InferenceDeps,
): RequestHandler {
  return async (req, res) => {
    const scope = deps.scopes.of(res);
    const { record, requestId, signal } = scope;
    const key = acceptedKey(record);

    const body = await readJsonBody(req, { maxBytes: deps.maxBodyBytes, signal });
    const bodyMs = scope.elapsedMs(); // the client's time, not ours
    const exchange = dialect.open(body.value, openContext(req, key, deps));
    const { model, maxTokens, wantsStream } = exchange;
    checkParameters(key, exchange.warnings);
    checkModel(key, model);
    checkMaxTokens(key, maxTokens);
    record.model = deps.modelLabel(model.slug);
    record.stream = wantsStream;

    const permit = await deps.admit({
      key,
      inputBytes: body.decoded.length,
      maxTokens: maxTokens?.tokens ?? null,
      onStates: (states) =>
        res.set(rateLimitHeaders(states, { render: dialect.limitHeaders, now: deps.nowSeconds() })),
    });
    let reservedUntilKnown: null | 0 = 0; // nothing is charged for a request that the upstream never took
    try {
      const conversation = { owner: acceptedOwner(record), exchange };
      const recalled = await deps.conversations.recall(conversation);
      const written = exchange.codexRequest(recalled);
      record.overheadMs = scope.elapsedMs() - bodyMs;
      const request = await deps.inlineUrls(written, { body, exchange, requestId, signal });
      const turnState = req.get(TURN_STATE_HEADER) ?? null;
      const past = { turnState, sealedBy: exchange.sealedBy ?? null };
      const refuse = throwWithTokens(request, model);
      const answer = await deps.ask(request, { requestId, ...past, signal }).catch(refuse);
      reservedUntilKnown = null;
      record.retries = answer.retries;
      record.upstreamRequestId = answer.requestId;
      record.firstEventMs = scope.elapsedMs();
      const warnings = declared(exchange, request, answer.request);
      res.set(answerHeaders(answer, record.overheadMs)).set(warningHeader(key, warnings));

      const stamp = { id: newId(), createdAt: deps.nowSeconds(), requestId, account: answer.account };
      const ended = enforced(answer.batches, exchange.emulate, { request, tokenizer: deps.tokenizer });
      const batches = remembering(ended, deps.conversations.memory(conversation, recalled, stamp));
      if (wantsStream) {
        const encoder = recording(exchange.encoder(stamp), record);
        const { startHeartbeat } = deps;
        const options = { encoder, headers: sseHeaders, signal, startHeartbeat, headFirst: !answer.begun };
        await writeStream(res, batches, options);
      } else {
        const whole = await wholeAnswer(batches, record).catch(refuse);
        if (record.usageIsEstimate) res.set(warningHeader(key, { ...warnings, usage: 'estimated' }));
        res.json(exchange.reply(whole, stamp));
      }
    } finally {
      await permit.settle(record.usage?.totalTokens ?? reservedUntilKnown);
    }
  };
}

function warningHeader(key: ApiKey, warnings: Warnings): Record<string, string> {
  const warning = key.unsupportedParameters === 'silent' ? null : warningsHeader(warnings);
  return warning === null ? {} : { 'x-gateway-warnings': warning };
}
