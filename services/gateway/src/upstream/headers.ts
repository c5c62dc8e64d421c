import type { ServedAccount } from '@codex-gateway/wire/broker/contract.ts';
import { VERSION } from '../version.ts';

/** What a request to the backend says about itself: our own name, and the protocol version that we implement. */
export interface UpstreamIdentity {
  readonly account: ServedAccount;
  readonly clientVersion: string;
  readonly requestId: string;
}

export function upstreamHeaders({
  account,
  clientVersion,
  requestId,
}: UpstreamIdentity): Record<string, string> {
  return {
    authorization: `Bearer ${account.accessToken}`,
    ...(account.accountId !== null && { 'chatgpt-account-id': account.accountId }),
    originator: 'codex_gateway',
    'user-agent': `codex-gateway/${VERSION}`,
    version: clientVersion,
    'x-client-request-id': requestId,
  };
}
