import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock, type Clock } from '@codex-gateway/service-kit/clock.ts';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { metricsRoutes, probeRoutes } from '@codex-gateway/service-kit/ops-server.ts';
import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Dispatcher } from 'undici';
import { createBroker, type Broker, type BrokerDeps } from './broker.ts';
import type { Callers } from './callers/callers.ts';
import { createServiceAccountCallers } from './callers/service-accounts.ts';
import { createSharedSecretCallers } from './callers/shared-secret.ts';
import type { AuthConfig } from './config.ts';
import { handleAccounts } from './http/accounts.ts';
import { authenticate, type CallerResult } from './http/authenticate.ts';
import { handleErrors, sendProblem } from './http/errors.ts';
import { handleReject, handleTokens } from './http/tokens.ts';
import { connectToKubernetes } from './kubernetes/api-client.ts';
import { createMetrics, type AuthMetrics } from './metrics.ts';
import { createRefreshGrant } from './oauth/refresh-grant.ts';
import { createFileStore } from './store/file-store.ts';
import { createKubernetesStore } from './store/kubernetes-store.ts';
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

const CONNECT_TIMEOUT_MS = 10_000;
const GRANT_TIMEOUT_MS = 25_000;
/** The part of the intent's deadline that the request may take; 25 of 45 seconds. */
const GRANT_SHARE = 25 / 45;
const BODY_LIMIT = '16kb';

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
    store: parts.store ?? (await createStore(config, holder)),
    clock,
    written: metrics.stateWritten,
  });
  const accountDeps = createAccountDeps(config, {
    clock,
    holder,
    log,
    metrics,
    version,
    chance: parts.chance,
  });
  const { aliases, seedPath, borrowPath } = config;
  const broker = createBroker({ aliases, seedPath, borrowPath, store, clock, log, accountDeps });
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
    api: createApi({ broker, callers, clock, log, metrics, probes }),
    ops: ops.use(handleErrors(log)),
    broker,
    close: async () => {
      await broker.close();
      await callers.close();
    },
  };
}

async function createStore({ store }: AuthConfig, holder: string): Promise<TokenStore> {
  if (store.kind === 'file') return createFileStore({ folder: store.folder, holder });
  const { apiServer, secretPrefix } = store;
  return createKubernetesStore({ api: await connectToKubernetes(apiServer), secretPrefix });
}

async function createCallers({ callers }: AuthConfig, clock: Clock): Promise<Callers> {
  if (callers.kind === 'shared_secret') return createSharedSecretCallers(callers.secrets);
  const api = await connectToKubernetes(callers.apiServer);
  return createServiceAccountCallers({ api, allowed: new Set(callers.allowed), clock });
}

interface AccountParts {
  readonly clock: Clock;
  readonly holder: string;
  readonly log: Logger;
  readonly metrics: AuthMetrics;
  readonly version: string;
  readonly chance: (() => number) | undefined;
}

function createAccountDeps(config: AuthConfig, parts: AccountParts): BrokerDeps['accountDeps'] {
  const { clock, holder, log, metrics, version } = parts;
  const grantTimeoutMs = Math.min(GRANT_TIMEOUT_MS, Math.floor(config.intentDeadlineMs * GRANT_SHARE));
  const grant = createRefreshGrant({
    issuer: config.issuer,
    clientId: config.clientId,
    version,
    timeoutMs: grantTimeoutMs,
    clock,
    connect: () => connect(config, grantTimeoutMs),
  });
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

function connect({ httpsProxy, noProxy }: AuthConfig, idleTimeoutMs: number): Dispatcher {
  return createHttpClient({ connectTimeoutMs: CONNECT_TIMEOUT_MS, idleTimeoutMs, httpsProxy, noProxy });
}

interface ApiParts {
  readonly broker: Broker;
  readonly callers: Callers;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: AuthMetrics;
  readonly probes: express.Router;
}

function createApi({ broker, callers, clock, log, metrics, probes }: ApiParts): Express {
  const tokens = { broker, now: clock.now, vended: metrics.vended };
  const noted = (result: CallerResult) => metrics.callerAuthenticated(callers.method, result);
  const routes = express.Router();
  routes.use((_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });
  routes.use(authenticate({ callers, log, noted }), express.json({ limit: BODY_LIMIT }));
  routes.route('/tokens').post(handleTokens(tokens)).all(onlyMethod('POST'));
  routes.route('/tokens/:alias/reject').post(handleReject(tokens)).all(onlyMethod('POST'));
  routes.route('/accounts').get(handleAccounts(broker)).all(onlyMethod('GET, HEAD'));
  const api = express().disable('x-powered-by').disable('etag');
  api.use(helmet(), probes);
  api.use('/v1', routes);
  api.use((_req, res) => sendProblem(res, { status: 404, code: 'unknown_url', message: 'no such path' }));
  return api.use(handleErrors(log));
}

function onlyMethod(allow: string): express.RequestHandler {
  return (_req, res) => {
    res.set('allow', allow);
    sendProblem(res, { status: 405, code: 'method_not_allowed', message: `use ${allow}` });
  };
}
