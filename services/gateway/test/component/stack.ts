import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createApp } from '@codex-gateway/auth/app.ts';
import { readConfig } from '@codex-gateway/auth/config.ts';
import { createGateway, type Gateway, type GatewayDeps } from '../../src/app.ts';
import type { Network } from '../../src/client-urls/network.ts';
import { readGatewayConfig } from '../../src/config.ts';
import { systemClock, type Clock } from '@codex-gateway/service-kit/clock.ts';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { createLogger, type Logger } from '@codex-gateway/service-kit/logger.ts';
import { createSimulator, type Simulator } from '@codex-gateway/simulator/app.ts';

/** The key of a stack that names none; it may do everything. */
export const STACK_KEY = 'sk-stack-key-canary';
export const BROKER_SECRET = 'stack-broker-secret-canary';
/** The key of the OpenAI API. */
export const OPENAI_API_KEY = 'sk-upstream-key-canary';

export interface StackOptions {
  /** What the gateways stand in front of; the Codex backend when absent. The OpenAI API has no broker beside it. */
  readonly mode?: 'codex_oauth' | 'openai_api';
  /** 1 when absent. */
  readonly gateways?: number;
  /** The machine's clock when absent. One clock for all parts, the simulator too. */
  readonly clock?: Clock;
  /** Aliases of the logins; `default` when absent. The account id of `x` is `acct_x`. */
  readonly accounts?: readonly string[];
  /** Ten days when absent. */
  readonly accessTokenSeconds?: number;
  /** Settings of the gateways, over those that lead them to the other parts. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the gateways fetch what clients name by URL. */
  readonly network?: Network;
  /** Entries of the keys file as YAML objects, without their hash; the text of key `x` is `sk-x`. Absent: `STACK_KEY`. */
  readonly keys?: Readonly<Record<string, object>>;
}

export interface RunningGateway {
  readonly gateway: Gateway;
  readonly server: Server;
  readonly url: string;
  readonly opsUrl: string;
}

/** Simulator, token broker and gateways, in one process and on ports of their own. */
export interface Stack {
  readonly simulator: Simulator;
  readonly gateways: readonly RunningGateway[];
  /** The first one's. */
  readonly url: string;
  readonly opsUrl: string;
  readonly brokerUrl: string;
  /** Every line that broker and gateways have logged, at their most talkative. */
  readonly logs: () => string;
}

/** Starts everything; it ends with the test. Nothing of the machine's home or environment is read. */
export async function startStack(t: TestContext, options: StackOptions = {}): Promise<Stack> {
  const { clock = systemClock, accounts = ['default'], gateways: count = 1 } = options;
  const home = await mkdtemp(join(tmpdir(), 'codex-gateway-stack-'));
  const lines: string[] = [];
  const loggerOf = (name: string): Logger =>
    createLogger({
      name,
      level: 'trace',
      format: 'json',
      destination: { write: (line) => void lines.push(line) },
    });
  const { accessTokenSeconds } = options;
  const simulator = await createSimulator({
    clock,
    openaiApiKey: OPENAI_API_KEY,
    ...(accessTokenSeconds !== undefined && { accessTokenSeconds }),
  });
  await writeLogins(simulator, join(home, 'seeds'), accounts);
  const broker =
    options.mode === 'openai_api'
      ? noBroker
      : await startBroker({ home, accounts, simulator, clock, logger: loggerOf('auth') });
  const environment = {
    UPSTREAM_MODE: options.mode,
    OPENAI_BASE_URL: simulator.openaiUrl,
    OPENAI_API_KEY,
    CODEX_BASE_URL: simulator.backendUrl,
    BROKER_URL: broker.url,
    BROKER_SECRET,
    ...(await keySettings(home, options.keys)),
    ...options.environment,
  };
  const starting = Array.from({ length: count }, () =>
    startGateway({
      environment,
      clock,
      logger: loggerOf('gateway'),
      ...(options.network && { network: options.network }),
    }),
  );
  const gateways = await Promise.all(starting);
  t.after(async () => {
    simulator.control.reset();
    await Promise.all(gateways.map(({ stop }) => stop()));
    await broker.stop();
    await simulator.close();
    await rm(home, { recursive: true, force: true });
  });
  const [first] = gateways;
  if (!first) throw new Error('a stack needs a gateway');
  return {
    simulator,
    gateways,
    url: first.url,
    opsUrl: first.opsUrl,
    brokerUrl: broker.url,
    logs: () => lines.join(''),
  };
}

/** Where nobody listens. */
const noBroker = { url: 'http://127.0.0.1:1', stop: () => Promise.resolve() };

const place = { host: '127.0.0.1', port: 0, setting: 'PORT' };

async function writeLogins(simulator: Simulator, folder: string, aliases: readonly string[]): Promise<void> {
  await mkdir(folder);
  for (const alias of aliases) {
    const login = simulator.control.login({ accountId: `acct_${alias}` });
    await writeFile(join(folder, `${alias}.json`), JSON.stringify(login));
  }
}

async function keySettings(home: string, keys: StackOptions['keys']): Promise<Record<string, string>> {
  if (!keys) return { API_KEY: STACK_KEY };
  const path = join(home, 'keys.yaml');
  const entries = Object.entries(keys).map(([id, entry]) => ({
    id,
    sha256: createHash('sha256').update(`sk-${id}`).digest('hex'),
    ...entry,
  }));
  await writeFile(path, JSON.stringify({ keys: entries }));
  return { API_KEYS_FILE: path };
}

interface BrokerParts {
  readonly home: string;
  readonly accounts: readonly string[];
  readonly simulator: Simulator;
  readonly clock: Clock;
  readonly logger: Logger;
}

async function startBroker({ home, accounts, simulator, clock, logger }: BrokerParts) {
  const config = readConfig({
    HOME: home,
    BROKER_SECRET,
    OAUTH_ISSUER: simulator.issuerUrl,
    AUTH_SEED_FILE: join(home, 'seeds'),
    ACCOUNTS: accounts.join(','),
  });
  const app = await createApp(config, { log: logger, version: '0.0.0-test' }, { clock });
  const { server, port } = await listen(app.api, place);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      close(server);
      await app.close();
    },
  };
}

interface GatewayParts extends Omit<GatewayDeps, 'config'> {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

async function startGateway({ environment, ...deps }: GatewayParts) {
  const gateway = createGateway({ config: readGatewayConfig(environment), ...deps });
  const [main, ops] = await Promise.all([listen(gateway.routes, place), listen(gateway.opsRoutes, place)]);
  const stop = gateway.start();
  return {
    gateway,
    server: main.server,
    url: `http://127.0.0.1:${main.port}`,
    opsUrl: `http://127.0.0.1:${ops.port}`,
    stop: async () => {
      close(main.server);
      close(ops.server);
      await stop();
    },
  };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
