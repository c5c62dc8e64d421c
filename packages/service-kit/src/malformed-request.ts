import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Refusal {
  readonly status: string;
  readonly code: string;
  readonly message: string;
}

/** What Node's parser cannot read never becomes a request; these are the codes that have a status of their own. */
const refusals: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    code: 'request_too_large',
    message: 'The request headers are too large.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: '413 Content Too Large',
    code: 'request_too_large',
    message: 'The chunk extensions are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: '408 Request Timeout',
    code: 'invalid_request',
    message: 'The request did not arrive in time.',
  },
};
const unreadable: Refusal = {
  status: '400 Bad Request',
  code: 'invalid_request',
  message: 'The request is not valid HTTP.',
};

export interface MalformedReply {
  /** Notes what a connection is being answered with: nothing may be written into the middle of it. */
  readonly note: (socket: Socket, res: ServerResponse) => void;
  /** For the `clientError` event: answers in the envelope of every other error, and ends the connection. */
  readonly answer: (error: Error & { readonly code?: string }, socket: Socket) => void;
}

export function createMalformedReply(): MalformedReply {
  const answers = new WeakMap<Socket, ServerResponse>();
  return {
    note: (socket, res) => void answers.set(socket, res),
    answer: ({ code = '' }, socket) => {
      const running = answers.get(socket);
      const begun = running?.headersSent === true && !running.writableFinished;
      if (begun || !socket.writable) return void socket.destroy();
      socket.end(replyOf(Object.hasOwn(refusals, code) ? refusals[code] : undefined));
    },
  };
}

function replyOf({ status, code, message }: Refusal = unreadable): string {
  const body = JSON.stringify({
    error: { message, type: 'invalid_request_error', param: null, code },
  });
  const head = ['content-type: application/json; charset=utf-8', `content-length: ${body.length}`];
  return `HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\nconnection: close\r\n\r\n${body}`;
}
