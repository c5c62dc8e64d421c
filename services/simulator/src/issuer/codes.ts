import type { Account } from '../account.ts';
import { base64urlDigest } from '../digest.ts';
import type { Ids } from '../ids.ts';

/** What an authorization code was given for. */
export interface CodeGrant {
  readonly account: Account;
  readonly redirectUri: string;
  readonly challenge: string;
}

export interface CodeExchange {
  readonly code: string;
  readonly redirectUri: string;
  readonly verifier: string;
}

/** Authorization codes; each works once, also when the exchange fails. */
export interface Codes {
  readonly give: (grant: CodeGrant) => string;
  /** The account that the code was given for, when everything fits. */
  readonly redeem: (exchange: CodeExchange) => Account | undefined;
}

export function createCodes(ids: Ids): Codes {
  const open = new Map<string, CodeGrant>();
  return {
    give: (grant) => {
      const code = ids.next('ac_');
      open.set(code, grant);
      return code;
    },
    redeem: ({ code, redirectUri, verifier }) => {
      const grant = open.get(code);
      open.delete(code);
      if (grant === undefined || grant.redirectUri !== redirectUri) return undefined;
      return base64urlDigest(verifier) === grant.challenge ? grant.account : undefined;
    },
  };
}
