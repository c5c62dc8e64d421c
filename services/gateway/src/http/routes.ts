import { probeRoutes, type Readiness } from '@codex-gateway/service-kit/ops-server.ts';
import type { Dialect } from '@codex-gateway/wire/dialects/dialect.ts';
import { dialects } from '@codex-gateway/wire/dialects/registry.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { VERSION } from '../version.ts';
import { authenticate, type AuthenticateDeps } from './authenticate.ts';
import { answerErrors, type ErrorDeps } from './errors.ts';
import { createInference, type InferenceDeps } from './inference.ts';
import { modelsRoutes, type ModelsDeps } from './models.ts';
import { only } from './only.ts';
import { createRawInference, wantsRaw, type RawDeps } from './raw.ts';
import { createTokenCount, type TokenCountDeps } from './token-count.ts';

export interface RouteDeps
  extends InferenceDeps, RawDeps, TokenCountDeps, AuthenticateDeps, ErrorDeps, ModelsDeps {
  readonly readiness: () => Readiness;
  readonly uptimeSeconds: () => number;
  readonly isDraining: () => boolean;
  readonly maxConcurrentRequests: number;
}

/** The public port. Every path answers with `/v1`, without it, and with `/v1/v1` (a base URL that already had it). */
export function createRoutes(deps: RouteDeps): Express {
  const app = express();
  app.disable('etag');
  app.enable('case sensitive routing');
  app.use(deps.scopes.middleware, helmet(), closeWhileDraining(deps), refuseUpgrade);
  app.use(probeRoutes({ version: VERSION, readiness: deps.readiness, uptimeSeconds: deps.uptimeSeconds }));
  app.get('/', (_req, res) => {
    res.json({ name: 'codex-gateway', version: VERSION });
  });
  app.all(['/', '/healthz', '/health', '/ready'], only('GET, HEAD'));
  const api = apiRoutes(deps);
  // one by one: in a list of paths, express takes `/` for the root alone
  for (const base of ['/v1/v1', '/v1', '/']) app.use(base, api);
  app.use((req) => {
    throw new FaultError({ kind: 'unknown_url', message: `Unknown request URL: ${req.method} ${req.path}.` });
  });
  app.use(answerErrors(deps));
  return app;
}

function apiRoutes(deps: RouteDeps): Router {
  const router = express.Router({ caseSensitive: true });
  const known = authenticate(deps);
  for (const dialect of dialects) {
    const note: RequestHandler = (_req, res, next) => {
      deps.scopes.of(res).record.dialect = dialect.name;
      next();
    };
    const notOverloaded = refuseOverload(deps);
    router.post(dialect.path, note, known, notOverloaded, answering(dialect, deps));
    for (const variant of dialect.variants ?? [])
      router.post(variant.path, note, known, notOverloaded, createInference(variant, deps));
    const { tokenCount } = dialect;
    if (tokenCount) router.post(tokenCount.path, known, notOverloaded, createTokenCount(tokenCount, deps));
    router.all(pathsOf(dialect), only('POST'));
    for (const { method, path } of dialect.storedAnswers ?? []) router[method](path, known, refuseStored);
  }
  router.get(['/models', '/models/*id'], known);
  router.use(modelsRoutes(deps));
  return router;
}

function pathsOf({ path, variants = [], tokenCount }: Dialect): string[] {
  return [path, ...variants.map((variant) => variant.path), ...(tokenCount ? [tokenCount.path] : [])];
}

function answering(dialect: Dialect, deps: RouteDeps): RequestHandler {
  const inference = createInference(dialect, deps);
  if (!dialect.isUpstreamFormat) return inference;
  const raw = createRawInference(deps);
  return (req, res, next) => (wantsRaw(req) ? raw : inference)(req, res, next);
}

const refuseStored: RequestHandler = (req) => {
  throw new FaultError({
    kind: 'response_not_found',
    message: `Response with id '${String(req.params['id'])}' not found: answers are not stored here.`,
    param: 'id',
  });
};

/** This pod's own ceiling, before the body is read. */
function refuseOverload({ scopes, maxConcurrentRequests }: RouteDeps): RequestHandler {
  return (_req, _res, next) => {
    if (scopes.open().size > maxConcurrentRequests) {
      throw new FaultError({
        kind: 'server_is_overloaded',
        message: 'This gateway is at its limit of running requests.',
        retryAfterSeconds: 1,
      });
    }
    next();
  };
}

function closeWhileDraining({ isDraining }: RouteDeps): RequestHandler {
  return (_req, res, next) => {
    if (isDraining()) res.set('connection', 'close');
    next();
  };
}

/**
 * The Codex CLI falls back to HTTP at once after a 426; any other refusal costs it many tries. An offer of HTTP/2 (`h2c`,
 * which Java sends with every request) is no wish: it is served as what it is.
 */
const refuseUpgrade: RequestHandler = (req, _res, next) => {
  if (req.get('upgrade')?.toLowerCase() !== 'websocket') return next();
  throw new FaultError({
    kind: 'upgrade_required',
    message: 'WebSocket is not supported; use HTTP with server-sent events.',
  });
};
