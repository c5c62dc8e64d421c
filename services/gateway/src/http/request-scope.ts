import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import { FaultError, faultRules, type Fault, type Outcome } from '@codex-gateway/wire/fault.ts';
import type { Usage } from '@codex-gateway/wire/usage.ts';
import type { Request, RequestHandler, Response } from 'express';
import { newId } from '../ids.ts';
import type { ApiKey } from '../keys/api-keys.ts';

/** What the one log line and the metrics of a request will say; filled in as the request goes on. */
export interface RequestRecord {
  dialect: string | null;
  key: ApiKey | null;
  keyText: Secret | null;
  model: string | null;
  stream: boolean;
  fault: Fault | null;
  usage: Usage | null;
  /** The answer was ended here, so that the upstream did not come to tell. */
  usageIsEstimate: boolean;
  /** Calls that the model wrote as text: those that became real ones, and those that stayed text. */
  toolText: { readonly calls: number; readonly kept: number } | null;
  retries: number;
  /** From the start to the call of the upstream, and to the first real event; milliseconds. */
  overheadMs: number | null;
  firstEventMs: number | null;
  upstreamRequestId: string | null;
}

/** One request from its first byte to its last: its id, its end signal and its record. */
export interface Scope {
  readonly requestId: string;
  /** Aborts when the client is gone, the deadline has passed or the process must end; the reason is a FaultError. */
  readonly signal: AbortSignal;
  readonly end: (fault: Fault) => void;
  readonly record: RequestRecord;
  readonly elapsedMs: () => number;
}

export interface FinishedRequest {
  readonly scope: Scope;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly outcome: Outcome;
}

export interface Scopes {
  readonly middleware: RequestHandler;
  readonly of: (res: Response) => Scope;
  /** Requests that are being served. */
  readonly open: () => ReadonlySet<Scope>;
}

export interface ScopeDeps {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly onFinish: (finished: FinishedRequest) => void;
}

/** How long a request may take to end after it was told to: a client that does not read keeps nothing open. */
const LAST_WORDS_MS = 5_000;
/** How long the rest of a body that was refused is read on and thrown away. */
const UNWANTED_BODY_MS = 30_000;

const givenId = /^[\x21-\x7e]{1,128}$/;

/** Gives every request a scope and reports it once when its answer is over, however it ended. */
export function createScopes({ clock, deadlineMs, onFinish }: ScopeDeps): Scopes {
  const scopes = new WeakMap<Response, Scope>();
  const open = new Set<Scope>();
  return {
    open: () => open,
    of: (res) => {
      const scope = scopes.get(res);
      if (!scope) throw new Error('the request scope is not mounted before this handler');
      return scope;
    },
    middleware: (req, res, next) => {
      const scope = createScope(requestIdOf(req), clock);
      const { method, path } = req; // routers change it on the way
      scopes.set(res, scope);
      open.add(scope);
      res.set({ 'x-request-id': scope.requestId, 'request-id': scope.requestId });
      const cancelDeadline = clock.after(deadlineMs, () => {
        scope.end({ kind: 'upstream_timeout', message: 'The request has reached its deadline.' });
      });
      let cancelKill: (() => void) | null = null;
      scope.signal.addEventListener('abort', () => {
        cancelKill = clock.after(LAST_WORDS_MS, () => res.destroy());
      });
      res.once('close', () => {
        cancelDeadline();
        open.delete(scope);
        if (!res.writableFinished) scope.end({ kind: 'client_gone', message: 'The client has left.' });
        cancelKill?.();
        if (!req.complete)
          req.once(
            'close',
            clock.after(UNWANTED_BODY_MS, () => req.destroy()),
          );
        onFinish({ scope, method, path, status: res.statusCode, outcome: outcomeOf(scope, res) });
      });
      next();
    },
  };
}

function createScope(requestId: string, clock: Clock): Scope {
  const controller = new AbortController();
  const startedAt = clock.now();
  return {
    requestId,
    signal: controller.signal,
    end: (fault) => controller.abort(new FaultError(fault)),
    elapsedMs: () => clock.now() - startedAt,
    record: {
      dialect: null,
      key: null,
      keyText: null,
      model: null,
      stream: false,
      fault: null,
      usage: null,
      usageIsEstimate: false,
      toolText: null,
      retries: 0,
      overheadMs: null,
      firstEventMs: null,
      upstreamRequestId: null,
    },
  };
}

function outcomeOf({ record }: Scope, res: Response): Outcome {
  if (record.fault) return faultRules[record.fault.kind].outcome;
  return res.writableFinished ? 'ok' : 'client_gone';
}

/** The client's own id when it is fit for a header, else a new one. */
function requestIdOf(req: Request): string {
  const given = [req.get('x-request-id'), req.get('x-correlation-id')].find(
    (id) => id !== undefined && givenId.test(id),
  );
  return given ?? `req_${newId()}`;
}
