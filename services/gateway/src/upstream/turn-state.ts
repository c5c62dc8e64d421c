import { accountMark } from './account-mark.ts';
import type { Account } from './accounts.ts';

/**
 * The backend's sticky-routing token of a turn: given with a turn's first answer, sent back with every later request of
 * that turn, never on another account. Clients get it with a mark of the account that gave it, so that any gateway can
 * tell whose it is without keeping anything. Its name is the same on both sides.
 */
export const TURN_STATE_HEADER = 'x-codex-turn-state';

type Holder = Pick<Account, 'accountId' | 'alias'>;

const marked = /^([0-9a-f]{16})\.([\x21-\x7e]{1,4096})$/;

/** The backend's token as the client is to know it. */
export function turnStateForClient(state: string, account: Holder): string {
  return `${accountMark(account)}.${state}`;
}

/** What goes upstream of what a client sent; null on an account that did not give it, and for what is no token of ours. */
export function turnStateForUpstream(given: string | null, account: Holder): string | null {
  const [, mark, state = null] = marked.exec(given ?? '') ?? [];
  return mark === accountMark(account) ? state : null;
}
