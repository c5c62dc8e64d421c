import { fingerprintOf } from '../../digest.ts';
import { asObject, asObjects, asText, type JsonObject } from '../../json.ts';
import { type Conversation, readConversation } from '../../model/conversation.ts';
import { type Directive, pick } from '../../model/directives.ts';
import { think } from '../../model/mind.ts';
import { tokensIn } from '../../model/tokens.ts';
import { refuse } from '../../model-layer/rule.ts';
import { directivesFor } from '../../scenario/scenario.ts';
import { vanished } from '../../scenario/vanished.ts';
import { distort, MALFORMED_HTML, type Noise } from '../../stream/distort.ts';
import { errorTypeOf, type FailureFrames, type StreamFault, withFailure } from '../../stream/failures.ts';
import type { Frame } from '../../stream/frames.ts';
import { logprobsOf } from '../../stream/logprobs.ts';
import type { World } from '../../world.ts';
import { type ApiAnswer, sendAnswer } from '../answer.ts';
import { type ApiModel, apiModel } from '../catalog.ts';
import type { ApiHandler } from '../endpoint.ts';
import { ORGANIZATION } from '../organization.ts';
import { refuseParameters, refuseStreamOptions } from '../parameters.ts';
import { serviceTierOf } from '../service-tier.ts';
import { apiStatusReply, modelNotFound } from '../statuses.ts';
import { createChunkWriter, speakChat } from './chunks.ts';
import { completionOf, toChoice, usageOf } from './completion.ts';
import { CHAT_PARAMETERS } from './parameters.ts';
import { toItems, toModelRequest } from './request.ts';
import { CHAT_RULES } from './rules.ts';

/** `POST /chat/completions`. */
export const createChatCompletion: ApiHandler = async (request, call, world) => {
  const { body } = request;
  const slug = asText(body['model']);
  const conversation = readConversation('', toItems(asObjects(body['messages'])));
  const directives = directivesFor(slug, conversation, world.faults);
  const status = pick(directives, 'status');
  if (status !== undefined) return apiStatusReply(status);
  if (await vanished(directives, call)) return undefined;
  const model = apiModel(slug);
  const wrong = refuseParameters(body, CHAT_PARAMETERS) ?? refuseStreamOptions(body);
  if (wrong !== undefined) return wrong;
  if (model?.converses !== true) return modelNotFound(slug);
  const refusal = refuse(CHAT_RULES, { body, model });
  if (refusal !== undefined) return refusal;
  const answer = chatAnswer({ body, model, conversation, directives }, world);
  return sendAnswer(answer, request, call, world);
};

interface ChatQuestion {
  readonly body: JsonObject;
  readonly model: ApiModel;
  readonly conversation: Conversation;
  readonly directives: readonly Directive[];
}

const ID_LENGTH = 'chatcmpl-'.length + 29;
const FINGERPRINT_LENGTH = 10;

function chatAnswer({ body, model, conversation, directives }: ChatQuestion, world: World): ApiAnswer {
  const request = toModelRequest(body, model.defaultEffort ?? 'none');
  const tokens = tokensIn(JSON.stringify([body['messages'], body['tools'] ?? []]).length);
  const cached = world.promptCache.cachedTokens(ORGANIZATION, request.promptCacheKey, tokens);
  const asked = Array.from({ length: typeof body['n'] === 'number' ? body['n'] : 1 });
  const decided = asked.map(() => think({ request, conversation, directives, input: { tokens, cached } }));
  const place = {
    isLegacy: asObjects(body['functions']).length > 0,
    logprobs: logprobsFor(body),
    ids: world.ids,
  };
  const choices = decided.map((answer, index) => toChoice(answer, { ...place, index }));
  const usage = usageOf(decided);
  const identity = {
    id: world.ids.next('chatcmpl-').slice(0, ID_LENGTH),
    created: Math.floor(world.clock.now() / 1000),
    model: model.answersAs,
    serviceTier: serviceTierOf(body),
    fingerprint: `fp_${fingerprintOf(model.answersAs).slice(0, FINGERPRINT_LENGTH)}`,
  };
  const includeUsage = asObject(body['stream_options'])['include_usage'] === true;
  const writer = createChunkWriter({ identity, obfuscate: request.wantsObfuscation, includeUsage });
  return {
    wantsStream: body['stream'] === true,
    directives,
    stream: () => {
      const spoken = speakChat(choices, writer, includeUsage ? usage : undefined);
      return distort(withFailure(spoken, directives, CHAT_FAILURES), directives, CHAT_NOISE);
    },
    whole: () => completionOf(identity, choices, usage),
  };
}

/** What a choice tells of the likelihood of its text, when that is asked for. */
function logprobsFor({ logprobs, top_logprobs: top }: JsonObject): ((text: string) => object) | undefined {
  if (logprobs !== true) return undefined;
  return (text) => ({ content: logprobsOf(text, typeof top === 'number' ? top : 0), refusal: null });
}

/** A chat stream has one form for every failure: an error in the place of a chunk, and no sentinel. */
function errorFrame({ code, message }: StreamFault): Frame {
  const error = { message, type: errorTypeOf(code), param: null, code };
  return { type: 'error', text: `data: ${JSON.stringify({ error })}\n\n` };
}

const CHAT_FAILURES: FailureFrames = {
  fail: (fault) => [errorFrame(fault)],
  overload: (fault) => [errorFrame(fault)],
  error: (fault) => [errorFrame(fault)],
};

function oddChunk(members: object): Frame {
  const chunk = {
    id: 'chatcmpl-odd',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'odd',
    choices: [],
  };
  return { type: 'odd', text: `data: ${JSON.stringify({ ...chunk, ...members })}\n\n` };
}

const CHAT_NOISE: Noise = {
  unknown: () => oddChunk({ simulated_unknown: { nested: [1, 'two', null] } }),
  rateLimits: () => oddChunk({ rate_limits: { remaining_requests: 9999 } }),
  malformed: {
    json: {
      type: 'malformed',
      text: 'data: {"id":"chatcmpl-odd","choices":[{"index":0,"delta":{"content":"unfin\n\n',
    },
    html: MALFORMED_HTML,
  },
};
