import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountsReply } from '@codex-gateway/wire/broker/contract.ts';
import { statusText } from '../src/commands/status.ts';
import { HOUR_MS, START_MS } from './logins.ts';

const at = (ms: number) => new Date(START_MS + ms).toISOString();

const account: AccountsReply['accounts'][number] = {
  alias: 'main',
  state: 'ok',
  accountId: 'acct-1',
  plan: 'plus',
  default: true,
  generation: 7,
  accessTokenExpiresAt: at(9.9 * HOUR_MS),
  lastRefreshAt: at(-5 * 60_000),
  lastOutcome: 'success',
};
const blank = { plan: null, accessTokenExpiresAt: null, lastRefreshAt: null, lastOutcome: null };

const reply: AccountsReply = {
  accounts: [
    account,
    {
      ...account,
      alias: 'team-2',
      default: false,
      state: 'reauth_required',
      accessTokenExpiresAt: at(-50 * HOUR_MS),
      lastRefreshAt: at(-1_000),
      lastOutcome: 'reused',
    },
    { ...account, ...blank, alias: 'new', default: false, state: 'unseeded' },
    { ...account, alias: 'd', default: false, state: 'in_doubt', lastOutcome: 'timeout' },
    { ...account, alias: 'r', default: false, state: 'refreshing', lastOutcome: 'http_5xx' },
    { ...account, alias: 'b', default: false, state: 'borrowed', lastOutcome: null },
  ],
};

test('the table says of each account what it is, until when, and what to do', () => {
  assert.deepEqual(statusText(reply, { json: false, now: START_MS }).split('\n'), [
    'ALIAS    STATE             PLAN   ACCESS TOKEN UNTIL           LAST REFRESH                   WHAT TO DO',
    'main *   ok                plus   2027-01-01 09:54Z, in 9 h    2026-12-31 23:55Z, 5 min ago   -',
    'team-2   reauth_required   plus   2026-12-29 22:00Z, 2 d ago   2026-12-31 23:59Z, now         auth login --alias team-2 (reused)',
    'new      unseeded          -      -                            -                              auth login --alias new',
    'd        in_doubt          plus   2027-01-01 09:54Z, in 9 h    2026-12-31 23:55Z, 5 min ago   wait, or auth login --alias d (timeout)',
    'r        refreshing        plus   2027-01-01 09:54Z, in 9 h    2026-12-31 23:55Z, 5 min ago   nothing: the broker renews it (http_5xx)',
    'b        borrowed          plus   2027-01-01 09:54Z, in 9 h    2026-12-31 23:55Z, 5 min ago   codex login, once it has expired',
  ]);
});

test('for programs there is the answer of the broker as it is', () => {
  assert.deepEqual(JSON.parse(statusText(reply, { json: true, now: START_MS })), reply);
});
