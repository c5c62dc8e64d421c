import type { OutgoingHttpHeaders } from 'node:http';
import type { Account } from '../account.ts';
import type { Conversation } from '../model/conversation.ts';
import { type Directive, pick } from '../model/directives.ts';
import { think } from '../model/mind.ts';
import type { ResponsesRequest } from '../model/request.ts';
import { distort, RESPONSES_NOISE } from '../stream/distort.ts';
import { errorTypeOf, responsesFailures, type StreamFault, withFailure } from '../stream/failures.ts';
import { createFrameWriter, type Frame, scriptedFrames } from '../stream/frames.ts';
import { createResponseObject } from '../stream/response-object.ts';
import { speak, type Voice } from '../stream/speech.ts';
import { transmit } from '../stream/transmit.ts';
import type { Call, World } from '../world.ts';
import { MODELS_ETAG } from './models.ts';
import { responseForm } from './response-form.ts';

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
  const frames = framesOf(accepted, world);
  const requestId = world.ids.next('req_');
  const contentType =
    pick(directives, 'no_content_type') === undefined
      ? { 'content-type': 'text/event-stream; charset=utf-8' }
      : {};
  call.record.status = 200;
  call.res.writeHead(200, {
    ...contentType,
    'cache-control': 'no-cache',
    'openai-model': request.model,
    'x-models-etag': MODELS_ETAG,
    'x-request-id': requestId,
    'x-oai-request-id': requestId,
    'cf-ray': `${requestId.slice('req_'.length, 'req_'.length + 16)}-SIM`,
    ...headers,
  });
  await transmit({ frames, directives, compressed: false, hasEvents: true }, call, world);
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
    response: createResponseObject(responseForm(request, { id: world.ids.next('resp_'), createdAt })),
    ids: world.ids,
    seal: (serial) => world.seals.seal(account.id, serial),
    obfuscate: request.wantsObfuscation,
    logprobs: () => [],
    longIds: pick(directives, 'long_ids') !== undefined,
  };
  const spoken = withFailure(speak(decided, voice), directives, responsesFailures(voice, errorFields));
  return distort(spoken, directives, RESPONSES_NOISE);
}

/** The inside of the backend's `error` event. */
function errorFields({ code, message }: StreamFault): string {
  const known = code === 'usage_limit_reached' ? { plan_type: 'plus', resets_in_seconds: 1800 } : {};
  const type = code === 'usage_limit_reached' ? code : errorTypeOf(code);
  return `"error":${JSON.stringify({ type, code, message, param: null, ...known })}`;
}
