import { once } from 'node:events';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import type { Response } from 'express';
import { brokenOff } from '../upstream/post.ts';
import type { StartHeartbeat } from './heartbeats.ts';

/** What makes of the pieces of an answer what its client reads; it knows when the answer has ended. */
export interface StreamWriter<Piece> {
  readonly push: (piece: Piece) => string | Buffer;
  /** Empty when there is no room for one. */
  readonly heartbeat: () => string;
  /** The ending of an answer that failed; null when there is none to be had and the connection must be cut. */
  readonly fail: (fault: Fault) => string | null;
  readonly ended: () => boolean;
}

export interface SseOptions<Piece> {
  readonly encoder: StreamWriter<Piece>;
  /** Of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly startHeartbeat: StartHeartbeat;
  /** Send the head before there is anything to write: the upstream is slow, and proxies wait for a head. */
  readonly headFirst: boolean;
}

/** Of an event stream that no proxy is to hold back. */
export const sseHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/**
 * Writes a stream to its end: one upstream read is one write, a slow client slows the upstream, and whatever happens
 * the stream ends in a way that is legal in its dialect.
 *
 * @throws FaultError when it failed, after the client was told; the head may still be unsent when nothing was written
 */
export async function writeStream<Piece>(
  res: Response,
  pieces: AsyncIterable<Piece>,
  options: SseOptions<Piece>,
): Promise<void> {
  const { encoder, headers, signal, startHeartbeat, headFirst } = options;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value); // as they are
  if (headFirst) res.flushHeaders();
  let clientIsSlow = false;
  const heartbeat = startHeartbeat(() => {
    const beat = clientIsSlow ? '' : encoder.heartbeat();
    if (beat !== '') res.write(beat);
  });
  try {
    for await (const piece of pieces) {
      const text = encoder.push(piece);
      if (encoder.ended()) return void res.end(text); // the last text and the end in one write
      if (text.length === 0) continue;
      heartbeat.touch();
      if (res.write(text)) continue;
      clientIsSlow = true;
      await once(res, 'drain', { signal });
      clientIsSlow = false;
    }
    throw brokenOff();
  } catch (error) {
    // `once` hides the signal's reason behind an AbortError of its own
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (res.headersSent) endFailed(res, encoder.fail(faultOf(reason)), clientIsSlow);
    else for (const name of Object.keys(headers)) res.removeHeader(name); // the answer will be an error in JSON
    throw reason;
  } finally {
    heartbeat.stop();
  }
}

function faultOf(reason: unknown): Fault {
  return reason instanceof FaultError
    ? reason.fault
    : { kind: 'internal_error', message: 'An internal error ended this answer.' };
}

function endFailed(res: Response, ending: string | null, clientIsSlow: boolean): void {
  // a client that does not read would keep its connection for ever
  if (clientIsSlow || ending === null) res.destroy();
  else res.end(ending);
}
