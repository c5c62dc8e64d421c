import express, { type Express } from 'express';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { metricsRoutes, probeRoutes, type Readiness } from '@codex-gateway/service-kit/ops-server.ts';
import { createBackend } from './backend.ts';
import { createUrlFetcher } from './client-urls/fetch-url.ts';
import { createInlining, leaveUrls, type InlineUrls } from './client-urls/inlining.ts';
import { createNetwork, type Network } from './client-urls/network.ts';
import type { GatewayConfig } from './config.ts';
import { createTokenCounter } from './counting/token-counter.ts';
import { createTokenizer } from './counting/tokenizer.ts';
import { createHeartbeats } from './http/heartbeats.ts';
import { createScopes, type Scope } from './http/request-scope.ts';
import { createRoutes } from './http/routes.ts';
import { createKeyRing } from './keys/key-ring.ts';
import { watchKeys } from './keys/key-watch.ts';
import { createAdmission } from './limits/admission.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { ModelsCache } from './models/cache.ts';
import { modelLabel } from './models/catalog.ts';
import { createModelResolver, createNameResolver } from './models/resolve.ts';
import type { OperatorChoices } from './operator-choices.ts';
import { reportRequest } from './request-report.ts';
import { createStores } from './stores.ts';
import { VERSION } from './version.ts';

export interface Gateway {
  readonly routes: Express;
  readonly opsRoutes: Express;
  readonly open: () => ReadonlySet<Scope>;
  /** Begins the background work; the returned function ends it and closes every connection. */
  readonly start: () => () => Promise<void>;
  readonly startDraining: () => void;
}

export interface GatewayDeps {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where URLs that clients name are fetched; the internet when absent. */
  readonly network?: Network;
}

/** Builds the gateway from its configuration; nothing happens until `start`. */
export function createGateway({ config, clock, logger, network = createNetwork() }: GatewayDeps): Gateway {
  let draining = false;
  const startedAt = clock.now();
  const metrics = createMetrics(VERSION, {
    inflightRequests: () => scopes.open().size,
    inflightStreams: () => [...scopes.open()].filter(({ record }) => record.stream).length,
    draining: () => draining,
  });
  const scopes = createScopes({
    clock,
    deadlineMs: config.REQUEST_TIMEOUT_SECONDS * 1000,
    onFinish: reportRequest(metrics, logger),
  });
  const backend = createBackend({ config, clock, logger, metrics });
  const stores = createStores({ config, clock, logger, metrics });
  const ring = createKeyRing(config.keys);
  const counter = createTokenCounter();
  const readiness = (): Readiness =>
    readinessOf(config, { draining, no_credentials: !backend.hasCredentials() });
  const probes = { version: VERSION, readiness, uptimeSeconds: () => (clock.now() - startedAt) / 1000 };
  return {
    open: scopes.open,
    startDraining: () => void (draining = true),
    start: () => {
      const stopBackend = backend.start();
      const stopStores = stores.start();
      const stopKeys = watchKeys(config, { ring, clock, logger, metrics });
      return async () => {
        stopKeys();
        stopStores();
        await Promise.all([stopBackend(), counter.close()]);
      };
    },
    opsRoutes: express().use(probeRoutes(probes), metricsRoutes(metrics.registry)),
    routes: createRoutes({
      ...probes,
      scopes,
      ring,
      logger,
      ...backend.asking,
      upstream: backend.traits,
      passesThrough: backend.passesThrough,
      clock,
      now: clock.now,
      nowSeconds: () => Math.floor(clock.now() / 1000),
      isDraining: () => draining,
      maxBodyBytes: config.MAX_BODY_BYTES,
      maxConcurrentRequests: config.MAX_CONCURRENT_REQUESTS,
      ...modelReading(config.choices, backend.models),
      tokenizer: createTokenizer(),
      counter,
      conversations: stores.conversations,
      inlineUrls: inliningOf({ config, clock, logger, network }, metrics),
      admit: createAdmission(stores.limits, clock),
      startHeartbeat: createHeartbeats(config.STREAM_HEARTBEAT_SECONDS, clock),
    }),
  };
}

/** The models as requests see them: with what the operator has chosen. */
function modelReading(choices: OperatorChoices, cache: ModelsCache) {
  const resolveModel = createModelResolver(choices);
  const resolveName = createNameResolver(choices);
  return {
    cache,
    options: choices,
    listsAliases: choices.anthropicAliases,
    resolveModel: (requested: string) => resolveModel(cache.current(), requested),
    resolveName: (requested: string) => resolveName(cache.current(), requested),
    modelLabel: (slug: string) => modelLabel(cache.current(), slug),
  };
}

function readinessOf(
  { UPSTREAM_MODE: mode }: GatewayConfig,
  failings: Readonly<Record<string, boolean>>,
): Readiness {
  const reasons = Object.keys(failings).filter((reason) => failings[reason]);
  return { ready: reasons.length === 0, detail: { mode, reasons } };
}

function inliningOf({ config, clock, logger, network }: Required<GatewayDeps>, metrics: Metrics): InlineUrls {
  if (config.FETCH_CLIENT_URLS === 'never') return leaveUrls;
  const count = (result: string): void => metrics.clientUrls.inc({ result });
  const fetchUrl = createUrlFetcher({ network, clock });
  return createInlining({ fetchUrl, clock, logger, count, maxBodyBytes: config.MAX_BODY_BYTES });
}
