import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { Broker } from '../broker.ts';
import type { Callers } from '../callers/callers.ts';
import type { Logins } from '../logins/logins.ts';
import type { AuthMetrics } from '../metrics.ts';
import { handleAccounts } from './accounts.ts';
import { createGate, type Gate } from './authenticate.ts';
import { handleErrors, sendProblem } from './errors.ts';
import { handleDevice, handleImport, handleLogout, handleStartDevice } from './logins.ts';
import { handleReject, handleTokens } from './tokens.ts';

/** An `auth.json` with three JSON web tokens has about 8 kB. */
const BODY_LIMIT = '64kb';

export interface RouteParts {
  readonly broker: Broker;
  readonly logins: Logins;
  readonly callers: Callers;
  readonly admin: Callers | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: AuthMetrics;
  readonly probes: Router;
}

/** What the broker's own port answers: the probes to everyone, what stands below `/v1` to who may ask it. */
export function createApi(parts: RouteParts): Express {
  const { callers, admin, log, metrics, probes } = parts;
  const gate = createGate({ callers, admin, log, noted: metrics.callerAuthenticated });
  const routes = express.Router();
  routes.use((_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });
  routes.use(gate.identify);
  routes.use(gatewayRoutes(parts, gate), adminRoutes(parts, gate));
  const api = express().disable('x-powered-by').disable('etag');
  api.use(helmet(), probes);
  api.use('/v1', routes);
  api.use((_req, res) => sendProblem(res, { status: 404, code: 'unknown_url', message: 'no such path' }));
  return api.use(handleErrors(log));
}

function gatewayRoutes({ broker, clock, metrics }: RouteParts, { only }: Gate): Router {
  const tokens = { broker, now: clock.now, vended: metrics.vended };
  const json = express.json({ limit: BODY_LIMIT });
  const routes = express.Router();
  routes.route('/tokens').post(only('gateway'), handleTokens(tokens)).all(onlyMethod('POST'));
  routes
    .route('/tokens/:alias/reject')
    .post(only('gateway'), json, handleReject(tokens))
    .all(onlyMethod('POST'));
  routes
    .route('/accounts')
    .get(only('gateway', 'admin'), handleAccounts(broker))
    .all(onlyMethod('GET, HEAD'));
  return routes;
}

function adminRoutes({ logins }: RouteParts, { only }: Gate): Router {
  const json = express.json({ limit: BODY_LIMIT });
  // the text itself, whose problems are told by field and never by value
  const text = express.text({ limit: BODY_LIMIT, type: () => true });
  const routes = express.Router();
  routes.route('/login/device').post(only('admin'), json, handleStartDevice(logins)).all(onlyMethod('POST'));
  routes.route('/login/device/:id').get(only('admin'), handleDevice(logins)).all(onlyMethod('GET, HEAD'));
  routes
    .route('/accounts/:alias/import')
    .post(only('admin'), text, handleImport(logins))
    .all(onlyMethod('POST'));
  routes.route('/accounts/:alias').delete(only('admin'), handleLogout(logins)).all(onlyMethod('DELETE'));
  return routes;
}

function onlyMethod(allow: string): RequestHandler {
  return (_req, res) => {
    res.set('allow', allow);
    sendProblem(res, { status: 405, code: 'method_not_allowed', message: `use ${allow}` });
  };
}
