import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { Remedy } from '@codex-gateway/wire/codex/refusal.ts';
import type { GatewayConfig } from './config.ts';
import type { Metrics } from './metrics.ts';
import { changedModels, createModelsCache, type ModelsCache } from './models/cache.ts';
import { withChoices } from './models/catalog.ts';
import { createByteClient, type AskBytes } from './upstream/byte-client.ts';
import { createCodexUpstream } from './upstream/codex-upstream.ts';
import { createEventClient } from './upstream/event-client.ts';
import { createRetry, type AskUpstream } from './upstream/retry.ts';
import { createOpenAiUpstream } from './upstream/openai-upstream.ts';
import type { Upstream, UpstreamDeps } from './upstream/upstream.ts';

const upstreams = {
  codex_oauth: createCodexUpstream,
  openai_api: createOpenAiUpstream,
} as const satisfies Record<GatewayConfig['UPSTREAM_MODE'], (deps: UpstreamDeps) => Upstream>;

/** The pause before an overloaded or unreachable upstream is asked again. */
const RETRY_PAUSE_MS = 500;

export interface BackendDeps {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Everything on the far side. */
export interface Backend extends Pick<Upstream, 'traits' | 'passesThrough' | 'hasCredentials' | 'start'> {
  /** The two ways to ask: in events, and in bytes. */
  readonly asking: { readonly ask: AskUpstream; readonly askBytes: AskBytes };
  readonly models: ModelsCache;
}

/** The upstream of the mode, and what is the same for all of them: how it is asked, how its models are kept. */
export function createBackend({ config, clock, logger, metrics }: BackendDeps): Backend {
  const dispatcher = createHttpClient({
    connectTimeoutMs: config.UPSTREAM_CONNECT_TIMEOUT_SECONDS * 1000,
    idleTimeoutMs: config.UPSTREAM_IDLE_TIMEOUT_SECONDS * 1000,
    httpsProxy: config.HTTPS_PROXY,
    noProxy: config.NO_PROXY,
  });
  const upstream = upstreams[config.UPSTREAM_MODE]({ config, clock, logger, metrics, dispatcher });
  const { endpoint, accounts } = upstream;
  const post = { endpoint, countCall: (code: string) => metrics.upstreamRequests.inc({ code }) };
  const retry = {
    accounts,
    retryPauseMs: RETRY_PAUSE_MS,
    clock,
    countRetry: (reason: Remedy) => metrics.upstreamRetries.inc({ reason }),
  };
  const client = createEventClient({
    ...post,
    countOddEvent: (kind) => metrics.unknownEvents.inc({ kind }),
    noteFailure: accounts.note,
  });
  const listed = createModelsCache({
    read: upstream.readCatalog,
    builtIn: upstream.builtInCatalog,
    ttlMs: config.MODELS_CACHE_TTL_SECONDS * 1000,
    clock,
    logger,
    count: (result) => metrics.modelsRefreshes.inc({ result }),
  });
  const models = changedModels(listed, (catalog) => withChoices(catalog, config.choices));
  return {
    asking: { ask: createRetry({ ...retry, client }), askBytes: createByteClient({ ...retry, ...post }) },
    models,
    traits: upstream.traits,
    passesThrough: upstream.passesThrough,
    hasCredentials: upstream.hasCredentials,
    start: () => {
      const stop = upstream.start();
      models.current(); // asks behind our back: what the models can do is to be known before the first request asks for too much
      return async () => {
        await stop();
        await dispatcher.destroy();
      };
    },
  };
}
