import { invalidValue, missing, modelError } from '../../model-layer/refusal.ts';
import type { Reply } from '../../http/reply.ts';
import { asObjects, asText, type JsonObject } from '../../json.ts';

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer'] as const;

/** What the API refuses in a chat request beyond the types of its parameters. */
const CHAT_RULES: readonly ((body: JsonObject) => Reply | undefined)[] = [
  ({ messages }) => (messages === undefined ? missing('messages') : undefined),
  ({ messages }) =>
    asObjects(messages).length > 0
      ? undefined
      : modelError({
          message:
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
          param: 'messages',
          code: 'empty_array',
        }),
  ({ messages }) => {
    for (const [index, { role, content }] of asObjects(messages).entries()) {
      const at = `messages[${index}]`;
      if (role === undefined) return missing(`${at}.role`);
      if (!ROLES.some((known) => known === role)) return invalidValue(role, ROLES, `${at}.role`);
      if (role !== 'assistant' && content === undefined) return missing(`${at}.content`);
    }
    return undefined;
  },
  ({ messages }) => refusePairing(asObjects(messages)),
  ({ stream, stream_options: options }) =>
    options === undefined || options === null || stream === true
      ? undefined
      : modelError({
          message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
          param: 'stream_options',
        }),
  ({ max_tokens: old, max_completion_tokens: current }) =>
    typeof old === 'number' && typeof current === 'number'
      ? modelError({
          message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
          code: 'invalid_parameter_combination',
        })
      : undefined,
];

/** The first refusal of a chat request. */
export function refuseChat(body: JsonObject): Reply | undefined {
  for (const rule of CHAT_RULES) {
    const refusal = rule(body);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Every call is answered by the tool messages right behind it, and no tool message stands alone. */
function refusePairing(messages: readonly JsonObject[]): Reply | undefined {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message['role'] === 'tool') {
      if (!open.delete(asText(message['tool_call_id']))) return aloneAt(index);
    } else {
      if (open.size > 0) return unanswered(open, index);
      open = new Set(asObjects(message['tool_calls']).map(({ id }) => asText(id)));
    }
  }
  return open.size > 0 ? unanswered(open, messages.length) : undefined;
}

function aloneAt(index: number): Reply {
  return modelError({
    message:
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    param: `messages.[${index}].role`,
  });
}

function unanswered(ids: ReadonlySet<string>, index: number): Reply {
  return modelError({
    message: `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`,
    param: `messages.[${index}].role`,
  });
}
