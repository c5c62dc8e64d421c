import type { OutgoingHttpHeaders } from 'node:http';
import type { Account } from '../account.ts';
import type { Conversation } from '../model/conversation.ts';
import { type Directive, pick } from '../model/directives.ts';
import { think } from '../model/mind.ts';
import { distort } from '../stream/distort.ts';
import { withFailure } from '../stream/failures.ts';
import { createFrameWriter, type Frame, scriptedFrames } from '../stream/frames.ts';
import { createPacer, type Pace } from '../stream/pacing.ts';
import { createResponseObject } from '../stream/response-object.ts';
import { type Delivery, sendFrames } from '../stream/sender.ts';
import { speak, type Voice } from '../stream/speech.ts';
import type { Call, World } from '../world.ts';
import { MODELS_ETAG } from './models.ts';
import type { ResponsesRequest } from './request.ts';

/** A request that is accepted and will be answered with a stream. */
export interface Accepted {
  readonly request: ResponsesRequest;
  readonly conversation: Conversation;
  readonly directives: readonly Directive[];
  readonly account: Account;
  readonly inputTokens: number;
  readonly headers: OutgoingHttpHeaders;
}

/** Writes the head and streams the answer to its end, whatever end the directives chose. */
export async function answer(accepted: Accepted, call: Call, world: World): Promise<void> {
  const { directives, request, headers } = accepted;
  const { res, record, signal } = call;
  const frames = framesOf(accepted, world);
  const requestId = world.ids.next('req_');
  const contentType =
    pick(directives, 'no_content_type') === undefined
      ? { 'content-type': 'text/event-stream; charset=utf-8' }
      : {};
  record.status = 200;
  res.writeHead(200, {
    ...contentType,
    'cache-control': 'no-cache',
    'openai-model': request.model,
    'x-models-etag': MODELS_ETAG,
    'x-request-id': requestId,
    'x-oai-request-id': requestId,
    'cf-ray': `${requestId.slice('req_'.length, 'req_'.length + 16)}-SIM`,
    ...headers,
  });
  const stepped =
    world.settings().step || pick(directives, 'step') !== undefined
      ? world.streams.open(record.sequence)
      : undefined;
  const delivery: Delivery = {
    ...deliveryOf(directives, world),
    ...(stepped === undefined ? {} : { permit: () => stepped.permit(signal) }),
  };
  const sent = (events: number, bytes: number, lastType: string): void => {
    record.eventsSent += events;
    record.bytesSent += bytes;
    record.lastEvent = lastType;
    stepped?.noteSent(record.eventsSent, lastType);
    world.journal.changed();
  };
  record.ending = await sendFrames(res, frames, delivery, { signal, report: { sent } });
  stepped?.noteEnded();
}

function framesOf(accepted: Accepted, world: World): Iterable<Frame> {
  const script = world.faults.takeScript();
  if (script !== undefined) return scriptedFrames(script);
  const { request, conversation, directives, account, inputTokens } = accepted;
  const cached = world.promptCache.cachedTokens(account.id, request.promptCacheKey, inputTokens);
  const decided = think({ request, conversation, directives, input: { tokens: inputTokens, cached } });
  const createdAt = Math.floor(world.clock.now() / 1000);
  const voice: Voice = {
    writer: createFrameWriter(),
    response: createResponseObject(request, world.ids.next('resp_'), createdAt),
    ids: world.ids,
    seal: (serial) => world.seals.seal(account.id, serial),
    obfuscate: request.wantsObfuscation,
    longIds: pick(directives, 'long_ids') !== undefined,
  };
  return distort(withFailure(speak(decided, voice), voice, directives), directives);
}

function deliveryOf(directives: readonly Directive[], { clock }: World): Delivery {
  const pace = paceOf(directives);
  return {
    pacer: pace === undefined ? undefined : createPacer(clock, pace),
    splitBytes: pick(directives, 'split')?.bytes,
    stop: stopOf(directives),
    keepOpen: pick(directives, 'keep_open') !== undefined,
  };
}

function paceOf(directives: readonly Directive[]): Pace | undefined {
  const slow = pick(directives, 'slow');
  if (slow !== undefined) return { pauseMs: slow.ms, pauseEvery: 1 };
  const load = pick(directives, 'stream');
  if (load === undefined || (load.rate === undefined && load.pause === 0)) return undefined;
  return { eventsPerSecond: load.rate, pauseMs: load.pause, pauseEvery: load.every };
}

function stopOf(directives: readonly Directive[]): Delivery['stop'] {
  const cut = pick(directives, 'cut');
  if (cut !== undefined) return { after: cut.after, how: cut.how };
  const stall = pick(directives, 'stall');
  return stall === undefined ? undefined : { after: stall.after, how: 'stall' };
}
