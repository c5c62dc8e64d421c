import type { AccountsReply, TokensReply } from '@codex-gateway/wire/broker/contract.ts';
import type { AccountView } from './account.ts';
import { digest } from './digest.ts';

const ASK_AGAIN_SECONDS = 60;

/** The usable tokens for callers, and why the other accounts have none. */
export function toTokensReply(views: readonly AccountView[], defaultAlias: string | undefined): TokensReply {
  return {
    accounts: views.flatMap(({ alias, served, accountId, plan, generation }) =>
      served === null
        ? []
        : [
            {
              alias,
              accountId,
              accessToken: served.accessToken.reveal(),
              fingerprint: digest(served.accessToken),
              expiresAt: toTime(served.expiresAt),
              plan,
              generation,
              default: alias === defaultAlias,
            },
          ],
    ),
    unavailable: views.flatMap(({ alias, served, state, message }) =>
      served === null ? [{ alias, state, message }] : [],
    ),
    refreshAfterSeconds: ASK_AGAIN_SECONDS,
  };
}

/** What is known of every account, without secrets. */
export function toAccountsReply(
  views: readonly AccountView[],
  defaultAlias: string | undefined,
): AccountsReply {
  return { accounts: views.map((view) => toAccountReply(view, defaultAlias)) };
}

function toAccountReply(
  view: AccountView,
  defaultAlias: string | undefined,
): AccountsReply['accounts'][number] {
  const { alias, state, accountId, plan, generation, lastOutcome } = view;
  return {
    alias,
    state,
    accountId,
    plan,
    default: alias === defaultAlias,
    generation,
    accessTokenExpiresAt: view.accessTokenExpiresAt === null ? null : toTime(view.accessTokenExpiresAt),
    lastRefreshAt: view.lastRefreshAt === null ? null : toTime(view.lastRefreshAt),
    lastOutcome,
  };
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
