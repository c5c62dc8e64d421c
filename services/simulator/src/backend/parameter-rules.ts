import { inWords, invalidType, invalidValue, listed, modelError, tooLong } from '../http/model-error.ts';
import { asObject, asObjects, asText } from '../json.ts';
import { isOlder } from './catalog.ts';
import { detail } from './refusal.ts';
import type { Rule } from './rule.ts';

/** Every top-level name the backend takes over HTTP: what the Codex CLI sends, and what live probes found to work. */
const ACCEPTED_PARAMETERS = new Set([
  'model',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'store',
  'stream',
  'stream_options',
  'include',
  'service_tier',
  'prompt_cache_key',
  'text',
  'client_metadata',
  'access_programs',
]);

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
const EFFORT = 'reasoning.effort';
const SUMMARIES = ['concise', 'detailed', 'auto'] as const;
const TEXT_FORMATS = ['json_object', 'text', 'json_schema'] as const;
const VERBOSITIES = ['low', 'medium', 'high'] as const;
const SERVICE_TIERS = new Set(['priority', 'default', 'ultrafast']);
const MAX_CACHE_KEY_LENGTH = 64;
const ACCESS_PROGRAMS = new Set(['standard', 'daybreak_blue', 'daybreak_red']);

/** The model comes first: it is checked before every other parameter. */
export const MODEL_RULES: readonly Rule[] = [
  {
    name: 'model is one of this account',
    source: 'openai/codex#26053, #17642; order: icoretech/codex-pooler probes of 2026-10-07',
    check: ({ body, model }) =>
      model === undefined
        ? detail(
            `The '${asText(body['model'])}' model is not supported when using Codex with a ChatGPT account.`,
          )
        : undefined,
  },
  {
    name: 'client is new enough for the model',
    source: 'codex2api#87, OmniRoute PR 13708',
    check: ({ model, clientVersion }) =>
      model !== undefined && clientVersion !== undefined && isOlder(clientVersion, model.minimalClientVersion)
        ? detail(
            `The '${model.slug}' model requires a newer version of Codex. Please upgrade to the latest app or CLI and try again.`,
          )
        : undefined,
  },
];

/** The backend's own checks, answered as `{"detail":…}`. */
export const DETAIL_RULES: readonly Rule[] = [
  {
    name: 'only known parameters',
    source: 'openai-subscription-gateway probes of 2026-09-11; langwatch#7507; codex-pooler 2026-10-06',
    check: ({ body }) => {
      const name = Object.keys(body).find((key) => !ACCEPTED_PARAMETERS.has(key));
      return name === undefined ? undefined : detail(`Unsupported parameter: ${name}`);
    },
  },
  {
    name: 'stream is true',
    source: 'kryptobaseddev/cleo PR 1079',
    check: ({ body }) => (body['stream'] === true ? undefined : detail('Stream must be set to true')),
  },
  {
    name: 'store is false',
    source: 'openai/codex#26173',
    check: ({ body }) => (body['store'] === false ? undefined : detail('Store must be set to false')),
  },
  {
    name: 'instructions are there',
    source: 'sub2api PR 2257 (empty text passes), helm-api PR 310; the CLI leaves them out since 0.163',
    check: ({ body, instructions }) => {
      if (typeof body['instructions'] === 'string') return undefined;
      const first = asObjects(body['input']).find((item) => item['type'] !== 'additional_tools');
      if (instructions === 'lax' && first?.['role'] === 'developer') return undefined;
      return detail('Instructions are required');
    },
  },
  {
    name: 'input is a list',
    source: 'openai-subscription-gateway probes of 2026-09-11',
    check: ({ body }) =>
      body['input'] === undefined || Array.isArray(body['input'])
        ? undefined
        : detail('Input must be a list'),
  },
  {
    name: 'no system messages',
    source: 'CLIProxyAPI tests, tingly-box#1489',
    check: ({ body }) =>
      asObjects(body['input']).some((item) => item['role'] === 'system')
        ? detail('System messages are not allowed')
        : undefined,
  },
  {
    name: 'service tier is one that can be had',
    source: 'openai-subscription-gateway probes of 2026-09-11, pifast 2026-10-03',
    check: ({ body }) => {
      const tier = body['service_tier'];
      if (tier === undefined || tier === null) return undefined;
      return typeof tier === 'string' && SERVICE_TIERS.has(tier)
        ? undefined
        : detail(`Unsupported service_tier: ${inWords(tier)}`);
    },
  },
];

/** Checks of the model layer on single parameters. */
export const PARAMETER_RULES: readonly Rule[] = [
  {
    name: 'there is something to answer',
    source: 'openclaw#73820',
    check: ({ body }) =>
      asObjects(body['input']).length > 0
        ? undefined
        : modelError({
            message: `One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.`,
            code: 'missing_required_parameter',
          }),
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
    check: ({ body, model }) => {
      const effort = asObject(body['reasoning'])['effort'];
      if (effort === undefined || effort === null || model === undefined) return undefined;
      if (!EFFORTS.some((known) => known === effort)) {
        return invalidValue(effort, EFFORTS, EFFORT);
      }
      if (model.wireEfforts.includes(inWords(effort))) return undefined;
      return modelError({
        message: `Unsupported value: '${inWords(effort)}' is not supported with the '${model.slug}' model. Supported values are: ${listed(model.wireEfforts)}.`,
        param: EFFORT,
        code: 'unsupported_value',
      });
    },
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
      return modelError({
        message: `Missing required parameter: 'text.format.${absent}'.`,
        param: `text.format.${absent}`,
        code: 'missing_required_parameter',
      });
    },
  },
  {
    name: 'json_object needs the word json in the input',
    source: 'public Responses API',
    check: ({ body }) => {
      const isJsonMode = asObject(asObject(body['text'])['format'])['type'] === 'json_object';
      if (!isJsonMode || /json/i.test(JSON.stringify(body['input']))) return undefined;
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

function choiceRule(
  param: string,
  supported: readonly string[],
  read: (body: Parameters<Rule['check']>[0]['body']) => unknown,
): Rule {
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
