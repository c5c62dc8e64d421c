import type { IncomingMessage } from 'node:http';
import type { Account } from '../account.ts';
import type { Reply } from '../http/reply.ts';
import type { World } from '../world.ts';
import { tokenExpired, tokenInvalidated, unparseableToken } from './faults.ts';
import { detail } from './refusal.ts';

export type Authorization =
  | { readonly kind: 'granted'; readonly account: Account }
  | { readonly kind: 'refused'; readonly reply: Reply };

/** Reads the access token; the account header may be absent, but must not name another account. */
export function authorize(req: IncomingMessage, { accessTokens, accounts }: World): Authorization {
  const [, token] = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
  if (token === undefined) return { kind: 'refused', reply: detail('Unauthorized', 401) };
  const reading = accessTokens.read(token);
  switch (reading.kind) {
    case 'not_a_jwt':
      return { kind: 'refused', reply: unparseableToken() };
    case 'expired':
      return { kind: 'refused', reply: tokenExpired() };
    case 'revoked':
      return { kind: 'refused', reply: tokenInvalidated() };
    case 'valid': {
      const named = req.headers['chatgpt-account-id'];
      if (named !== undefined && named !== reading.accountId) {
        return { kind: 'refused', reply: detail('Unauthorized', 401) };
      }
      return { kind: 'granted', account: accounts.account(reading.accountId) };
    }
  }
}
