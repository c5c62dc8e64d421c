import express, { type Router } from 'express';
import type { Registry } from 'prom-client';

export interface Readiness {
  readonly ready: boolean;
  /** What stands beside `status` in the answer: mode, reasons. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface OpsOptions {
  readonly version: string;
  readonly registry: Registry;
  readonly readiness: () => Readiness;
  readonly uptimeSeconds: () => number;
}

/** `/healthz`, `/health` and `/ready`: they touch nothing outside the process. */
export function probeRoutes({ version, readiness, uptimeSeconds }: Omit<OpsOptions, 'registry'>): Router {
  const router = express.Router();
  router.get(['/healthz', '/health'], (_req, res) => {
    res.json({ status: 'ok', version, uptimeSeconds: Math.floor(uptimeSeconds()) });
  });
  router.get('/ready', (_req, res) => {
    const { ready, detail } = readiness();
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not_ready', ...detail });
  });
  return router;
}

/** `/metrics` as Prometheus text, or as JSON for `Accept: application/json`; `/metrics/prometheus` is always text. */
export function metricsRoutes(registry: Registry): Router {
  const router = express.Router();
  router.get('/metrics', async (req, res) => {
    if (req.accepts(['text/plain', 'application/json']) === 'application/json') {
      res.json(await registry.getMetricsAsJSON());
      return;
    }
    res.set('content-type', registry.contentType).send(await registry.metrics());
  });
  router.get('/metrics/prometheus', async (_req, res) => {
    res.set('content-type', registry.contentType).send(await registry.metrics());
  });
  return router;
}
