import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { Request, RequestHandler, Response } from 'express';
import type { Callers, CallerVerdict } from '../callers/callers.ts';
import { sendProblem, type HttpProblem } from './errors.ts';

/** How a caller was judged; also the label of its metric. */
export type CallerResult = CallerVerdict['kind'] | 'missing';

/** How a caller proved itself; also the label of its metric. */
export type CallerMethod = Callers['method'] | 'admin_secret';

/** What a caller is: a gateway, or who looks after the logins. Neither may do what is the other's. */
export type Role = 'gateway' | 'admin';

export interface GateDeps {
  readonly callers: Callers;
  /** Null: nobody is admin. */
  readonly admin: Callers | null;
  readonly log: Logger;
  readonly noted: (method: CallerMethod, result: CallerResult) => void;
}

export interface Gate {
  /** Lets only callers through that have proved who they are. */
  readonly identify: RequestHandler;
  /** Behind it: only callers of these roles. */
  readonly only: (...roles: readonly Role[]) => RequestHandler;
}

/** What a refused caller is told: nothing of why its proof did not hold. */
const refusals = {
  missing: {
    status: 401,
    code: 'missing_caller_credentials',
    message: 'send Authorization: Bearer with the secret of BROKER_SECRET, or with a ServiceAccount token',
  },
  unknown: { status: 401, code: 'invalid_caller_credentials', message: 'the caller is not known' },
  not_allowed: { status: 403, code: 'caller_not_allowed', message: 'the caller may not do this' },
  undecided: {
    status: 503,
    code: 'caller_not_verified',
    message: 'who the caller is cannot be verified at the moment',
  },
} as const satisfies Record<Exclude<CallerResult, 'ok'>, HttpProblem>;

interface Identity {
  readonly role: Role;
  readonly method: CallerMethod;
}

export function createGate({ callers, admin, log, noted }: GateDeps): Gate {
  const identities = new WeakMap<Request, Identity>();
  const refuse = (res: Response, method: CallerMethod, verdict: Exclude<CallerResult, 'ok'>) => {
    noted(method, verdict);
    if (refusals[verdict].status === 401) res.set('www-authenticate', 'Bearer');
    sendProblem(res, refusals[verdict]);
  };

  const identify: RequestHandler = async (req, res, next) => {
    const proof = /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
    if (proof === undefined) return refuse(res, callers.method, 'missing');
    // first, so that this secret goes to nobody for a review
    if ((await admin?.judge(proof))?.kind === 'ok') {
      identities.set(req, { role: 'admin', method: 'admin_secret' });
      return next();
    }
    const verdict = await callers.judge(proof);
    if (verdict.kind === 'ok') {
      identities.set(req, { role: 'gateway', method: callers.method });
      return next();
    }
    log.warn({ result: verdict.kind, reason: verdict.reason }, 'caller refused');
    return refuse(res, callers.method, verdict.kind);
  };

  return {
    identify,
    only:
      (...roles) =>
      (req, res, next) => {
        const identity = identities.get(req);
        if (identity !== undefined && roles.includes(identity.role)) {
          noted(identity.method, 'ok');
          return next();
        }
        log.warn({ result: 'not_allowed', reason: `only for ${roles.join(' and ')}` }, 'caller refused');
        return refuse(res, identity?.method ?? callers.method, 'not_allowed');
      },
  };
}
