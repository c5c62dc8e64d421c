import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { Remedy } from '@codex-gateway/wire/codex/refusal.ts';
import type { GatewayConfig } from './config.ts';
import type { Metrics } from './metrics.ts';
import { changedModels, createModelsCache, type ModelsCache } from './models/cache.ts';
import { withChoices } from './models/catalog.ts';
import { createCatalogSource } from './models/catalog-source.ts';
import { createBrokerApi } from './tokens/broker-api.ts';
import { createBrokerClient, type BrokerClient } from './tokens/broker-client.ts';
import { createAccounts } from './upstream/accounts.ts';
import { createCodexClient } from './upstream/codex-client.ts';
import { createRaw, type AskRaw } from './upstream/raw.ts';
import { createRetry, type AskUpstream } from './upstream/retry.ts';

/** The pause before an overloaded or unreachable upstream is asked again. */
const RETRY_PAUSE_MS = 500;

export interface BackendDeps {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface Backend {
  readonly broker: BrokerClient;
  /** The two ways to ask: in events, and in bytes. */
  readonly upstream: { readonly ask: AskUpstream; readonly askRaw: AskRaw };
  readonly models: ModelsCache;
  readonly close: () => Promise<void>;
}

/** Everything on the far side: the broker that gives tokens, the backend that answers, its models. */
export function createBackend({ config, clock, logger, metrics }: BackendDeps): Backend {
  const connectTimeoutMs = config.UPSTREAM_CONNECT_TIMEOUT_SECONDS * 1000;
  const outward = createHttpClient({
    connectTimeoutMs,
    idleTimeoutMs: config.UPSTREAM_IDLE_TIMEOUT_SECONDS * 1000,
    httpsProxy: config.HTTPS_PROXY,
    noProxy: config.NO_PROXY,
  });
  const inner = createHttpClient({ connectTimeoutMs, idleTimeoutMs: connectTimeoutMs, ca: config.brokerCa });
  const broker = createBrokerClient({
    api: createBrokerApi({ url: config.BROKER_URL, secret: config.BROKER_SECRET, dispatcher: inner }),
    clock,
    logger,
    count: (result) => metrics.brokerRequests.inc({ result }),
  });
  const accounts = createAccounts(broker.accounts, clock);
  const endpoint = {
    baseUrl: config.CODEX_BASE_URL,
    clientVersion: config.CODEX_CLIENT_VERSION,
    dispatcher: outward,
  };
  const calls = { ...endpoint, countCall: (code: string) => metrics.upstreamRequests.inc({ code }) };
  const client = createCodexClient({
    ...calls,
    countOddEvent: (kind) => metrics.unknownEvents.inc({ kind }),
    noteFailure: accounts.note,
  });
  const retry = {
    accounts,
    rejectToken: broker.reject,
    retryPauseMs: RETRY_PAUSE_MS,
    clock,
    countRetry: (reason: Remedy) => metrics.upstreamRetries.inc({ reason }),
  };
  const listed = createModelsCache({
    read: createCatalogSource({ ...endpoint, accounts }),
    ttlMs: config.MODELS_CACHE_TTL_SECONDS * 1000,
    clock,
    logger,
    count: (result) => metrics.modelsRefreshes.inc({ result }),
  });
  return {
    broker,
    upstream: { ask: createRetry({ ...retry, client }), askRaw: createRaw({ ...retry, ...calls }) },
    models: changedModels(listed, (catalog) => withChoices(catalog, config.choices)),
    close: async () => {
      await Promise.all([outward.destroy(), inner.destroy()]);
    },
  };
}
