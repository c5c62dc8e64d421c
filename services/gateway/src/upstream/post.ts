import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { UpstreamReply } from '@codex-gateway/wire/codex/refusal.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import { request, type Dispatcher } from 'undici';
import { accountMark } from './account-mark.ts';
import type { Account } from './accounts.ts';
import type { Endpoint, RequestSubject } from './endpoint.ts';
import { TURN_STATE_HEADER, turnStateForClient, turnStateForUpstream } from './turn-state.ts';

export interface PostDeps {
  readonly endpoint: Endpoint;
  /** Told the status of every answer, or the error code when there was none. */
  readonly countCall: (code: string) => void;
}

export interface Posting extends RequestSubject {
  /** Below the upstream's base URL. */
  readonly path: string;
  readonly body: string | Buffer;
  /** Beside those by which the gateway says who asks, which win. */
  readonly headers: Readonly<Record<string, string>>;
  readonly account: Account;
  /** What the client sent back of an earlier answer of its turn; null: nothing. */
  readonly turnState: string | null;
  readonly signal: AbortSignal;
}

export type Post = (posting: Posting) => Promise<Dispatcher.ResponseData>;

/**
 * One POST, never repeated here; gives the answer when its head is there.
 *
 * @throws FaultError when the upstream cannot be reached or goes silent, or with the signal's own reason
 */
export function createPost({ endpoint, countCall }: PostDeps): Post {
  const { baseUrl, dispatcher } = endpoint;
  return async ({ path, body, headers, account, turnState, signal, ...subject }) => {
    const state = turnStateForUpstream(turnState, account);
    const answer = await request(`${baseUrl}${path}`, {
      method: 'POST',
      dispatcher,
      signal,
      headers: {
        ...headers,
        ...(state !== null && { [TURN_STATE_HEADER]: state }),
        ...endpoint.headers(subject),
        ...account.headers,
      },
      body,
    }).catch((error: unknown) => {
      countCall(errorCode(error));
      signal.throwIfAborted();
      throw new FaultError(connectionFault(error), { cause: error });
    });
    countCall(String(answer.statusCode));
    return answer;
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

export function brokenOff(cause?: unknown): FaultError {
  return new FaultError({ kind: 'upstream_error', message: 'The upstream broke off its answer.' }, { cause });
}

/** After the head: the request ended, or the upstream went silent or broke off. */
export function throwBroken(error: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  if (error instanceof FaultError) throw error;
  if (!silenceCodes.has(errorCode(error))) throw brokenOff(error);
  throw new FaultError({ kind: 'upstream_timeout', message: 'The upstream went silent.' }, { cause: error });
}

/** An answer that is not a 200, with what of it tells why. */
export function replyOf(answer: Dispatcher.ResponseData, body: Buffer): UpstreamReply {
  const seconds = Number(header(answer, 'retry-after'));
  return {
    status: answer.statusCode,
    body: body.toString('utf8'),
    retryAfterSeconds: Number.isInteger(seconds) && seconds > 0 ? seconds : null,
  };
}

/** What the head of an answer says to the client beside the status. */
export interface AnswerHead {
  /** The mark of the account that answered. */
  readonly account: string;
  /** The upstream's own id of the request. */
  readonly requestId: string | null;
  /** What the client is to send back within this turn; null unless the turn begins with this answer. */
  readonly turnState: string | null;
}

export function answerHead(answer: Dispatcher.ResponseData, account: Account): AnswerHead {
  const state = header(answer, TURN_STATE_HEADER);
  return {
    account: accountMark(account),
    requestId: upstreamRequestId(answer),
    turnState: state === null ? null : turnStateForClient(state, account),
  };
}

export function upstreamRequestId(answer: Dispatcher.ResponseData): string | null {
  return header(answer, 'x-request-id') ?? header(answer, 'x-oai-request-id');
}

export function header({ headers }: Dispatcher.ResponseData, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
