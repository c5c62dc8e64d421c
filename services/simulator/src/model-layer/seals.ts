import { base64urlDigest, hmac } from '../digest.ts';

/** Encrypted content that only the account it was made for can hand back. */
export interface Seals {
  readonly seal: (accountId: string, serial: string) => string;
  readonly opens: (accountId: string, sealed: string) => boolean;
}

const KEY = 'the simulator seals what only the simulator opens';
const PREFIX = 'gAAAAABo';
const ACCOUNT_LENGTH = 22;
const MAC_LENGTH = 43;
// a short one of the backend has about this size
const FILLER_DIGESTS = 4;

function macOf(body: string): string {
  return base64urlDigest(`${KEY}${body}`);
}

/** Seals carry their account and a check value, so those of an earlier run still open. */
export function createSeals(): Seals {
  const accounts = new Map<string, string>();

  function accountMark(accountId: string): string {
    const known = accounts.get(accountId);
    if (known !== undefined) return known;
    const mark = hmac(KEY, accountId).slice(0, ACCOUNT_LENGTH);
    accounts.set(accountId, mark);
    return mark;
  }

  return {
    seal: (accountId, serial) => {
      let filler = '';
      for (let part = 0; part < FILLER_DIGESTS; part += 1) {
        filler += base64urlDigest(`${serial}:${part}`);
      }
      const body = `${PREFIX}${accountMark(accountId)}${filler}`;
      return `${body}${macOf(body)}`;
    },
    opens: (accountId, sealed) => {
      const body = sealed.slice(0, -MAC_LENGTH);
      return (
        body.startsWith(`${PREFIX}${accountMark(accountId)}`) && sealed.slice(-MAC_LENGTH) === macOf(body)
      );
    },
  };
}
