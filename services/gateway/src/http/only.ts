import { FaultError } from '@codex-gateway/wire/fault.ts';
import type { RequestHandler } from 'express';

/** Behind the routes of a path: every other method is refused, naming those that are there. */
export function only(allow: string): RequestHandler {
  return (req) => {
    throw new FaultError({
      kind: 'method_not_allowed',
      message: `Method ${req.method} is not allowed here; use ${allow}.`,
      allow,
    });
  };
}
