// The settings that each service of the stack is started with.
import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';

/** What a developer's shell often holds, and what means something else to our services than it does there. */
const NOT_FOR_SERVICES = [
  'PORT',
  'OPS_PORT',
  'HOST',
  'API_KEY',
  'BROKER_SECRET',
  'OPENAI_API_KEY',
  'REDIS_URL',
  'AUTH_SEED_FILE',
  'CODEX_BASE_URL',
];

/**
 * @typedef {object} StackSettings
 * @property {Readonly<Record<string, string | undefined>>} base the environment that all three inherit
 * @property {Record<import('./ports.mjs').PortSetting, number>} ports
 * @property {import('./login.mjs').Login} login
 * @property {string} stateFolder a throw-away folder that only this user can read
 * @property {string} brokerSecret
 * @property {string} apiKey
 */

/**
 * @param {StackSettings} stack
 * @returns {{ simulator: NodeJS.ProcessEnv, auth: NodeJS.ProcessEnv, gateway: NodeJS.ProcessEnv }}
 */
export function childEnvironments({ base, ports, login, stateFolder, brokerSecret, apiKey }) {
  const simulator = `http://${LOOPBACK}:${ports.SIMULATOR_PORT}`;
  const shared = { LOG_FORMAT: 'text', ...withoutOurs(base), HOST: LOOPBACK, ...loopbackPastProxy(base) };
  return {
    simulator: { ...shared, PORT: String(ports.SIMULATOR_PORT) },
    auth: {
      ...shared,
      ...authSettings(login, { base, stateFolder, simulator }),
      PORT: String(ports.AUTH_PORT),
      OPS_PORT: String(ports.AUTH_OPS_PORT),
      BROKER_SECRET: brokerSecret,
    },
    gateway: {
      ...shared,
      ...gatewaySettings(login, { base, simulator }),
      PORT: String(ports.PORT),
      OPS_PORT: String(ports.OPS_PORT),
      BROKER_URL: `http://${LOOPBACK}:${ports.AUTH_PORT}`,
      BROKER_SECRET: brokerSecret,
      API_KEY: apiKey,
    },
  };
}

/** Where the seed of a simulated login is written. @param {string} stateFolder */
export function simulatedSeedPath(stateFolder) {
  return join(stateFolder, 'auth.json');
}

/**
 * @param {import('./login.mjs').Login} login
 * @param {{ base: StackSettings['base'], stateFolder: string, simulator: string }} stack
 */
function authSettings(login, { base, stateFolder, simulator }) {
  const throwAwayStore = { TOKEN_STORE: 'file', TOKEN_STORE_PATH: join(stateFolder, 'accounts') };
  switch (login.kind) {
    case 'simulated':
      return { ...throwAwayStore, AUTH_SEED_FILE: simulatedSeedPath(stateFolder), OAUTH_ISSUER: simulator };
    case 'borrowed':
      return { ...throwAwayStore };
    case 'adopted':
      // the broker owns this login now: its record must outlive this run, so the store stays where the settings say
      return {
        AUTH_SEED_FILE: login.path,
        ...(base['TOKEN_STORE_PATH'] ? { TOKEN_STORE_PATH: base['TOKEN_STORE_PATH'] } : {}),
      };
  }
}

/**
 * @param {import('./login.mjs').Login} login
 * @param {{ base: StackSettings['base'], simulator: string }} stack
 */
function gatewaySettings(login, { base, simulator }) {
  if (login.kind === 'simulated') return { CODEX_BASE_URL: `${simulator}/backend-api/codex` };
  return base['CODEX_BASE_URL'] ? { CODEX_BASE_URL: base['CODEX_BASE_URL'] } : {};
}

/** @param {StackSettings['base']} base */
function withoutOurs(base) {
  const ours = new Set(NOT_FOR_SERVICES);
  return Object.fromEntries(
    Object.entries(base).filter(([name]) => !ours.has(name) && !name.startsWith('npm_')),
  );
}

/**
 * With a proxy set, what runs on this machine must still be reached without it.
 * @param {StackSettings['base']} base
 */
function loopbackPastProxy(base) {
  const noProxy = [base['NO_PROXY'] || base['no_proxy'], LOOPBACK, 'localhost'].filter(Boolean).join(',');
  return { NO_PROXY: noProxy, no_proxy: noProxy };
}
