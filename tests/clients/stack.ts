import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startService } from './processes.ts';
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
  const folder = mkdtempSync(join(tmpdir(), 'codex-gateway-stack-'));
  const shared = { HOME: folder, CODEX_HOME: join(folder, '.codex'), PORT: '0', OPS_PORT: '0' };
  const seedFile = join(folder, 'auth.json');
  const brokerSecret = newSecret();
  const apiKey = `sk-${newSecret()}`;
  const limitedKey = `sk-${newSecret()}`;
  const keysFile = join(folder, 'keys.yaml');
  writeFileSync(keysFile, keysYaml({ apiKey, limitedKey }));

  const simulator = startService('simulator', { ...shared, SEED_FILE: seedFile });
  const simulated = await simulator.logged(simulatorLine);
  const auth = startService('auth', {
    ...shared,
    AUTH_SEED_FILE: seedFile,
    TOKEN_STORE_PATH: join(folder, 'accounts'),
    OAUTH_ISSUER: simulated.issuer,
    BROKER_SECRET: brokerSecret,
  });
  const { port: authPort } = await auth.logged(authLine);
  const gateway = startService('gateway', {
    ...shared,
    CODEX_BASE_URL: simulated.backend,
    BROKER_URL: `http://127.0.0.1:${authPort}`,
    BROKER_SECRET: brokerSecret,
    API_KEYS_FILE: keysFile,
    ...settings,
  });
  const { port } = await gateway.logged(gatewayLine);
  const url = `http://127.0.0.1:${port}`;
  await fetch(`${url}/v1/models`, { headers: { 'x-api-key': apiKey } });
  return {
    url,
    apiKey,
    limitedKey,
    simulator: createSimulatorAccess(simulated.issuer),
    stop: async () => {
      for (const service of [gateway, auth, simulator]) await service.stop();
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
