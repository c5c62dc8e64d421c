import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A whole answer, decided before anything is written. */
export interface Reply {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  /** A value to send as JSON, or text to send as it is. */
  readonly body?: { readonly json: unknown } | { readonly text: string; readonly type: string };
}

export function jsonReply(status: number, json: unknown, headers: OutgoingHttpHeaders = {}): Reply {
  return { status, headers, body: { json } };
}

export function htmlReply(status: number, text: string, headers: OutgoingHttpHeaders = {}): Reply {
  return { status, headers, body: { text, type: 'text/html; charset=UTF-8' } };
}

const NO_BYTES = Buffer.alloc(0);

/** Writes a reply; does nothing when the client has already left. Returns the body. */
export function sendReply(res: ServerResponse, reply: Reply): Buffer {
  if (res.destroyed || res.headersSent) return NO_BYTES;
  const { status, headers, body } = reply;
  if (body === undefined) {
    res.writeHead(status, { ...headers, 'content-length': 0 }).end();
    return NO_BYTES;
  }
  const text = 'json' in body ? JSON.stringify(body.json) : body.text;
  const bytes = Buffer.from(text);
  res.writeHead(status, {
    'content-type': 'json' in body ? 'application/json' : body.type,
    'content-length': bytes.length,
    ...headers,
  });
  res.end(bytes);
  return bytes;
}
