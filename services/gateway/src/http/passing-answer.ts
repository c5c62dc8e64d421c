import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Passage } from '@codex-gateway/wire/dialects/passage.ts';
import type { Response } from 'express';
import { newId } from '../ids.ts';
import type { ByteAnswer, ByteStream } from '../upstream/byte-client.ts';
import { FIRST_EVENT_MS } from '../upstream/first-event.ts';
import { brokenOff } from '../upstream/post.ts';
import { decompress } from './body.ts';
import type { StartHeartbeat } from './heartbeats.ts';
import { asTheyCome, inWholeEvents, untilOver } from './passing-writer.ts';
import type { Scope } from './request-scope.ts';
import { sseHeaders, writeStream } from './sse-writer.ts';

export interface PassAnswerDeps {
  readonly startHeartbeat: StartHeartbeat;
  readonly clock: Clock;
  /** Unix seconds. */
  readonly nowSeconds: () => number;
}

/** Whose answer it is and what may be done to it. */
export interface AnswerPassing {
  readonly scope: Scope;
  readonly passage: Passage;
  readonly model: string;
  /** Whether heartbeats and a missing ending are added to streams. */
  readonly mends: boolean;
}

const eventStream = /^text\/event-stream\b/i;
/** A compressed answer larger than this is not opened to be read along with. */
const MAX_READ_BYTES = 64 * 1024 * 1024;

/** Sends an answer on as it came, and notes what it tells of its usage and its end. */
export async function passAnswer(
  res: Response,
  answer: ByteAnswer,
  passing: AnswerPassing,
  deps: PassAnswerDeps,
): Promise<void> {
  const { headers, body, account } = answer;
  if (!Buffer.isBuffer(body)) return passStream(res, { headers, body, account }, passing, deps);
  if (answer.fault === null) {
    const value = await parsed(body, headers['content-encoding']);
    if (value === undefined && passing.mends && isPlain(headers)) throw brokenOff(); // half an answer is none
    const { record } = passing.scope;
    const { usage, fault } = passing.passage.read(value);
    record.usage = usage;
    record.fault = fault;
  }
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value); // as they are
  res.end(body);
}

/** What an answer in JSON says; undefined when it cannot be read. */
async function parsed(body: Buffer, encoding: string | undefined): Promise<unknown> {
  try {
    return JSON.parse((await decompress(body, encoding, MAX_READ_BYTES)).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isPlain(headers: ByteAnswer['headers']): boolean {
  return (headers['content-encoding'] ?? 'identity') === 'identity';
}

interface PassedStream extends Pick<ByteAnswer, 'headers' | 'account'> {
  readonly body: ByteStream;
}

async function passStream(
  res: Response,
  { headers, body, account }: PassedStream,
  { scope, passage, model, mends }: AnswerPassing,
  { startHeartbeat, clock, nowSeconds }: PassAnswerDeps,
): Promise<void> {
  const { record, requestId, signal } = scope;
  record.stream = true;
  const stamp = { id: newId(), createdAt: nowSeconds(), requestId, account };
  const follower = passage.follow({ model, stamp });
  const isReadable = isPlain(headers);
  const isMended = mends && isReadable && eventStream.test(headers['content-type'] ?? '');
  const encoder = isMended
    ? inWholeEvents(follower, record)
    : asTheyCome(isReadable ? follower : null, record);
  const pieces = untilOver(body, isMended ? follower.ended : () => false, clock);
  const cancel = clock.after(FIRST_EVENT_MS, () => res.flushHeaders());
  try {
    await writeStream(res, pieces, {
      encoder,
      headers: isMended ? { ...sseHeaders, ...headers } : headers,
      signal,
      startHeartbeat,
      headFirst: !isMended,
    });
  } finally {
    cancel();
  }
}
