import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import { deviceRequestSchema } from '../logins/contract.ts';
import type { Logins } from '../logins/logins.ts';
import { sendProblem } from './errors.ts';

/** `POST /v1/login/device`: begins a device login, which the broker follows. */
export function handleStartDevice(logins: Logins): RequestHandler {
  return async (req, res) => {
    const body = deviceRequestSchema.safeParse(req.body ?? {});
    if (body.success) res.json(await logins.startDevice(body.data));
    else sendInvalid(res, body.error);
  };
}

/** `GET /v1/login/device/{id}`: how far it is. */
export function handleDevice(logins: Logins): RequestHandler<{ id: string }> {
  return async (req, res) => {
    res.json(await logins.device(req.params.id));
  };
}

/** `POST /v1/accounts/{alias}/import`: adopts the `auth.json` that is the body. */
export function handleImport(logins: Logins): RequestHandler<{ alias: string }> {
  return async (req, res) => {
    const query = importQuerySchema.safeParse(req.query);
    const source = typeof req.body === 'string' ? req.body : '';
    if (query.success) res.json(await logins.importLogin(req.params.alias, source, query.data));
    else sendInvalid(res, query.error);
  };
}

const importQuerySchema = z.object({ replace: z.stringbool('must be true or false').default(false) });

/** `DELETE /v1/accounts/{alias}`: ends the login here and at the issuer. */
export function handleLogout(logins: Logins): RequestHandler<{ alias: string }> {
  return async (req, res) => {
    res.json(await logins.logout(req.params.alias));
  };
}

function sendInvalid(res: Response, { issues: [issue] }: z.ZodError): void {
  const param = issue?.path.join('.') || 'body';
  const message = `${param}: ${issue?.message ?? 'cannot be understood'}`;
  sendProblem(res, { status: 400, code: 'invalid_request', message, param });
}
