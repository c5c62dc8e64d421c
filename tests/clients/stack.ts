import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startService, type Service } from './processes.ts';
import { createSimulatorAccess, type SimulatorAccess } from './simulator.ts';

/** The log lines by which the services say where they listen. */
const simulatorLine = z.object({ issuer: z.string(), backend: z.string() });
const authLine = z.object({ setting: z.literal('PORT'), port: z.number() });
const gatewayLine = z.object({ port: z.number(), opsPort: z.number() });

/** Simulator, auth and gateway as processes on free ports, as `npm start` runs them. */
export interface Stack {
  readonly url: string;
  /** A key without limits. */
  readonly apiKey: string;
  /** A key that may ask once a minute. */
  readonly limitedKey: string;
  readonly simulator: SimulatorAccess;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a stack of its own state; resolves when the gateway listens and knows the backend's models.
 *
 * @param settings of the gateway, beside those that every stack needs
 */
export async function startStack(settings: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const place = newPlace();
  const seedFile = join(place.folder, 'auth.json');
  const brokerSecret = newSecret();
  const simulator = startService('simulator', { ...place.shared, SEED_FILE: seedFile });
  const { issuer, backend } = await simulator.logged(simulatorLine);
  const auth = startService('auth', {
    ...place.shared,
    AUTH_SEED_FILE: seedFile,
    TOKEN_STORE_PATH: join(place.folder, 'accounts'),
    OAUTH_ISSUER: issuer,
    BROKER_SECRET: brokerSecret,
  });
  const { port } = await auth.logged(authLine);
  return startGateway(place, {
    issuer,
    behind: [auth, simulator],
    settings: {
      CODEX_BASE_URL: backend,
      BROKER_URL: `http://127.0.0.1:${port}`,
      BROKER_SECRET: brokerSecret,
      ...settings,
    },
  });
}

/** A stack in front of the OpenAI API, which needs no broker. */
export interface OpenAiStack extends Stack {
  /** Where the API itself is, and its key: what a client without a gateway would use. */
  readonly upstream: { readonly url: string; readonly apiKey: string };
}

export async function startOpenAiStack(): Promise<OpenAiStack> {
  const place = newPlace();
  const apiKey = `sk-${newSecret()}`;
  const simulator = startService('simulator', { ...place.shared, OPENAI_API_KEY: apiKey });
  const { issuer } = await simulator.logged(simulatorLine);
  const url = `${issuer}/openai/v1`;
  const settings = { UPSTREAM_MODE: 'openai_api', OPENAI_BASE_URL: url, OPENAI_API_KEY: apiKey };
  const stack = await startGateway(place, { issuer, behind: [simulator], settings });
  return { ...stack, upstream: { url, apiKey } };
}

/** A folder of its own, and the settings that keep every service in it. */
interface Place {
  readonly folder: string;
  readonly shared: Readonly<Record<string, string>>;
}

function newPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'codex-gateway-stack-'));
  const shared = { HOME: folder, CODEX_HOME: join(folder, '.codex'), PORT: '0', OPS_PORT: '0' };
  return { folder, shared };
}

interface GatewayPlan {
  readonly issuer: string;
  /** What runs behind the gateway, in the order in which it ends. */
  readonly behind: readonly Service[];
  readonly settings: Readonly<Record<string, string>>;
}

async function startGateway(
  { folder, shared }: Place,
  { issuer, behind, settings }: GatewayPlan,
): Promise<Stack> {
  const apiKey = `sk-${newSecret()}`;
  const limitedKey = `sk-${newSecret()}`;
  const keysFile = join(folder, 'keys.yaml');
  writeFileSync(keysFile, keysYaml({ apiKey, limitedKey }));
  const gateway = startService('gateway', { ...shared, API_KEYS_FILE: keysFile, ...settings });
  const { port } = await gateway.logged(gatewayLine);
  const url = `http://127.0.0.1:${port}`;
  await fetch(`${url}/v1/models`, { headers: { 'x-api-key': apiKey } });
  return {
    url,
    apiKey,
    limitedKey,
    simulator: createSimulatorAccess(issuer),
    stop: async () => {
      for (const service of [gateway, ...behind]) await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function sha256(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function keysYaml(keys: { readonly apiKey: string; readonly limitedKey: string }): string {
  return `keys:
  - id: client
    sha256: ${sha256(keys.apiKey)}
  - id: limited
    sha256: ${sha256(keys.limitedKey)}
    limits: { rpm: 1 }
`;
}
