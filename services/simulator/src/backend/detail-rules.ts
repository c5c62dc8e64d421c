import { asObjects, asText } from '../json.ts';
import { inWords } from '../model-layer/refusal.ts';
import type { LayerContext, Rule } from '../model-layer/rule.ts';
import { isOlder, type Model } from './catalog.ts';
import { detail } from './refusal.ts';

/** What a rule of the backend may look at. */
export interface CodexContext extends LayerContext {
  readonly model: Model | undefined;
  /** The `version` header, else the version in a Codex User-Agent. */
  readonly clientVersion: string | undefined;
  readonly instructions: 'strict' | 'lax';
}

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

const SERVICE_TIERS = new Set(['priority', 'default', 'ultrafast']);

/** The model comes first: it is checked before every other parameter. */
export const MODEL_RULES: readonly Rule<CodexContext>[] = [
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
export const DETAIL_RULES: readonly Rule<CodexContext>[] = [
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
