import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock, type Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { metricsRoutes, probeRoutes } from '@codex-gateway/service-kit/ops-server.ts';
import express, { type Express } from 'express';
import { createBroker, type Broker, type BrokerDeps } from './broker.ts';
import type { Callers } from './callers/callers.ts';
import { createServiceAccountCallers } from './callers/service-accounts.ts';
import { createSharedSecretCallers } from './callers/shared-secret.ts';
import type { AuthConfig } from './config.ts';
import { handleErrors } from './http/errors.ts';
import { createApi } from './http/routes.ts';
import { connectToKubernetes } from './kubernetes/api-client.ts';
import { createLogins } from './logins/logins.ts';
import { createMetrics, type AuthMetrics } from './metrics.ts';
import { createIssuer, type Issuer } from './oauth/issuer.ts';
import { createRefreshGrant } from './oauth/refresh-grant.ts';
import { openStore } from './open-store.ts';
import { measureStore } from './store/measured-store.ts';
import { createSpillFolder } from './store/spill.ts';
import type { TokenStore } from './store/token-store.ts';

/** What a test may put in place of the real thing. */
export interface AppParts {
  readonly clock?: Clock;
  readonly store?: TokenStore;
  readonly chance?: () => number;
}

export interface AuthApp {
  /** For `PORT`: the callers' interface and the probes. */
  readonly api: Express;
  /** For `OPS_PORT`: metrics and probes. */
  readonly ops: Express;
  readonly broker: Broker;
  /** Finishes running refreshes and makes their outcome durable. */
  readonly close: () => Promise<void>;
}

const GRANT_TIMEOUT_MS = 25_000;
/** The part of the intent's deadline that the request may take; 25 of 45 seconds. */
const GRANT_SHARE = 25 / 45;

/**
 * Builds the broker and reads its state; nothing listens yet.
 *
 * @throws StoreHeldError when another broker owns the store
 */
export async function createApp(
  config: AuthConfig,
  { log, version }: { readonly log: Logger; readonly version: string },
  parts: AppParts = {},
): Promise<AuthApp> {
  const clock = parts.clock ?? systemClock;
  const metrics = createMetrics(version);
  const holder = `pid ${process.pid} on ${hostname()}, ${randomUUID().slice(0, 8)}`;
  const callers = await createCallers(config, clock);
  const store = measureStore({
    store: parts.store ?? (await openStore(config.store, holder)),
    clock,
    written: metrics.stateWritten,
  });
  const issuer = createIssuer({ ...config, version, clock });
  const accountDeps = createAccountDeps(config, { issuer, holder, log, metrics, chance: parts.chance });
  const { aliases, seedPath, borrowPath } = config;
  const { revoke } = issuer;
  const broker = createBroker({ aliases, seedPath, borrowPath, store, clock, log, revoke, accountDeps });
  const keeper = { ...broker, aliases };
  const logins = createLogins({ ...issuer, keeper, clock, newId: randomUUID, log });
  metrics.watchAccounts(broker.views);
  await broker.start();

  const startedAt = clock.now();
  const probes = probeRoutes({
    version,
    uptimeSeconds: () => (clock.now() - startedAt) / 1_000,
    readiness: () => {
      const reasons = broker.notReady();
      return { ready: reasons.length === 0, detail: { reasons } };
    },
  });
  const ops = express().disable('x-powered-by').use(probes, metricsRoutes(metrics.registry));
  return {
    api: createApi({
      broker,
      logins,
      callers,
      admin: config.adminSecret && createSharedSecretCallers([config.adminSecret]),
      clock,
      log,
      metrics,
      probes,
    }),
    ops: ops.use(handleErrors(log)),
    broker,
    close: async () => {
      await logins.close();
      await broker.close();
      await callers.close();
    },
  };
}

async function createCallers({ callers }: AuthConfig, clock: Clock): Promise<Callers> {
  if (callers.kind === 'shared_secret') return createSharedSecretCallers(callers.secrets);
  const api = await connectToKubernetes(callers.apiServer);
  return createServiceAccountCallers({ api, allowed: new Set(callers.allowed), clock });
}

interface AccountParts {
  readonly issuer: Issuer;
  readonly holder: string;
  readonly log: Logger;
  readonly metrics: AuthMetrics;
  readonly chance: (() => number) | undefined;
}

function createAccountDeps(config: AuthConfig, parts: AccountParts): BrokerDeps['accountDeps'] {
  const { issuer, holder, log, metrics } = parts;
  const grantTimeoutMs = Math.min(GRANT_TIMEOUT_MS, Math.floor(config.intentDeadlineMs * GRANT_SHARE));
  const { post } = issuer;
  const grant = createRefreshGrant({ post, clientId: config.clientId, timeoutMs: grantTimeoutMs });
  return (alias) => ({
    grant,
    holder,
    grantTimeoutMs,
    newId: randomUUID,
    chance: parts.chance ?? Math.random,
    onInDoubt: config.onInDoubt,
    intentDeadlineMs: config.intentDeadlineMs,
    refreshed: (outcome, seconds) => metrics.refreshed(alias, outcome, seconds),
    spill: config.spillPath === null ? null : createSpillFolder(config.spillPath),
    unspilled: (code) =>
      log.warn({ account: alias, code }, 'new tokens cannot be kept on their way into the store'),
    unpersisted: (code) => {
      metrics.unpersisted(alias, code !== null);
      if (code === null) log.info({ account: alias }, 'outcome of the refresh is durable now');
      else {
        metrics.persistFailed(alias);
        log.error(
          { account: alias, code },
          'outcome of the refresh not durable yet: do not restart the broker',
        );
      }
    },
  });
}
