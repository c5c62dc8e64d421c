import { asObject, asObjects, asText, type JsonObject } from '../../json.ts';
import { type ResponsesRequest, toResponsesRequest } from '../../model/request.ts';

/** What the model is asked by a chat request. */
export function toModelRequest(body: JsonObject, defaultEffort: string): ResponsesRequest {
  const format = asObject(body['response_format']);
  const request = toResponsesRequest(
    {
      model: body['model'],
      input: toItems(asObjects(body['messages'])),
      tools: toTools(body),
      tool_choice: toToolChoice(body),
      parallel_tool_calls: body['parallel_tool_calls'],
      reasoning: { effort: body['reasoning_effort'] },
      text: {
        format: { ...format, ...asObject(format['json_schema']) },
        verbosity: body['verbosity'],
      },
      prompt_cache_key: body['prompt_cache_key'],
      stream_options: body['stream_options'],
    },
    defaultEffort,
  );
  return { ...request, maxTokens: tokenLimit(body), stop: stopTexts(body['stop']) };
}

function tokenLimit(body: JsonObject): number | undefined {
  const limit = body['max_completion_tokens'] ?? body['max_tokens'];
  return typeof limit === 'number' ? limit : undefined;
}

function stopTexts(stop: unknown): readonly string[] {
  const texts = Array.isArray(stop) ? stop : [stop];
  return texts.filter((text): text is string => typeof text === 'string' && text !== '');
}

/** Messages as input items; a legacy function has no call id, so its calls and answers are paired by place. */
export function toItems(messages: readonly JsonObject[]): readonly JsonObject[] {
  let legacyCalls = 0;
  return messages.flatMap((message): readonly JsonObject[] => {
    const { role, content } = message;
    if (role === 'tool') return [toOutput(message['tool_call_id'], content)];
    if (role === 'function') return [toOutput(`legacy_${legacyCalls}`, content)];
    if (role !== 'assistant') return [{ type: 'message', role, content: toParts(content) }];
    const items = asObjects(message['tool_calls']).map(toCall);
    const legacy = asObject(message['function_call']);
    if (legacy['name'] !== undefined) {
      legacyCalls += 1;
      items.push(toCall({ id: `legacy_${legacyCalls}`, function: legacy }));
    }
    const said = content === null || content === undefined ? [] : [{ type: 'message', role, content }];
    return [...said, ...items];
  });
}

function toOutput(callId: unknown, content: unknown): JsonObject {
  return { type: 'function_call_output', call_id: callId, output: toParts(content) };
}

function toCall(call: JsonObject): JsonObject {
  const { name, arguments: given } = asObject(call['function']);
  const custom = asObject(call['custom']);
  return custom['name'] === undefined
    ? { type: 'function_call', call_id: call['id'], name, arguments: given }
    : { type: 'custom_tool_call', call_id: call['id'], name: custom['name'], input: custom['input'] };
}

/** Parts as Responses has them; the model sees of audio and files that they are there. */
function toParts(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return asObjects(content).map((part) =>
    part['type'] === 'image_url'
      ? { type: 'input_image', image_url: asObject(part['image_url'])['url'] }
      : { ...part, type: 'input_text' },
  );
}

export function toTools(body: JsonObject): readonly JsonObject[] {
  const legacy = asObjects(body['functions']).map((tool) => ({ ...tool, type: 'function' }));
  const tools = asObjects(body['tools']).map((tool) => ({
    type: tool['type'],
    ...asObject(tool['function']),
    ...asObject(tool['custom']),
  }));
  return [...tools, ...legacy];
}

export function toToolChoice(body: JsonObject): unknown {
  const choice = body['tool_choice'] ?? body['function_call'];
  if (typeof choice === 'string' || choice === undefined || choice === null) return choice;
  const given = asObject(choice);
  const allowed = asObject(given['allowed_tools']);
  if (given['type'] === 'allowed_tools') {
    return { type: 'allowed_tools', mode: allowed['mode'], tools: asObjects(allowed['tools']).map(named) };
  }
  return named(given);
}

/** A tool by its name: `{type, function: {name}}`, `{type, custom: {name}}`, and `{name}` of the legacy form. */
function named(choice: JsonObject): JsonObject {
  const { type = 'function', name } = choice;
  const inner = type === 'custom' ? asObject(choice['custom']) : asObject(choice['function']);
  return { type, name: inner['name'] ?? asText(name) };
}
