import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { ErrorRequestHandler, Response } from 'express';
import { LoginError, type LoginErrorCode } from '../logins/login-error.ts';

/** One refusal of the broker's own interface: small, and without a word about why a secret did not fit. */
export interface HttpProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly param?: string;
}

const FIRST_SERVER_STATUS = 500;

export function sendProblem(res: Response, { status, code, message, param }: HttpProblem): void {
  const type = status < FIRST_SERVER_STATUS ? 'invalid_request_error' : 'gateway_error';
  res.status(status).json({ error: { message, type, param: param ?? null, code } });
}

const loginStatuses = {
  unknown_account: 404,
  unknown_login: 404,
  invalid_login: 400,
  other_account: 409,
  already_adopted: 409,
  unreadable_record: 409,
  borrowed_account: 409,
  device_codes_switched_off: 409,
  issuer_failed: 502,
  store_failed: 503,
} as const satisfies Record<LoginErrorCode, number>;

/** The last middleware: what was not done about a login, a body that express refused, or a bug. */
export function handleErrors(log: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    if (error instanceof LoginError) {
      sendProblem(res, { status: loginStatuses[error.code], code: error.code, message: error.message });
      return;
    }
    const status = statusOf(error);
    if (status === null) {
      log.error({ err: error }, 'request failed');
      sendProblem(res, { status: 500, code: 'internal_error', message: 'internal error' });
      return;
    }
    const code = status === 413 ? 'request_too_large' : 'invalid_request';
    sendProblem(res, { status, code, message: 'the request body cannot be read' });
  };
}

/** The status that express's body parser gave its error, when it is the client's fault. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < FIRST_SERVER_STATUS ? status : null;
}
