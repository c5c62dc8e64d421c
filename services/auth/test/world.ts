import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { closeGracefully, listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { createLogger } from '@codex-gateway/service-kit/logger.ts';
import { createSimulator, type Simulator } from '@codex-gateway/simulator/app.ts';
import { createManualClock, type ManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import {
  accountsReplySchema,
  rejectReplySchema,
  tokensReplySchema,
  type AccountsReply,
  type RejectReply,
  type TokensReply,
} from '@codex-gateway/wire/broker/contract.ts';
import { createApp, type AuthApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { TokenStore } from '../src/store/token-store.ts';
import { START_MS } from './logins.ts';

export const BROKER_SECRET = 'caller-secret-canary';
export const TOKEN_SECONDS = 36_000;

/** Log lines as they were written, and a way to wait for one. */
export interface LogCapture {
  readonly lines: readonly string[];
  readonly write: (line: string) => void;
  /** Resolves with the next line that has this message and was not awaited before. */
  readonly next: (message: string) => Promise<Record<string, unknown>>;
}

/** A running broker and the way to talk to it. */
export interface RunningBroker {
  readonly app: AuthApp;
  readonly url: string;
  readonly opsUrl: string;
  readonly log: LogCapture;
  readonly tokens: () => Promise<TokensReply>;
  readonly reject: (fingerprint: string, alias?: string) => Promise<RejectReply['result']>;
  readonly accounts: () => Promise<AccountsReply['accounts']>;
  readonly stop: () => Promise<void>;
}

export interface World {
  readonly clock: ManualClock;
  readonly simulator: Simulator;
  /** A throw-away HOME. */
  readonly home: string;
  readonly seedFile: string;
  readonly writeSeed: (login: object | string) => Promise<void>;
  readonly start: (options?: StartOptions) => Promise<RunningBroker>;
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly store?: TokenStore;
}

/** A simulated issuer, a clock that stands still, a throw-away home; brokers start in it on demand. */
export async function createWorld(t: TestContext): Promise<World> {
  const clock = createManualClock(START_MS);
  const simulator = await createSimulator({ clock, accessTokenSeconds: TOKEN_SECONDS });
  const home = await mkdtemp(join(tmpdir(), 'codex-gateway-auth-'));
  const seedFile = join(home, 'seed.json');
  const brokers: RunningBroker[] = [];
  t.after(async () => {
    simulator.control.reset();
    await Promise.all(brokers.map(({ stop }) => stop()));
    await simulator.close();
    await rm(home, { recursive: true, force: true });
  });
  return {
    clock,
    simulator,
    home,
    seedFile,
    writeSeed: (login) => writeFile(seedFile, typeof login === 'string' ? login : JSON.stringify(login)),
    start: async ({ environment = { AUTH_SEED_FILE: seedFile }, store } = {}) => {
      const config = readConfig({
        HOME: home,
        BROKER_SECRET,
        OAUTH_ISSUER: simulator.issuerUrl,
        ...environment,
      });
      const log = createLogCapture();
      const logger = createLogger({ name: 'auth', level: 'trace', format: 'json', destination: log });
      const parts = { clock, chance: () => 0.5, ...(store === undefined ? {} : { store }) };
      const app = await createApp(config, { log: logger, version: '0.0.0-test' }, parts);
      const broker = await serve(app, log);
      brokers.push(broker);
      return broker;
    },
  };
}

async function serve(app: AuthApp, log: LogCapture): Promise<RunningBroker> {
  const address = { host: '127.0.0.1', port: 0, setting: 'PORT' };
  const [api, ops] = await Promise.all([listen(app.api, address), listen(app.ops, address)]);
  const url = `http://127.0.0.1:${api.port}`;
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const reply = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${BROKER_SECRET}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  let stopped: Promise<unknown> | null = null;
  return {
    app,
    url,
    opsUrl: `http://127.0.0.1:${ops.port}`,
    log,
    tokens: async () => tokensReplySchema.parse(await call('POST', '/v1/tokens')),
    reject: async (fingerprint, alias = 'default') =>
      rejectReplySchema.parse(await call('POST', `/v1/tokens/${alias}/reject`, { fingerprint })).result,
    accounts: async () => accountsReplySchema.parse(await call('GET', '/v1/accounts')).accounts,
    stop: async () => {
      stopped ??= Promise.all([closeGracefully(api.server), closeGracefully(ops.server), app.close()]);
      await stopped;
    },
  };
}

function createLogCapture(): LogCapture {
  const lines: string[] = [];
  const unread: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  return {
    lines,
    write: (line) => {
      lines.push(line);
      unread.push(JSON.parse(line));
      for (const look of waiting) look();
    },
    next: (message) =>
      new Promise((resolve) => {
        const look = () => {
          const index = unread.findIndex(({ msg }) => msg === message);
          if (index < 0) return;
          waiting.delete(look);
          const [line] = unread.splice(index, 1);
          if (line !== undefined) resolve(line);
        };
        waiting.add(look);
        look();
      }),
  };
}
