import type { ServedAccount } from '@codex-gateway/wire/broker/contract.ts';
import type { Refusal } from '@codex-gateway/wire/codex/refusal.ts';
import type { Fault } from '@codex-gateway/wire/fault.ts';
import type { Dispatcher } from 'undici';
import {
  answerHead,
  createPost,
  header,
  refusalOf,
  throwBroken,
  type AnswerHead,
  type Post,
  type PostDeps,
} from './post.ts';
import { untilTaken, type AskOptions, type RetryDeps } from './retry.ts';

/** A request in the upstream's own format; not a byte of it is changed. */
export interface RawRequest {
  readonly bytes: Buffer;
  /** What the client says of these bytes; who asks is said by the gateway. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer of the upstream as it comes. */
export interface RawAnswer extends AnswerHead {
  readonly kind: 'stream';
  readonly status: number;
  /** What the upstream says of the body. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Buffer> | Buffer;
  /** What the gateway makes of an answer that is a refusal; the client gets the upstream's own. */
  readonly fault: Fault | null;
}

export type AskRaw = (
  request: RawRequest,
  options: AskOptions,
) => Promise<RawAnswer & { readonly retries: number }>;

/** Statuses by which the upstream refuses the account, which is no business of the client. */
const accountStatuses: ReadonlySet<number> = new Set([401, 402, 403]);
const bodyHeaders = ['content-type', 'content-encoding', 'retry-after'];

/**
 * Passes a request on as bytes. Only what surely never got there and what is wrong with an account is tried again; every
 * other answer is the client's, a refusal too.
 *
 * @throws FaultError when no account can be used or the upstream cannot be reached
 */
export function createRaw(deps: RetryDeps & PostDeps): AskRaw {
  const post = createPost(deps);
  return async (request, options) => {
    const { taken, retries } = await untilTaken<RawAnswer>(deps, options, async (account) => {
      const result = await postRaw(post, request, { account, ...options });
      // the client sees the limit as it is; the requests after it need not
      if (result.kind === 'stream' && result.fault) deps.accounts.note(account.alias, result.fault);
      return result;
    });
    return { ...taken, retries };
  };
}

async function postRaw(
  post: Post,
  { bytes, headers }: RawRequest,
  call: AskOptions & { readonly account: ServedAccount },
): Promise<RawAnswer | { readonly kind: 'refused'; readonly refusal: Refusal }> {
  const answer = await post({ body: bytes, headers, ...call });
  const taken = {
    kind: 'stream',
    status: answer.statusCode,
    headers: Object.fromEntries(bodyHeaders.flatMap((name) => pair(answer, name))),
    ...answerHead(answer, call.account),
  } as const;
  if (answer.statusCode < 400) return { ...taken, body: answer.body, fault: null };
  const body = await answer.body.arrayBuffer().catch((error: unknown) => throwBroken(error, call.signal));
  const whole = Buffer.from(body);
  const refusal = refusalOf(answer, whole);
  if (accountStatuses.has(answer.statusCode) && refusal.remedy !== 'none')
    return { kind: 'refused', refusal };
  return { ...taken, body: whole, fault: clientsOwn(refusal.fault, answer.statusCode) };
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

function pair(answer: Dispatcher.ResponseData, name: string): readonly (readonly [string, string])[] {
  const value = header(answer, name);
  return value === null ? [] : [[name, value]];
}
