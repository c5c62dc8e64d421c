import type { Server } from 'node:http';
import { ConfigurationError } from '@codex-gateway/service-kit/config.ts';
import { closeGracefully, listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { createLogger, type Logger } from '@codex-gateway/service-kit/logger.ts';
import type { AccountState } from '@codex-gateway/wire/broker/contract.ts';
import express from 'express';
import { createApp, type AuthApp } from './app.ts';
import { describeConfig, type AuthConfig } from './config.ts';
import { findSeedProblems } from './seeds.ts';

/** How long the end of a refresh may take to become durable once the process was asked to stop. */
const SHUTDOWN_GRACE_MS = 90_000;

/** States that need nobody's attention when the broker starts. */
const calmStates: ReadonlySet<AccountState> = new Set(['ok', 'refreshing', 'borrowed']);

/** Prints the effective configuration, seeds included, when nothing is wrong with it. @throws ConfigurationError */
export async function checkConfig(config: AuthConfig): Promise<void> {
  await checkSeeds(config, 'all');
  process.stdout.write(`${JSON.stringify(describeConfig(config), null, 2)}\n`);
}

async function checkSeeds({ seedPath, aliases }: AuthConfig, which: 'all' | 'unlisted'): Promise<void> {
  if (seedPath === null) return;
  const { unlisted, unreadable } = await findSeedProblems(seedPath, aliases);
  const problems = which === 'all' ? [...unlisted, ...unreadable] : unlisted;
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/**
 * Runs the broker until a signal ends it; resolves when it listens.
 *
 * @throws ConfigurationError, StoreHeldError, ListenError
 */
export async function serve(config: AuthConfig, version: string): Promise<void> {
  await checkSeeds(config, 'unlisted');
  const log = createLogger({ name: 'auth', level: config.logLevel, format: config.logFormat });
  const app = await createApp(config, { log, version });
  const servers: Server[] = [];
  try {
    for (const { handler, port, setting } of listeners(app, config)) {
      const listening = await listen(handler, { host: config.host, port, setting });
      servers.push(listening.server);
      log.info({ host: config.host, port: listening.port, setting }, 'listening');
    }
  } catch (error) {
    await Promise.all([...servers.map(closeGracefully), app.close()]);
    throw error;
  }
  for (const { alias, state } of app.broker.views())
    log[calmStates.has(state) ? 'info' : 'warn']({ account: alias, state }, 'account');
  stopOnSignal(app, servers, log);
}

/** One listener for both when they were given the same port. */
function listeners({ api, ops }: AuthApp, { port, opsPort }: AuthConfig) {
  if (port === opsPort && port !== 0)
    return [{ handler: express().use(ops, api), port, setting: 'PORT' }] as const;
  return [
    { handler: api, port, setting: 'PORT' },
    { handler: ops, port: opsPort, setting: 'OPS_PORT' },
  ] as const;
}

function stopOnSignal(app: AuthApp, servers: readonly Server[], log: Logger): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    // also what keeps the process alive while an outcome waits to become durable
    const grace = setTimeout(() => {
      log.error('stopped before the outcome of a refresh was durable');
      process.exit(1);
    }, SHUTDOWN_GRACE_MS);
    await Promise.all([...servers.map(closeGracefully), app.close()]);
    clearTimeout(grace);
    log.info('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void stop(signal));
}
