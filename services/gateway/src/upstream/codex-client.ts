import type { ServedAccount } from '@codex-gateway/wire/broker/contract.ts';
import { createEventReader } from '@codex-gateway/wire/codex/event-reader.ts';
import { isTerminal, type CodexEvent } from '@codex-gateway/wire/codex/events.ts';
import { refusalOfReply, type Refusal } from '@codex-gateway/wire/codex/refusal.ts';
import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import { request, type Dispatcher } from 'undici';
import { upstreamHeaders } from './headers.ts';

/** Events of one network read: decoded together, written to the client together. */
export type Batch = readonly CodexEvent[];

export interface UpstreamStream {
  readonly kind: 'stream';
  readonly batches: AsyncIterator<Batch, void>;
  /** The upstream's own id of this request. */
  readonly requestId: string | null;
}

export type UpstreamResult = UpstreamStream | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface UpstreamCall {
  readonly request: CodexRequest;
  readonly account: ServedAccount;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export interface CodexClientDeps {
  readonly baseUrl: string;
  readonly clientVersion: string;
  readonly dispatcher: Dispatcher;
  /** Told the status of every answer, or the error code when there was none. */
  readonly countCall: (code: string) => void;
  /** Told of every event that is not known or cannot be read. */
  readonly countOddEvent: (kind: 'other' | 'malformed') => void;
}

export type CodexClient = (call: UpstreamCall) => Promise<UpstreamResult>;

/** An error body longer than this is not the backend's own. */
const MAX_ERROR_BYTES = 64 * 1024;
/** After the end of an answer the connection is worth this much waiting for, to be used again. */
const LINGER_MS = 1_000;

/**
 * One POST to `/responses`, never repeated here.
 *
 * @throws FaultError when the upstream cannot be reached or goes silent, or with the signal's own reason
 */
export function createCodexClient({
  baseUrl,
  clientVersion,
  dispatcher,
  countCall,
  countOddEvent,
}: CodexClientDeps): CodexClient {
  return async ({ request: body, account, requestId, signal }) => {
    const answer = await request(`${baseUrl}/responses`, {
      method: 'POST',
      dispatcher,
      signal,
      headers: {
        ...upstreamHeaders({ account, clientVersion, requestId }),
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'session-id': body.prompt_cache_key,
      },
      body: JSON.stringify(body),
    }).catch((error: unknown) => {
      countCall(errorCode(error));
      signal.throwIfAborted();
      throw new FaultError(connectionFault(error), { cause: error });
    });
    countCall(String(answer.statusCode));
    if (answer.statusCode !== 200) {
      const refusal = await readRefusal(answer).catch((error: unknown) => throwBroken(error, signal));
      return { kind: 'refused', refusal };
    }
    return {
      kind: 'stream',
      batches: readBatches(answer.body, signal, countOddEvent),
      requestId: header(answer, 'x-request-id') ?? header(answer, 'x-oai-request-id'),
    };
  };
}

/** Whether the request surely never reached the upstream, so that it may be sent again. */
export function neverSent(error: FaultError): boolean {
  return error.fault.kind === 'upstream_unavailable' && connectCodes.has(errorCode(error.cause));
}

const connectCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const silenceCodes: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

function connectionFault(error: unknown): Fault {
  const code = errorCode(error);
  if (silenceCodes.has(code))
    return { kind: 'upstream_timeout', message: 'The upstream did not answer in time.' };
  return { kind: 'upstream_unavailable', message: `The upstream cannot be reached (${code}).` };
}

/** After the head: the request ended, or the upstream went silent or broke off. */
function throwBroken(error: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  if (error instanceof FaultError) throw error;
  const fault: Fault = silenceCodes.has(errorCode(error))
    ? { kind: 'upstream_timeout', message: 'The upstream went silent.' }
    : { kind: 'upstream_error', message: 'The upstream broke off its answer.' };
  throw new FaultError(fault, { cause: error });
}

async function* readBatches(
  body: Dispatcher.ResponseData['body'],
  signal: AbortSignal,
  countOddEvent: CodexClientDeps['countOddEvent'],
): AsyncGenerator<Batch, void> {
  const decoder = new TextDecoder();
  const reader = createEventReader();
  const countIfOdd = ({ type }: CodexEvent): void => {
    if (type === 'other' || type === 'malformed') countOddEvent(type);
  };
  let over = false;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      const batch = reader.push(decoder.decode(chunk, { stream: true }));
      batch.forEach(countIfOdd);
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

async function readRefusal(answer: Dispatcher.ResponseData): Promise<Refusal> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ERROR_BYTES) break;
  }
  const seconds = Number(header(answer, 'retry-after'));
  return refusalOfReply({
    status: answer.statusCode,
    body: Buffer.concat(chunks).toString('utf8'),
    retryAfterSeconds: Number.isInteger(seconds) && seconds > 0 ? seconds : null,
  });
}

function header({ headers }: Dispatcher.ResponseData, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
