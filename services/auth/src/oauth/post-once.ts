import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Dispatcher } from 'undici';

export interface OnePost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole exchange, connecting included. */
  readonly timeoutMs: number;
}

/**
 * What is known about a request that may be sent only once. `unsent`: surely nothing of it left this process, so it
 * may be made again. `lost`: bytes went out and no answer came back, so nobody here knows what the other side did.
 * A refusing status whose body broke off is an answer with an empty body.
 */
export type PostResult =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  | { readonly kind: 'unsent'; readonly code: string }
  | { readonly kind: 'lost'; readonly cause: 'timeout' | 'reset' };

const MAX_ANSWER_BYTES = 1_048_576;
const FIRST_REFUSING_STATUS = 300;

/**
 * Makes one POST, surely never twice. undici tells through `onRequestStart` that a connection stands and the first
 * byte is about to be written: before it nothing was sent, after it anything may have arrived. A second start, as its
 * HTTP/2 replay after GOAWAY would make, is aborted.
 */
export function postOnce(dispatcher: Dispatcher, clock: Clock, post: OnePost): Promise<PostResult> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | null = null;
    let status: number | null = null;
    let size = 0;
    const chunks: Buffer[] = [];
    let settled = false;
    const settle = (result: PostResult) => {
      settled = true;
      cancelTimer();
      resolve(result);
    };
    const fail = (error: unknown, cause: 'timeout' | 'reset') => {
      if (settled) return;
      if (controller === null) settle({ kind: 'unsent', code: errorCode(error) });
      else if (status !== null && status >= FIRST_REFUSING_STATUS)
        settle({ kind: 'answer', status, text: '' });
      else settle({ kind: 'lost', cause });
    };
    const cancelTimer = clock.after(post.timeoutMs, () => {
      const error = new Error('the deadline of the request passed');
      fail(error, 'timeout');
      controller?.abort(error);
    });
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: (started) => {
        if (settled || controller !== null) started.abort(new Error('a request that is sent once'));
        else controller = started;
      },
      onResponseStart: (_controller, statusCode) => {
        status = statusCode;
      },
      onResponseData: (started, chunk) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) started.abort(new Error('the answer is too long'));
        else chunks.push(chunk);
      },
      onResponseEnd: () => {
        if (!settled)
          settle({ kind: 'answer', status: status ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      },
      onResponseError: (_controller, error) => fail(error, isTimeout(error) ? 'timeout' : 'reset'),
    };
    try {
      dispatch(dispatcher, post, handler);
    } catch (error) {
      fail(error, 'reset');
    }
  });
}

function dispatch(dispatcher: Dispatcher, post: OnePost, handler: Dispatcher.DispatchHandler): void {
  const { origin, pathname, search } = new URL(post.url);
  const options = {
    origin,
    path: pathname + search,
    method: 'POST',
    headers: post.headers,
    body: post.body,
    // a kept connection that the other side closes at this moment would leave us in doubt for nothing
    reset: true,
    // read per request by undici's Agent though its types lack it: HTTP/2 would bring its own replay
    allowH2: false,
  };
  dispatcher.dispatch(options, handler);
}

function isTimeout(error: Error): boolean {
  return errorCode(error).endsWith('_TIMEOUT');
}
