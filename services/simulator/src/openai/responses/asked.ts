import type { Reply } from '../../http/reply.ts';
import { asObjects, asText, type JsonObject } from '../../json.ts';
import { type Conversation, readConversation } from '../../model/conversation.ts';
import type { Directive } from '../../model/directives.ts';
import { tokensIn } from '../../model/tokens.ts';
import { INPUT_RULES } from '../../model-layer/input-rules.ts';
import { PARAMETER_RULES } from '../../model-layer/parameter-rules.ts';
import { modelError } from '../../model-layer/refusal.ts';
import { type LayerContext, refuse, type Rule } from '../../model-layer/rule.ts';
import { TOOL_RULES } from '../../model-layer/tool-rules.ts';
import { directivesFor } from '../../scenario/scenario.ts';
import type { World } from '../../world.ts';
import { type ApiModel, apiModel } from '../catalog.ts';
import { ORGANIZATION } from '../organization.ts';
import { type Parameters, refuseParameters, refuseStreamOptions } from '../parameters.ts';
import { API_FACE } from './face.ts';

/** What is asked, with everything that the request only names put in its place. */
export interface Asked {
  readonly body: JsonObject;
  /** What the named response has said and was told. */
  readonly history: readonly JsonObject[];
  readonly input: readonly JsonObject[];
  readonly conversation: Conversation;
  readonly directives: readonly Directive[];
}

/** Reads a request before anything in it is judged: a directive must work also where the request is wrong. */
export function readAsked(body: JsonObject, { openai, faults }: World): Asked {
  const history = openai.stored.find(asText(body['previous_response_id'])) ?? [];
  const input = itemsOf(body['input']).map((item) =>
    isReference(item) ? (openai.stored.item(asText(item['id'])) ?? item) : item,
  );
  const conversation = readConversation(asText(body['instructions']), [...history, ...input]);
  const directives = directivesFor(asText(body['model']), conversation, faults);
  return { body, history, input, conversation, directives };
}

function itemsOf(input: unknown): readonly JsonObject[] {
  if (typeof input !== 'string') return asObjects(input);
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
}

/** A reference may leave out its type. */
function isReference({ type, id, role }: JsonObject): boolean {
  return type === 'item_reference' || (type === undefined && role === undefined && id !== undefined);
}

export type Judgement =
  | { readonly kind: 'accepted'; readonly model: ApiModel }
  | { readonly kind: 'refused'; readonly reply: Reply };

const LAYER_RULES: readonly Rule<LayerContext>[] = [...PARAMETER_RULES, ...TOOL_RULES, ...INPUT_RULES];

/** The first thing that is wrong with a request, or its model. */
export function judge({ body, history, input }: Asked, known: Parameters, world: World): Judgement {
  const { stored } = world.openai;
  const ownRefusal = refuseParameters(body, known) ?? refuseStreamOptions(body);
  if (ownRefusal !== undefined) return { kind: 'refused', reply: ownRefusal };
  const slug = asText(body['model']);
  const model = apiModel(slug);
  if (model?.converses !== true) return { kind: 'refused', reply: modelUnknown(slug) };
  if (asksForSeals(body) && model.defaultEffort === undefined)
    return { kind: 'refused', reply: sealsUnsupported() };
  const previous = body['previous_response_id'];
  if (typeof previous === 'string' && stored.find(previous) === undefined) {
    return { kind: 'refused', reply: previousUnknown(previous) };
  }
  const reply = refuse(LAYER_RULES, {
    face: API_FACE,
    body: { ...body, input },
    history,
    model: { slug, wireEfforts: model.efforts },
    accountId: ORGANIZATION,
    seals: world.seals,
    isStored: (id) => stored.item(id) !== undefined,
  });
  return reply === undefined ? { kind: 'accepted', model } : { kind: 'refused', reply };
}

/** A 404 since September 2026 (BerriAI/litellm PR 39457), a 400 in these words before (skorokithakis/sysaidmin#9). */
function modelUnknown(model: string): Reply {
  return modelError({
    message: `The requested model '${model}' does not exist.`,
    param: 'model',
    code: 'model_not_found',
    status: 404,
  });
}

function asksForSeals({ include }: JsonObject): boolean {
  return Array.isArray(include) && include.includes('reasoning.encrypted_content');
}

/** What does not reason has nothing to seal (pydantic/pydantic-ai#2865). */
function sealsUnsupported(): Reply {
  return modelError({ message: 'Encrypted content is not supported with this model.', param: 'include' });
}

function previousUnknown(id: string): Reply {
  return modelError({
    message: `Previous response with id '${id}' not found.`,
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  });
}

/** How many tokens the input has: of what the model sees, so that the count and an answer's usage agree. */
export function inputTokensOf({ body, history, input }: Asked): number {
  const { instructions = '', tools = [] } = body;
  return tokensIn(JSON.stringify([instructions, history, input, tools]).length);
}
