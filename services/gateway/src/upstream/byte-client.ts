import type { IncomingHttpHeaders } from 'node:http';
import type { Refusal } from '@codex-gateway/wire/codex/refusal.ts';
import type { Fault } from '@codex-gateway/wire/fault.ts';
import type { Dispatcher } from 'undici';
import {
  answerHead,
  createPost,
  header,
  replyOf,
  throwBroken,
  type AnswerHead,
  type PostDeps,
  type Posting,
} from './post.ts';
import { untilTaken, type AskOptions, type RetryDeps } from './retry.ts';

/** A request in the upstream's own format; not a byte of it is changed. */
export interface ByteRequest {
  /** Below the upstream's base URL. */
  readonly path: string;
  readonly bytes: Buffer;
  /** The client's; those that say what these bytes are go on. */
  readonly headers: IncomingHttpHeaders;
}

/** The bytes of a stream; they break off with a FaultError. */
export interface ByteStream extends AsyncIterable<Buffer> {
  /** Ends it here: what has not come is not wanted. */
  readonly letGo: () => void;
}

/** An answer of the upstream as it comes. */
export interface ByteAnswer extends AnswerHead {
  readonly kind: 'stream';
  readonly status: number;
  /** What the upstream says of the body. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON and refusals are whole. */
  readonly body: ByteStream | Buffer;
  /** What the gateway makes of an answer that is a refusal; the client gets the upstream's own. */
  readonly fault: Fault | null;
}

export type AskBytes = (
  request: ByteRequest,
  options: AskOptions,
) => Promise<ByteAnswer & { readonly retries: number }>;

type Refused = { readonly kind: 'refused'; readonly refusal: Refusal; readonly requestId: string | null };

/** Statuses by which the upstream refuses the account, which is no business of the client. */
const accountStatuses: ReadonlySet<number> = new Set([401, 402, 403]);
const bodyHeaders = ['content-type', 'content-encoding', 'retry-after', 'retry-after-ms', 'x-should-retry'];
const jsonType = /^application\/(.+\+)?json\b/i;

/**
 * Passes a request on as bytes. Only what surely never got there and what is wrong with an account is tried again; every
 * other answer is the client's, a refusal too.
 *
 * @throws FaultError when no account can be used, or the upstream cannot be reached or breaks off what is read whole
 */
export function createByteClient(deps: RetryDeps & PostDeps): AskBytes {
  const post = createPost(deps);
  const { endpoint, accounts } = deps;
  const askOnce = async (posting: Posting): Promise<ByteAnswer | Refused> => {
    const answer = await post(posting);
    const head = {
      kind: 'stream',
      status: answer.statusCode,
      headers: named(bodyHeaders, (name) => header(answer, name)),
      ...answerHead(answer, posting.account),
    } as const;
    const { signal } = posting;
    const refused = answer.statusCode >= 400;
    if (!refused && !jsonType.test(head.headers['content-type'] ?? ''))
      return { ...head, body: byteStream(answer.body, signal), fault: null };
    const body = await wholeBody(answer.body, signal);
    if (!refused) return { ...head, body, fault: null };
    const refusal = endpoint.refusalOf(replyOf(answer, body));
    if (isAboutAccount(head.status, refusal)) return { kind: 'refused', refusal, requestId: head.requestId };
    return { ...head, body, fault: clientsOwn(refusal.fault, head.status) };
  };
  return async ({ path, bytes, headers }, options) => {
    const passed = named(endpoint.passedHeaders, (name) => headers[name]?.toString() ?? null);
    const { taken, retries } = await untilTaken<ByteAnswer>(deps, options, async (account) => {
      const posting = { path, body: bytes, headers: passed, conversation: null, account, ...options };
      const result = await askOnce(posting);
      // the client sees the limit as it is; the requests after it need not
      if (result.kind === 'stream' && result.fault) accounts.note(account.alias, result.fault);
      return result;
    });
    return { ...taken, retries };
  };
}

/** A code that says more than the status does is about the request: a model, a policy. */
function isAboutAccount(status: number, { fault, remedy }: Refusal): boolean {
  return accountStatuses.has(status) && (fault.kind === 'oauth_unavailable' || remedy !== 'none');
}

/** What the gateway would blame on a body of its own is the client's body here. */
function clientsOwn(fault: Fault, status: number): Fault {
  if (fault.kind !== 'upstream_error' || status >= 500) return fault;
  const { message } = fault;
  const type = 'invalid_request_error';
  return {
    kind: 'upstream_refused',
    message,
    status,
    type,
    code: null,
    param: null,
    retryAfterSeconds: null,
  };
}

function byteStream(body: Dispatcher.ResponseData['body'], signal: AbortSignal): ByteStream {
  let letGo = false;
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* body;
      } catch (error) {
        if (!letGo) throwBroken(error, signal);
      }
    },
    letGo: () => {
      letGo = true;
      body.destroy();
    },
  };
}

async function wholeBody(body: Dispatcher.ResponseData['body'], signal: AbortSignal): Promise<Buffer> {
  return Buffer.from(await body.arrayBuffer().catch((error: unknown) => throwBroken(error, signal)));
}

function named(
  names: readonly string[],
  valueOf: (name: string) => string | null,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = valueOf(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
