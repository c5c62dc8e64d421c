import { fingerprintOf } from '../../digest.ts';
import { asObject, asObjects, asText, type JsonObject } from '../../json.ts';
import { type Conversation, readConversation } from '../../model/conversation.ts';
import type { Directive } from '../../model/directives.ts';
import { think } from '../../model/mind.ts';
import { tokensIn } from '../../model/tokens.ts';
import { refuse } from '../../model-layer/rule.ts';
import { directivesFor } from '../../scenario/scenario.ts';
import { distort } from '../../stream/distort.ts';
import { withFailure } from '../../stream/failures.ts';
import { logprobsOf } from '../../stream/logprobs.ts';
import type { World } from '../../world.ts';
import { type ApiAnswer, sendAnswer } from '../answer.ts';
import { type ApiModel, apiModel } from '../catalog.ts';
import type { ApiHandler } from '../endpoint.ts';
import { ORGANIZATION } from '../organization.ts';
import { refuseParameters, refuseStreamOptions } from '../parameters.ts';
import { serviceTierOf } from '../service-tier.ts';
import { insteadOfAnswer, modelNotFound } from '../statuses.ts';
import { createChunkWriter, speakChat } from './chunks.ts';
import { completionOf, toChoice, usageOf } from './completion.ts';
import { CHAT_FAILURES, CHAT_NOISE } from './interruptions.ts';
import { CHAT_PARAMETERS } from './parameters.ts';
import { toItems, toModelRequest } from './request.ts';
import { CHAT_RULES } from './rules.ts';

/** `POST /chat/completions`. */
export const createChatCompletion: ApiHandler = async (request, call, world) => {
  const { body } = request;
  const slug = asText(body['model']);
  const conversation = readConversation('', toItems(asObjects(body['messages'])));
  const directives = directivesFor(slug, conversation, world.faults);
  const instead = await insteadOfAnswer(directives, call);
  if (instead !== undefined) return instead.reply;
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
