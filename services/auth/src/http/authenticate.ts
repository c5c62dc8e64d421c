import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { RequestHandler } from 'express';
import type { Callers, CallerVerdict } from '../callers/callers.ts';
import { sendProblem, type HttpProblem } from './errors.ts';

/** How a caller was judged; also the label of its metric. */
export type CallerResult = CallerVerdict['kind'] | 'missing';

export interface AuthenticateDeps {
  readonly callers: Callers;
  readonly log: Logger;
  readonly noted: (result: CallerResult) => void;
}

/** What a refused caller is told: nothing of why its proof did not hold. */
const refusals = {
  missing: {
    status: 401,
    code: 'missing_caller_credentials',
    message: 'send Authorization: Bearer with the secret of BROKER_SECRET, or with a ServiceAccount token',
  },
  unknown: { status: 401, code: 'invalid_caller_credentials', message: 'the caller is not known' },
  not_allowed: { status: 403, code: 'caller_not_allowed', message: 'the caller may not ask for tokens' },
  undecided: {
    status: 503,
    code: 'caller_not_verified',
    message: 'who the caller is cannot be verified at the moment',
  },
} as const satisfies Record<Exclude<CallerResult, 'ok'>, HttpProblem>;

/** Lets only callers through that have proved who they are. */
export function authenticate({ callers, log, noted }: AuthenticateDeps): RequestHandler {
  return async (req, res, next) => {
    const proof = /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
    const verdict = proof === undefined ? null : await callers.judge(proof);
    const result = verdict?.kind ?? 'missing';
    noted(result);
    if (result === 'ok') return next();
    if (verdict && 'reason' in verdict) log.warn({ result, reason: verdict.reason }, 'caller refused');
    if (refusals[result].status === 401) res.set('www-authenticate', 'Bearer');
    sendProblem(res, refusals[result]);
  };
}
