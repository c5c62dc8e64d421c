import { rejectRequestSchema } from '@codex-gateway/wire/broker/contract.ts';
import type { RequestHandler } from 'express';
import type { Broker } from '../broker.ts';
import { sendProblem } from './errors.ts';

export interface TokensDeps {
  readonly broker: Broker;
  readonly now: () => number;
  readonly vended: (result: 'ok' | 'empty', seconds: number) => void;
}

/** `POST /v1/tokens`: every usable access token; 200 also when there is none. */
export function handleTokens({ broker, now, vended }: TokensDeps): RequestHandler {
  return async (_req, res) => {
    const startedAt = now();
    const reply = await broker.tokens();
    vended(reply.accounts.length > 0 ? 'ok' : 'empty', (now() - startedAt) / 1_000);
    res.json(reply);
  };
}

/** `POST /v1/tokens/{alias}/reject`: the backend refused this token. */
export function handleReject({ broker }: TokensDeps): RequestHandler<{ alias: string }> {
  return async (req, res) => {
    const body = rejectRequestSchema.safeParse(req.body);
    if (!body.success) {
      const message = 'fingerprint must be a string: the hex SHA-256 of the refused access token';
      sendProblem(res, { status: 400, code: 'invalid_request', message, param: 'fingerprint' });
      return;
    }
    const result = await broker.reject(req.params.alias, body.data.fingerprint);
    if (result === null)
      sendProblem(res, { status: 404, code: 'unknown_account', message: 'no such account' });
    else res.json({ result });
  };
}
