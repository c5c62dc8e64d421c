import type { IncomingMessage } from 'node:http';
import type { Reply } from '../http/reply.ts';
import { missingApiKey, wrongApiKey } from './refusals.ts';

/** The refusal of a request that does not carry the one key that is accepted. */
export function refuseKey(req: IncomingMessage, apiKey: string): Reply | undefined {
  const [, key] = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
  if (key === undefined) return missingApiKey();
  return key === apiKey ? undefined : wrongApiKey(key);
}
