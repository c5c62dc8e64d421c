import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import express, { type RequestHandler } from 'express';
import { answerErrors } from '../../src/http/errors.ts';
import { createScopes, type FinishedRequest, type Scopes } from '../../src/http/request-scope.ts';
import { captureLog } from '../log-capture.ts';

export interface Served {
  readonly port: number;
  readonly url: string;
  readonly scopes: Scopes;
  /** Every request whose answer is over, in order. */
  readonly finished: readonly FinishedRequest[];
  /** Resolves when this many requests are over. */
  readonly untilFinished: (count: number) => Promise<void>;
}

export interface ServedOptions {
  readonly clock: Clock;
  readonly deadlineMs?: number;
}

/** One handler behind the scope of every request and in front of the error answers, on a port of its own. */
export async function serveHandler(
  t: TestContext,
  { clock, deadlineMs = 3_600_000 }: ServedOptions,
  createHandler: (scopes: Scopes) => RequestHandler,
): Promise<Served> {
  const finished: FinishedRequest[] = [];
  let noticed = Promise.withResolvers<void>();
  const scopes = createScopes({
    clock,
    deadlineMs,
    onFinish: (request) => {
      finished.push(request);
      noticed.resolve();
      noticed = Promise.withResolvers();
    },
  });
  const errors = answerErrors({ scopes, logger: captureLog().logger });
  const app = express().use(scopes.middleware, createHandler(scopes), errors);
  const { server } = await listen(app, { host: '127.0.0.1', port: 0, setting: 'PORT' });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // a TCP server has an address, not a path
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    scopes,
    finished,
    untilFinished: async (count) => {
      while (finished.length < count) await noticed.promise;
    },
  };
}
