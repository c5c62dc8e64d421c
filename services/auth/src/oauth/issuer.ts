import { createExchangeCode, type ExchangeCode } from './code-exchange.ts';
import { createDeviceCodes, type DeviceCodes } from './device-code.ts';
import { createIssuerPost, type IssuerOptions, type IssuerPost } from './issuer-client.ts';
import { createRevoke, type Revoke } from './revoke.ts';

/** What the issuer can be asked for, but for the refresh, which only the broker asks for. */
export interface Issuer {
  readonly post: IssuerPost;
  readonly deviceCodes: DeviceCodes;
  readonly exchangeCode: ExchangeCode;
  readonly revoke: Revoke;
}

export function createIssuer(options: IssuerOptions & { readonly clientId: string }): Issuer {
  const { issuer, clientId } = options;
  const post = createIssuerPost(options);
  return {
    post,
    deviceCodes: createDeviceCodes(issuer, clientId, post),
    exchangeCode: createExchangeCode(post, clientId),
    revoke: createRevoke(post, clientId),
  };
}
