import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';

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

/** The last middleware: a body that express refused, or a bug. */
export function handleErrors(log: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) {
      next(error);
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
