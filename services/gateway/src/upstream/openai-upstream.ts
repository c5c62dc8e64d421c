import { openAiApi } from '@codex-gateway/wire/codex/upstream.ts';
import { refusalOfReply, type Refusal } from '@codex-gateway/wire/codex/refusal.ts';
import { listedCatalog, modelListSchema } from '../models/catalog.ts';
import { createCatalogSource } from '../models/catalog-source.ts';
import { VERSION } from '../version.ts';
import { createAccounts } from './accounts.ts';
import type { Endpoint } from './endpoint.ts';
import type { Upstream, UpstreamDeps } from './upstream.ts';

/** The OpenAI API, with one API key. No broker is asked and none need run. */
export function createOpenAiUpstream({ config, clock, dispatcher }: UpstreamDeps): Upstream {
  const { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: key } = config;
  if (!key) throw new Error('a configuration with this mode has OPENAI_API_KEY');
  const endpoint = openAiEndpoint({ baseUrl, dispatcher });
  const account = {
    alias: 'openai_api',
    accountId: null,
    headers: { authorization: `Bearer ${key.reveal()}` },
    renew: () => Promise.resolve(), // a key that was refused stays refused
  };
  const accounts = createAccounts(() => Promise.resolve([account]), clock);
  return {
    endpoint,
    accounts,
    traits: openAiApi,
    readCatalog: createCatalogSource({
      endpoint,
      accounts,
      path: '/models',
      toCatalog: (body) => listedCatalog(modelListSchema.parse(body)),
    }),
    builtInCatalog: null,
    passesThrough: true,
    hasCredentials: () => true,
    start: () => () => Promise.resolve(),
  };
}

function openAiEndpoint({ baseUrl, dispatcher }: Pick<Endpoint, 'baseUrl' | 'dispatcher'>): Endpoint {
  return {
    baseUrl,
    dispatcher,
    headers: ({ requestId }) => ({
      'user-agent': `codex-gateway/${VERSION}`,
      'x-client-request-id': requestId,
      // heartbeats cannot stand between compressed bytes, and usage cannot be read from them
      'accept-encoding': 'identity',
    }),
    passedHeaders: ['content-type', 'content-encoding', 'accept', 'openai-beta'],
    refusalOf: (reply) => {
      const refusal = refusalOfReply(reply);
      return refusal.fault.kind === 'oauth_unavailable' ? keyRefused : refusal;
    },
  };
}

/** There is no other key to try. */
const keyRefused: Refusal = {
  fault: {
    kind: 'oauth_unavailable',
    message:
      'The OpenAI API refuses the key of this gateway: check OPENAI_API_KEY, its project and its billing.',
  },
  remedy: 'none',
};
