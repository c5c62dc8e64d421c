import { probeRoutes, type Readiness } from '@codex-gateway/service-kit/ops-server.ts';
import type { Dialect } from '@codex-gateway/wire/dialects/dialect.ts';
import type { Passage } from '@codex-gateway/wire/dialects/passage.ts';
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
import { passRules, rawRules } from './pass-rules.ts';
import { createPassThrough, wantsRaw, type PassDeps } from './pass-through.ts';
import { createTokenCount, type TokenCountDeps } from './token-count.ts';

export interface RouteDeps
  extends InferenceDeps, PassDeps, TokenCountDeps, AuthenticateDeps, ErrorDeps, ModelsDeps {
  /** Whether the upstream speaks the clients' formats itself, so that nothing is translated that need not be. */
  readonly passesThrough: boolean;
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
    const before = [known, refuseOverload(deps)];
    for (const { path, handler } of answers(dialect, deps)) router.post(path, note, before, handler);
    const count = passageOf(dialect, deps) ? undefined : dialect.tokenCount;
    if (count) router.post(count.path, before, createTokenCount(count, deps));
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

/** What of a dialect passes as it is: all of one that the upstream speaks itself. */
function passageOf({ passage }: Dialect, { passesThrough }: RouteDeps): Passage | undefined {
  return passesThrough ? passage : undefined;
}

/** Where the upstream answers, translated or as it is. */
function answers(dialect: Dialect, deps: RouteDeps): readonly { path: string; handler: RequestHandler }[] {
  const passage = passageOf(dialect, deps);
  const ordinary = passage
    ? pathsOf(dialect).map((path) => ({
        path,
        handler: createPassThrough({ path, passage, rules: passRules }, deps),
      }))
    : [dialect, ...(dialect.variants ?? [])].map(({ path, open }) => ({
        path,
        handler: createInference({ ...dialect, open }, deps),
      }));
  return ordinary.map(({ path, handler }) => ({
    path,
    handler: path === dialect.path ? orRaw(dialect, handler, deps) : handler,
  }));
}

function orRaw(
  { path, passage, takesRaw }: Dialect,
  ordinary: RequestHandler,
  deps: RouteDeps,
): RequestHandler {
  if (!passage || !takesRaw) return ordinary;
  const raw = createPassThrough({ path, passage, rules: rawRules }, deps);
  return (req, res, next) => (wantsRaw(req) ? raw : ordinary)(req, res, next);
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
