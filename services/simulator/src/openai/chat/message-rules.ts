import type { Reply } from '../../http/reply.ts';
import { asObjects, asText, type JsonObject } from '../../json.ts';
import { invalidType, invalidValue, missing, modelError } from '../../model-layer/refusal.ts';
import type { Rule } from '../../model-layer/rule.ts';

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer'] as const;
const PARTS = ['text', 'image_url', 'input_audio', 'refusal', 'audio', 'file'] as const;

interface WithMessages {
  readonly body: JsonObject;
}

/** What the API refuses in the messages of a chat request. */
export const MESSAGE_RULES: readonly Rule<WithMessages>[] = [
  {
    name: 'there are messages',
    source: 'API reference; its words are those for other lists',
    check: ({ body: { messages } }) => {
      if (messages === undefined || messages === null) return missing('messages');
      return asObjects(messages).length > 0
        ? undefined
        : modelError({
            message:
              "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            param: 'messages',
            code: 'empty_array',
          });
    },
  },
  {
    name: 'each message has a known role and content',
    source: 'aallam/openai-kotlin#320',
    check: ({ body }) => {
      for (const [index, message] of asObjects(body['messages']).entries()) {
        const refusal = refuseMessage(message, `messages[${index}]`);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    },
  },
  {
    name: 'each call is answered by the tool messages right behind it',
    source: 'miurla/morphic#136, microsoft/promptflow PR 3130',
    check: ({ body }) => refusePairing(asObjects(body['messages'])),
  },
];

function refuseMessage(message: JsonObject, path: string): Reply | undefined {
  const { role, content } = message;
  if (role === undefined) return missing(`${path}.role`);
  if (!ROLES.some((known) => known === role)) return invalidValue(role, ROLES, `${path}.role`);
  if (role === 'tool' && message['tool_call_id'] === undefined) return missing(`${path}.tool_call_id`);
  const mayBeEmpty = role === 'assistant' && (content === undefined || content === null);
  return mayBeEmpty ? undefined : refuseContent(content, `${path}.content`);
}

function refuseContent(content: unknown, path: string): Reply | undefined {
  if (content === undefined) return missing(path);
  if (typeof content === 'string') return undefined;
  if (!Array.isArray(content)) return invalidType(path, 'one of a string or array of objects', content);
  for (const [index, { type }] of asObjects(content).entries()) {
    const at = `${path}[${index}].type`;
    if (type === undefined) return missing(at);
    if (!PARTS.some((known) => known === type)) return invalidValue(type, PARTS, at);
  }
  return undefined;
}

function refusePairing(messages: readonly JsonObject[]): Reply | undefined {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message['role'] === 'tool') {
      if (!open.delete(asText(message['tool_call_id']))) return aloneAt(index);
    } else {
      if (open.size > 0) return unansweredAt(index, open);
      open = new Set(asObjects(message['tool_calls']).map(({ id }) => asText(id)));
    }
  }
  return open.size > 0 ? unansweredAt(messages.length, open) : undefined;
}

function aloneAt(index: number): Reply {
  return modelError({
    message:
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    param: `messages.[${index}].role`,
  });
}

function unansweredAt(index: number, ids: ReadonlySet<string>): Reply {
  return modelError({
    message: `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`,
    param: `messages.[${index}].role`,
  });
}
