import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock } from '@codex-gateway/service-kit/clock.ts';
import { createLogger } from '@codex-gateway/service-kit/logger.ts';
import type { CommandConfig } from '../config.ts';
import { createLogins, type Logins } from '../logins/logins.ts';
import { createRemoteLogins, isBrokerAt } from '../logins/remote-logins.ts';
import { createStoreKeeper } from '../logins/store-keeper.ts';
import { createIssuer } from '../oauth/issuer.ts';
import { openStore } from '../open-store.ts';

export interface OpenOptions {
  readonly version: string;
  /** Whether the work changes an account: then the store must be ours before anybody signs in. */
  readonly changes: boolean;
}

/**
 * Works on the logins: through the broker that runs here when its admin secret is known, else on its store.
 *
 * @throws StoreHeldError when a broker has the store
 */
export async function withLogins<Result>(
  config: CommandConfig,
  options: OpenOptions,
  work: (logins: Logins) => Promise<Result>,
): Promise<Result> {
  const url = brokerUrl(config);
  const { adminSecret } = config;
  const logins =
    adminSecret !== null && (await isBrokerAt(url))
      ? createRemoteLogins({ url, adminSecret })
      : await openLogins(config, options);
  try {
    return await work(logins);
  } finally {
    await logins.close();
  }
}

async function openLogins(config: CommandConfig, { version, changes }: OpenOptions): Promise<Logins> {
  const clock = systemClock;
  const issuer = createIssuer({ ...config, version, clock });
  const store = await openStore(config.store, `a command, pid ${process.pid} on ${hostname()}`);
  try {
    if (changes) await store.checkWritable();
  } catch (error) {
    await store.close();
    throw error;
  }
  const keeper = createStoreKeeper({ aliases: config.aliases, store, revoke: issuer.revoke, clock });
  // what there is to say, the command says
  const log = createLogger({ name: 'auth', level: 'silent', format: 'json' });
  const logins = createLogins({ ...issuer, keeper, clock, newId: randomUUID, log });
  return {
    ...logins,
    close: async () => {
      await logins.close();
      await store.close();
    },
  };
}

/** Where a broker with these settings answers on this machine. */
export function brokerUrl({ host, port }: Pick<CommandConfig, 'host' | 'port'>): string {
  const reachable = LOOPBACK.get(host) ?? host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** Addresses that mean every one of the machine. */
const LOOPBACK: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);
