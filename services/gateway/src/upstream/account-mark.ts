import { createHash } from 'node:crypto';
import type { Account } from './accounts.ts';

const MARK_LENGTH = 16;

/**
 * A mark of an account, for what clients carry back to it and to no other: any gateway can tell whose it is without
 * keeping anything, and a client learns nothing of the account.
 */
export function accountMark({ accountId, alias }: Pick<Account, 'accountId' | 'alias'>): string {
  return createHash('sha256')
    .update(accountId ?? alias)
    .digest('hex')
    .slice(0, MARK_LENGTH);
}
