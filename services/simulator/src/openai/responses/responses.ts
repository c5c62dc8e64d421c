import { asObject, type JsonObject, parseJson } from '../../json.ts';
import { pick } from '../../model/directives.ts';
import { think } from '../../model/mind.ts';
import { toResponsesRequest } from '../../model/request.ts';
import { distort, RESPONSES_NOISE } from '../../stream/distort.ts';
import { responsesFailures, type StreamFault, withFailure } from '../../stream/failures.ts';
import { createFrameWriter, type Frame } from '../../stream/frames.ts';
import { logprobsOf } from '../../stream/logprobs.ts';
import { createResponseObject } from '../../stream/response-object.ts';
import { speak, type Voice } from '../../stream/speech.ts';
import type { World } from '../../world.ts';
import { sendAnswer } from '../answer.ts';
import type { ApiModel } from '../catalog.ts';
import type { ApiHandler } from '../endpoint.ts';
import { ORGANIZATION } from '../organization.ts';
import { insteadOfAnswer } from '../statuses.ts';
import { RESPONSE_PARAMETERS } from './parameters.ts';
import { type Asked, inputTokensOf, judge, readAsked } from './asked.ts';
import { responseForm } from './response-form.ts';

/** `POST /responses`. */
export const createResponse: ApiHandler = async (request, call, world) => {
  const asked = readAsked(request.body, world);
  const { directives } = asked;
  const instead = await insteadOfAnswer(directives, call);
  if (instead !== undefined) return instead.reply;
  const judgement = judge(asked, RESPONSE_PARAMETERS, world);
  if (judgement.kind === 'refused') return judgement.reply;
  const { frames, voice } = spokenAnswer(asked, judgement.model, world);
  const failures = responsesFailures(voice, errorFields);
  return sendAnswer(
    {
      wantsStream: request.body['stream'] === true,
      directives,
      stream: () => distort(withFailure(frames, directives, failures), directives, RESPONSES_NOISE),
      whole: () => lastResponse(frames),
    },
    request,
    call,
    world,
  );
};

interface SpokenAnswer {
  readonly frames: Iterable<Frame>;
  readonly voice: Voice;
}

function spokenAnswer(asked: Asked, model: ApiModel, world: World): SpokenAnswer {
  const { body, history, input, conversation, directives } = asked;
  const items = [...history, ...input];
  const request = toResponsesRequest({ ...body, input: items }, model.defaultEffort ?? 'none');
  const tokens = inputTokensOf(asked);
  const cached = world.promptCache.cachedTokens(ORGANIZATION, request.promptCacheKey, tokens);
  const decided = think({ request, conversation, directives, input: { tokens, cached } });
  const id = world.ids.next('resp_');
  const topLogprobs = wantedLogprobs(body);
  const createdAt = Math.floor(world.clock.now() / 1000);
  const voice: Voice = {
    writer: createFrameWriter(),
    response: createResponseObject(responseForm(body, request, { id, createdAt, model })),
    ids: world.ids,
    seal: (serial) => world.seals.seal(ORGANIZATION, serial),
    obfuscate: request.wantsObfuscation,
    logprobs: (text) => (topLogprobs === undefined ? [] : logprobsOf(text, topLogprobs)),
    longIds: pick(directives, 'long_ids') !== undefined,
  };
  const save = (): void => {
    if (body['store'] === false) return;
    world.openai.stored.save(id, [...items, ...voice.response.output().map(asObject)]);
  };
  return { frames: before(save, speak(decided, voice)), voice };
}

const LOGPROBS = 'message.output_text.logprobs';

/** How many alternatives of each token are wanted; undefined when no figures are. */
function wantedLogprobs({ include, top_logprobs: top }: JsonObject): number | undefined {
  if (!Array.isArray(include) || !include.includes(LOGPROBS)) return undefined;
  return typeof top === 'number' ? top : 0;
}

/** Runs `act` when the sequence is at its end: the sender looks ahead, so that is before the last frame goes out. */
function* before(act: () => void, frames: Iterable<Frame>): Generator<Frame> {
  yield* frames;
  act();
}

/** The response that the last event of a stream carries. */
function lastResponse(frames: Iterable<Frame>): JsonObject {
  const last = [...frames].at(-1)?.text ?? '';
  return asObject(asObject(parseJson(last.slice(last.indexOf('{'))))['response']);
}

/** The inside of the API's `error` event. */
function errorFields({ code, message }: StreamFault): string {
  return `"code":${JSON.stringify(code)},"message":${JSON.stringify(message)},"param":null`;
}
