import { createEventReader } from '@codex-gateway/wire/codex/event-reader.ts';
import { isTerminal, type CodexEvent } from '@codex-gateway/wire/codex/events.ts';
import { createNamedCalls } from '@codex-gateway/wire/codex/named-calls.ts';
import { refusalOfEvent, type Refusal, type UpstreamReply } from '@codex-gateway/wire/codex/refusal.ts';
import { requestText, type CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import type { Fault } from '@codex-gateway/wire/fault.ts';
import type { Dispatcher } from 'undici';
import {
  answerHead,
  createPost,
  replyOf,
  throwBroken,
  upstreamRequestId,
  type AnswerHead,
  type PostDeps,
  type Posting,
} from './post.ts';

/** Events of one network read: decoded together, written to the client together. */
export type Batch = readonly CodexEvent[];

export interface UpstreamStream extends AnswerHead {
  readonly kind: 'stream';
  readonly batches: AsyncIterator<Batch, void>;
}

export interface UpstreamRefusal {
  readonly kind: 'refused';
  readonly refusal: Refusal;
  readonly requestId: string | null;
}

export type UpstreamResult = UpstreamStream | UpstreamRefusal;

export interface UpstreamCall extends Omit<Posting, 'path' | 'body' | 'headers' | 'conversation'> {
  readonly request: CodexRequest;
}

export interface EventClientDeps extends PostDeps {
  /** Told of the failure that an answer ends with, however late. */
  readonly noteFailure: (alias: string, fault: Fault) => void;
  /** Told of every event that is not known or cannot be read. */
  readonly countOddEvent: (kind: 'other' | 'malformed') => void;
}

export type EventClient = (call: UpstreamCall) => Promise<UpstreamResult>;

const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };

/** An error body longer than this is not the backend's own. */
const MAX_ERROR_BYTES = 64 * 1024;
/** After the end of an answer the connection is worth this much waiting for, to be used again. */
const LINGER_MS = 1_000;

/**
 * Asks once for an answer in events.
 *
 * @throws FaultError when the upstream cannot be reached or goes silent, or with the signal's own reason
 */
export function createEventClient({ countOddEvent, noteFailure, ...deps }: EventClientDeps): EventClient {
  const post = createPost(deps);
  return async ({ request, ...call }) => {
    const checkCalls = createNamedCalls();
    const look = (event: CodexEvent): void => {
      checkCalls(event);
      if (event.type === 'other' || event.type === 'malformed') countOddEvent(event.type);
      const failure = refusalOfEvent(event);
      if (failure) noteFailure(call.account.alias, failure.fault);
    };
    const conversation = request.prompt_cache_key;
    const body = requestText(request);
    const answer = await post({ path: '/responses', headers, conversation, body, ...call });
    if (answer.statusCode !== 200) {
      const reply = await readReply(answer).catch((error: unknown) => throwBroken(error, call.signal));
      return {
        kind: 'refused',
        refusal: deps.endpoint.refusalOf(reply),
        requestId: upstreamRequestId(answer),
      };
    }
    return {
      kind: 'stream',
      ...answerHead(answer, call.account),
      batches: readBatches(answer.body, call.signal, look),
    };
  };
}

async function* readBatches(
  body: Dispatcher.ResponseData['body'],
  signal: AbortSignal,
  look: (event: CodexEvent) => void,
): AsyncGenerator<Batch, void> {
  const decoder = new TextDecoder();
  const reader = createEventReader();
  let over = false;
  body.on('error', () => {}); // who reads it hears of it; letting go of it early is none
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      const batch = reader.push(decoder.decode(chunk, { stream: true }));
      batch.forEach(look);
      over = batch.some(isTerminal);
      if (batch.length > 0) yield batch;
      if (over) return;
    }
  } catch (error) {
    throwBroken(error, signal);
  } finally {
    // An answer is over at its terminal event. The backend may keep the connection open after it: wait a little for
    // its end, so that the connection can be used again, then let it go.
    if (over)
      body
        .dump({ limit: MAX_ERROR_BYTES, signal: AbortSignal.timeout(LINGER_MS) })
        .catch(() => body.destroy());
    else body.destroy();
  }
}

async function readReply(answer: Dispatcher.ResponseData): Promise<UpstreamReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ERROR_BYTES) break;
  }
  return replyOf(answer, Buffer.concat(chunks));
}
