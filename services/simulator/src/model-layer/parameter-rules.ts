import type { Reply } from '../http/reply.ts';
import { asObject, asText, type JsonObject } from '../json.ts';
import { inWords, invalidType, invalidValue, listed, missing, modelError, tooLong } from './refusal.ts';
import type { LayerContext, Rule } from './rule.ts';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
const SUMMARIES = ['concise', 'detailed', 'auto'] as const;
const TEXT_FORMATS = ['json_object', 'text', 'json_schema'] as const;
const VERBOSITIES = ['low', 'medium', 'high'] as const;
const MAX_CACHE_KEY_LENGTH = 64;
const ACCESS_PROGRAMS = new Set(['standard', 'daybreak_blue', 'daybreak_red']);

/** Checks of the model layer on single parameters. */
export const PARAMETER_RULES: readonly Rule<LayerContext>[] = [
  {
    name: 'there is something to answer',
    source: 'openclaw#73820',
    check: ({ body }) => {
      const { input, previous_response_id: previous, prompt, conversation } = body;
      const hasInput = Array.isArray(input) && input.length > 0;
      if (hasInput || [previous, prompt, conversation].some((name) => (name ?? undefined) !== undefined)) {
        return undefined;
      }
      return modelError({
        message: `One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.`,
        code: 'missing_required_parameter',
      });
    },
  },
  {
    name: 'prompt cache key is short',
    source: 'llxprt-code#2141',
    check: ({ body }) => {
      const { length } = asText(body['prompt_cache_key']);
      return length > MAX_CACHE_KEY_LENGTH
        ? tooLong('prompt_cache_key', MAX_CACHE_KEY_LENGTH, length)
        : undefined;
    },
  },
  {
    name: 'parallel_tool_calls is a boolean',
    source: 'codex-pooler 2026-10-07',
    check: ({ body }) => {
      const value = body['parallel_tool_calls'];
      return value === undefined || value === null || typeof value === 'boolean'
        ? undefined
        : invalidType('parallel_tool_calls', 'a boolean', value);
    },
  },
  {
    name: 'reasoning effort is one of this model',
    source: 'codex-pooler 2026-10-07 (unknown word), openai/codex#6647 (known word, other model)',
    check: ({ body, model }) =>
      refuseEffort(asObject(body['reasoning'])['effort'], model, 'reasoning.effort'),
  },
  choiceRule('reasoning.summary', SUMMARIES, (body) => asObject(body['reasoning'])['summary']),
  choiceRule('text.format.type', TEXT_FORMATS, (body) => {
    const { format } = asObject(body['text']);
    return format === undefined || format === null ? undefined : (asObject(format)['type'] ?? '');
  }),
  choiceRule('text.verbosity', VERBOSITIES, (body) => asObject(body['text'])['verbosity']),
  {
    name: 'a JSON schema format has a name and a schema',
    source: 'public Responses API',
    check: ({ body }) => {
      const format = asObject(asObject(body['text'])['format']);
      if (format['type'] !== 'json_schema') return undefined;
      const absent = ['name', 'schema'].find((member) => format[member] === undefined);
      if (absent === undefined) return undefined;
      return missing(`text.format.${absent}`);
    },
  },
  {
    name: 'json_object needs the word json in the input',
    source: 'public Responses API',
    check: ({ body, history }) => {
      const isJsonMode = asObject(asObject(body['text'])['format'])['type'] === 'json_object';
      if (!isJsonMode || /json/i.test(JSON.stringify([history, body['input']]))) return undefined;
      return modelError({
        message:
          "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
        param: 'input',
      });
    },
  },
  {
    name: 'access program is one of this account',
    source: 'openai/codex codex-api/src/common.rs (codes only; the sentence is made up)',
    check: ({ body }) => {
      const { cyber } = asObject(body['access_programs']);
      if (cyber === undefined || cyber === 'standard') return undefined;
      if (typeof cyber === 'string' && ACCESS_PROGRAMS.has(cyber)) {
        return modelError({
          message: `The access program '${cyber}' is not enabled for this account.`,
          code: 'access_program_not_enabled',
          status: 403,
        });
      }
      return modelError({
        message: `Invalid access program: '${inWords(cyber)}'.`,
        code: 'invalid_access_program',
      });
    },
  },
];

/** The refusal of an effort that is no known word, or not one of this model. */
export function refuseEffort(
  effort: unknown,
  model: LayerContext['model'],
  param: string,
): Reply | undefined {
  if (effort === undefined || effort === null || model === undefined) return undefined;
  if (!EFFORTS.some((known) => known === effort)) return invalidValue(effort, EFFORTS, param);
  if (model.wireEfforts.includes(inWords(effort))) return undefined;
  return modelError({
    message: `Unsupported value: '${inWords(effort)}' is not supported with the '${model.slug}' model. Supported values are: ${listed(model.wireEfforts)}.`,
    param,
    code: 'unsupported_value',
  });
}

function choiceRule(
  param: string,
  supported: readonly string[],
  read: (body: JsonObject) => unknown,
): Rule<LayerContext> {
  return {
    name: `${param} is known`,
    source: 'codex-pooler 2026-10-07',
    check: ({ body }) => {
      const value = read(body);
      if (value === undefined || value === null || supported.some((known) => known === value))
        return undefined;
      return invalidValue(value, supported, param);
    },
  };
}
