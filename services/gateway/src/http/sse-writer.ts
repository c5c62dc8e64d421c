import { once } from 'node:events';
import type { StreamEncoder } from '@codex-gateway/wire/dialects/dialect.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import type { Response } from 'express';
import type { Batch } from '../upstream/event-client.ts';
import type { StartHeartbeat } from './heartbeats.ts';

export interface SseOptions {
  readonly encoder: StreamEncoder;
  readonly signal: AbortSignal;
  readonly startHeartbeat: StartHeartbeat;
  /** Send the head before there is anything to write: the upstream is slow, and proxies wait for a head. */
  readonly headFirst: boolean;
}

const headers = {
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
export async function writeStream(
  res: Response,
  batches: AsyncIterable<Batch>,
  options: SseOptions,
): Promise<void> {
  const { encoder, signal, startHeartbeat, headFirst } = options;
  res.status(200).set(headers);
  if (headFirst) res.flushHeaders();
  let clientIsSlow = false;
  const heartbeat = startHeartbeat(() => {
    if (!clientIsSlow) res.write(encoder.heartbeat());
  });
  try {
    for await (const batch of batches) {
      const text = encoder.push(batch);
      if (encoder.ended()) return void res.end(text); // the last text and the end in one write
      if (text === '') continue;
      heartbeat.touch();
      if (res.write(text)) continue;
      clientIsSlow = true;
      await once(res, 'drain', { signal });
      clientIsSlow = false;
    }
    throw new FaultError({ kind: 'upstream_error', message: 'The upstream broke off its answer.' });
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

function endFailed(res: Response, ending: string, clientIsSlow: boolean): void {
  // a client that does not read would keep its connection for ever
  if (clientIsSlow) res.destroy();
  else res.end(ending);
}
