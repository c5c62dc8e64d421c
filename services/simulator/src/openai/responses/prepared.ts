import { modelError } from '../../http/model-error.ts';
import type { Reply } from '../../http/reply.ts';
import { asObjects, asText, type JsonObject } from '../../json.ts';
import { type Conversation, readConversation } from '../../model/conversation.ts';
import type { Directive } from '../../model/directives.ts';
import { tokensIn } from '../../model/tokens.ts';
import { directivesFor } from '../../scenario/scenario.ts';
import type { World } from '../../world.ts';
import { type ApiModel, apiModel } from '../catalog.ts';
import { type Parameters, refuseParameters } from '../parameters.ts';
import { refuseItems } from './item-rules.ts';

/** What is asked, with everything that the request only names put in its place. */
export interface Asked {
  readonly body: JsonObject;
  /** What the named response and the request itself say, in order. */
  readonly items: readonly JsonObject[];
  readonly conversation: Conversation;
  readonly directives: readonly Directive[];
}

/** Reads a request before anything in it is judged: a directive must work also where the request is wrong. */
export function readAsked(body: JsonObject, { openai, faults }: World): Asked {
  const earlier = openai.stored.find(asText(body['previous_response_id']))?.items ?? [];
  const own = itemsOf(body['input']).map((item) =>
    isReference(item) ? (openai.stored.item(asText(item['id'])) ?? item) : item,
  );
  const items = [...earlier, ...own];
  const conversation = readConversation(asText(body['instructions']), items);
  return {
    body,
    items,
    conversation,
    directives: directivesFor(asText(body['model']), conversation, faults),
  };
}

function itemsOf(input: unknown): readonly JsonObject[] {
  if (typeof input !== 'string') return asObjects(input);
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
}

function isReference({ type, id, role }: JsonObject): boolean {
  return type === 'item_reference' || (type === undefined && role === undefined && id !== undefined);
}

export type Judgement =
  | { readonly kind: 'accepted'; readonly model: ApiModel }
  | { readonly kind: 'refused'; readonly reply: Reply };

/** The first thing that is wrong with a request, or its model. */
export function judge({ body, items }: Asked, known: Parameters, world: World): Judgement {
  const model = apiModel(asText(body['model']));
  const reply =
    refuseParameters(body, known) ??
    (model?.converses === true ? undefined : modelUnknown(asText(body['model']))) ??
    refuseNames(body, world) ??
    refuseItems(items, world);
  if (reply !== undefined || model === undefined) {
    return { kind: 'refused', reply: reply ?? modelUnknown(asText(body['model'])) };
  }
  return { kind: 'accepted', model };
}

function modelUnknown(model: string): Reply {
  return modelError({
    message: `The requested model '${model}' does not exist.`,
    param: 'model',
    code: 'model_not_found',
  });
}

function refuseNames(body: JsonObject, { openai }: World): Reply | undefined {
  const previous = body['previous_response_id'];
  if (typeof previous === 'string' && openai.stored.find(previous) === undefined) {
    return modelError({
      message: `Previous response with id '${previous}' not found.`,
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    });
  }
  const { input = null, prompt = null, conversation = null } = body;
  const isEmpty = Array.isArray(input) && input.length === 0;
  if (
    (input !== null && !isEmpty) ||
    [previous ?? null, prompt, conversation].some((name) => name !== null)
  ) {
    return undefined;
  }
  return modelError({
    message: `One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.`,
    code: 'missing_required_parameter',
  });
}

/** How many tokens the input has: of what the model sees, so that the count and an answer's usage agree. */
export function inputTokensOf({ body, items }: Asked): number {
  const { instructions = '', tools = [] } = body;
  return tokensIn(JSON.stringify([instructions, items, tools]).length);
}
