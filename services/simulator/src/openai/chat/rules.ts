import { asObject, asObjects, asText, type JsonObject } from '../../json.ts';
import { refuseEffort } from '../../model-layer/parameter-rules.ts';
import { invalidType, invalidValue, missing, modelError } from '../../model-layer/refusal.ts';
import type { Rule } from '../../model-layer/rule.ts';
import type { ApiModel } from '../catalog.ts';
import { MESSAGE_RULES } from './message-rules.ts';
import { CHAT_TOOL_RULES } from './tool-rules.ts';

/** What a rule of a chat request may look at. */
export interface ChatContext {
  readonly body: JsonObject;
  readonly model: ApiModel;
}

const FORMATS = ['json_object', 'json_schema', 'text'] as const;
const MOST_STOPS = 4;

const CHAT_PARAMETER_RULES: readonly Rule<ChatContext>[] = [
  {
    name: 'one token limit',
    source: 'langchain-ai/langgraph#5943',
    check: ({ body: { max_tokens: old, max_completion_tokens: current } }) =>
      typeof old === 'number' && typeof current === 'number'
        ? modelError({
            message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            param: 'max_tokens',
            code: 'invalid_parameter_combination',
          })
        : undefined,
  },
  {
    name: 'alternatives of tokens only with their figures',
    source: 'API reference; its words are those for stream_options',
    check: ({ body: { logprobs, top_logprobs: top } }) =>
      typeof top === 'number' && logprobs !== true
        ? modelError({
            message: "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
            param: 'top_logprobs',
          })
        : undefined,
  },
  {
    name: 'at most four stop texts',
    source: 'continuedev/continue#2461',
    check: ({ body: { stop } }) => {
      if (!Array.isArray(stop)) return undefined;
      const odd = stop.find((text) => typeof text !== 'string');
      if (odd !== undefined) return invalidType(`stop[${stop.indexOf(odd)}]`, 'a string', odd);
      return stop.length > MOST_STOPS
        ? modelError({
            message: `Invalid 'stop': array too long. Expected an array with maximum length ${MOST_STOPS}, but got an array with length ${stop.length} instead.`,
            param: 'stop',
            code: 'array_above_max_length',
          })
        : undefined;
    },
  },
  {
    name: 'reasoning effort is one of this model',
    source: 'as in the Responses API, under its own name',
    check: ({ body, model }) =>
      refuseEffort(
        body['reasoning_effort'],
        { slug: model.id, wireEfforts: model.efforts },
        'reasoning_effort',
      ),
  },
  {
    name: 'response format is known and whole',
    source: 'openai/openai-python#1632',
    check: ({ body }) => {
      const format = asObject(body['response_format']);
      if (body['response_format'] === undefined || body['response_format'] === null) return undefined;
      const { type } = format;
      if (!FORMATS.some((known) => known === type)) {
        return invalidValue(type ?? '', FORMATS, 'response_format.type');
      }
      if (type !== 'json_schema') return undefined;
      const schema = asObject(format['json_schema']);
      if (format['json_schema'] === undefined) return missing('response_format.json_schema');
      return asText(schema['name']) === '' ? missing('response_format.json_schema.name') : undefined;
    },
  },
  {
    name: 'json_object needs the word json in the messages',
    source: '0zd3m1r/koreader-xray-plugin#18',
    check: ({ body }) => {
      const isJsonMode = asObject(body['response_format'])['type'] === 'json_object';
      if (!isJsonMode || /json/i.test(JSON.stringify(asObjects(body['messages'])))) return undefined;
      return modelError({
        message:
          "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        param: 'messages',
      });
    },
  },
];

/** Everything the API refuses in a chat request beyond the types of its parameters. */
export const CHAT_RULES: readonly Rule<ChatContext>[] = [
  ...MESSAGE_RULES,
  ...CHAT_TOOL_RULES,
  ...CHAT_PARAMETER_RULES,
];
