import { readFile } from 'node:fs/promises';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { Account, AccountView } from './account.ts';
import { digest, shortDigest } from './digest.ts';
import { parseBorrowableLogin } from './oauth/auth-json.ts';
import type { AccessGrant } from './oauth/login.ts';
import { poll } from './poll.ts';

export interface BorrowedAccountDeps {
  readonly alias: string;
  /** The Codex CLI's own `auth.json`. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
}

type Reading =
  | { readonly kind: 'login'; readonly login: AccessGrant }
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed'; readonly problem: string };

const REREAD_EVERY_MS = 5_000;

/**
 * The login of the Codex CLI on this machine: its access token is passed on and read again when the file changes.
 * The refresh token stays the CLI's; the file is never written.
 */
export function createBorrowedAccount({ alias, path, clock, log }: BorrowedAccountDeps): Account {
  let reading: Reading = { kind: 'absent' };
  let generation = 0;
  let stop: (() => void) | null = null;

  const take = (next: Reading) => {
    const before = describe(reading);
    reading = next;
    if (describe(next) === before) return;
    if (next.kind === 'login') {
      generation += 1;
      log.info({ account: alias, path, fingerprint: shortDigest(next.login.accessToken) }, 'login borrowed');
    } else {
      const problem = next.kind === 'malformed' ? next.problem : 'not there';
      log.warn({ account: alias, path, problem }, 'no login to borrow');
    }
  };
  const reread = async () => take(await readLogin(path, clock.now()));

  return {
    alias,
    view: () => toView(alias, path, { reading, generation, now: clock.now() }),
    start: async () => {
      await reread();
      stop = poll(clock, REREAD_EVERY_MS, reread);
    },
    settled: async () => {},
    reject: async (fingerprint) => {
      if (describe(reading) !== fingerprint) return 'not_current';
      await reread();
      return reading.kind === 'login' && describe(reading) !== fingerprint ? 'refreshed' : 'unavailable';
    },
    close: async () => stop?.(),
  };
}

async function readLogin(path: string, now: number): Promise<Reading> {
  try {
    const file = parseBorrowableLogin(await readFile(path, 'utf8'), now);
    return file.ok ? { kind: 'login', login: file.login } : { kind: 'malformed', problem: file.problem };
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT'
      ? { kind: 'absent' }
      : { kind: 'malformed', problem: `cannot be read (${code})` };
  }
}

function describe(reading: Reading): string {
  switch (reading.kind) {
    case 'login':
      return digest(reading.login.accessToken);
    case 'absent':
      return 'absent';
    case 'malformed':
      return reading.problem;
  }
}

interface Standing {
  readonly reading: Reading;
  readonly generation: number;
  readonly now: number;
}

function toView(alias: string, path: string, { reading, generation, now }: Standing): AccountView {
  const login = reading.kind === 'login' ? reading.login : null;
  return {
    alias,
    state: reading.kind === 'absent' ? 'unseeded' : 'borrowed',
    message: messageFor({ alias, path }, reading),
    served: login !== null && now < login.expiresAt ? login : null,
    accountId: login?.accountId ?? null,
    plan: login?.plan ?? null,
    generation,
    accessTokenExpiresAt: login?.expiresAt ?? null,
    lastRefreshAt: null,
    lastOutcome: reading.kind === 'malformed' ? `unreadable login: ${reading.problem}` : null,
  };
}

function messageFor(
  { alias, path }: { readonly alias: string; readonly path: string },
  reading: Reading,
): string {
  switch (reading.kind) {
    case 'absent':
      return `there is no Codex login at ${path}: run "codex login", or sign in with "auth login --alias ${alias}"`;
    case 'malformed':
      return `${path}: ${reading.problem}; run "codex login" to write it anew`;
    case 'login':
      return `the access token borrowed from ${path} has expired: run "codex login", or any codex command, to renew it`;
  }
}
