import type { AccountsReply, AccountState } from '@codex-gateway/wire/broker/contract.ts';
import type { AccountReply } from '../logins/contract.ts';

const HEADER = ['ALIAS', 'STATE', 'PLAN', 'ACCESS TOKEN UNTIL', 'LAST REFRESH', 'WHAT TO DO'];
const NOTHING = '-';

/** `auth status`: a table for people, or the broker's own answer. */
export function statusText(
  reply: AccountsReply,
  { json, now }: { readonly json: boolean; readonly now: number },
): string {
  if (json) return JSON.stringify(reply, null, 2);
  const rows = reply.accounts.map((account) => [
    account.default ? `${account.alias} *` : account.alias,
    account.state,
    account.plan ?? NOTHING,
    describeTime(account.accessTokenExpiresAt, now),
    describeTime(account.lastRefreshAt, now),
    whatToDo(account),
  ]);
  return toTable([HEADER, ...rows]);
}

function whatToDo({ alias, state, lastOutcome }: AccountReply): string {
  const advice = ADVICE[state](alias);
  return lastOutcome === null || state === 'ok' ? advice : `${advice} (${lastOutcome})`;
}

const signIn = (alias: string) => `auth login --alias ${alias}`;

const ADVICE = {
  ok: () => NOTHING,
  refreshing: () => 'nothing: the broker renews it',
  in_doubt: (alias) => `wait, or ${signIn(alias)}`,
  reauth_required: signIn,
  unseeded: signIn,
  borrowed: () => 'codex login, once it has expired',
} as const satisfies Record<AccountState, (alias: string) => string>;

const UNITS = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
];

/** `2027-01-01 10:00Z, in 9 h`. */
function describeTime(time: string | null, now: number): string {
  if (time === null) return NOTHING;
  const distance = Date.parse(time) - now;
  return `${time.slice(0, 10)} ${time.slice(11, 16)}Z, ${describeDistance(distance)}`;
}

function describeDistance(distance: number): string {
  const unit = UNITS.find(({ ms }) => Math.abs(distance) >= ms);
  if (unit === undefined) return 'now';
  const amount = `${Math.floor(Math.abs(distance) / unit.ms)} ${unit.name}`;
  return distance < 0 ? `${amount} ago` : `in ${amount}`;
}

function toTable(rows: readonly (readonly string[])[]): string {
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
