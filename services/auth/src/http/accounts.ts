import type { RequestHandler } from 'express';
import type { Broker } from '../broker.ts';

/** `GET /v1/accounts`: what is known about each account, without secrets. */
export function handleAccounts(broker: Broker): RequestHandler {
  return (_req, res) => {
    res.json(broker.accounts());
  };
}
