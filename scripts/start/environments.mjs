// The settings that each service of the stack is started with.
import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';

/** What leads the gateway to the OpenAI API. */
const OPENAI_SETTINGS = ['UPSTREAM_MODE', 'OPENAI_API_KEY', 'OPENAI_API_KEY_FILE', 'OPENAI_BASE_URL'];

/** What a developer's shell often holds, and what means something else to our services or is set for each below. */
const NOT_FOR_SERVICES = [
  'PORT',
  'OPS_PORT',
  'HOST',
  'API_KEY',
  'API_KEY_FILE',
  'BROKER_SECRET',
  'BROKER_SECRET_FILE',
  ...OPENAI_SETTINGS,
  'REDIS_URL',
  'AUTH_SEED_FILE',
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
  const seedPath = join(stateFolder, 'auth.json');
  const simulator = `http://${LOOPBACK}:${ports.SIMULATOR_PORT}`;
  const broker = { BROKER_URL: `http://${LOOPBACK}:${ports.AUTH_PORT}`, BROKER_SECRET: brokerSecret };
  const shared = { LOG_FORMAT: 'text', ...withoutOurs(base), HOST: LOOPBACK, ...loopbackPastProxy(base) };
  return {
    // it writes a login there when it starts, as `codex login` would leave one
    simulator: { ...shared, PORT: String(ports.SIMULATOR_PORT), SEED_FILE: seedPath },
    auth: {
      ...shared,
      ...authSettings(login, { stateFolder, seedPath, simulator }),
      PORT: String(ports.AUTH_PORT),
      OPS_PORT: String(ports.AUTH_OPS_PORT),
      BROKER_SECRET: brokerSecret,
    },
    gateway: {
      ...shared,
      ...(login.kind === 'api_key' ? openAiSettings(base) : broker),
      ...(login.kind === 'simulated' ? { CODEX_BASE_URL: `${simulator}/backend-api/codex` } : {}),
      PORT: String(ports.PORT),
      OPS_PORT: String(ports.OPS_PORT),
      API_KEY: apiKey,
    },
  };
}

/** @param {StackSettings['base']} base */
function openAiSettings(base) {
  return Object.fromEntries(Object.entries(base).filter(([name]) => OPENAI_SETTINGS.includes(name)));
}

/**
 * @param {import('./login.mjs').Login} login
 * @param {{ stateFolder: string, seedPath: string, simulator: string }} stack
 */
function authSettings(login, { stateFolder, seedPath, simulator }) {
  const throwAwayStore = { TOKEN_STORE: 'file', TOKEN_STORE_PATH: join(stateFolder, 'accounts') };
  switch (login.kind) {
    case 'simulated':
      // with CODEX_HOME elsewhere, the real login of this machine is not even in sight
      return {
        ...throwAwayStore,
        AUTH_SEED_FILE: seedPath,
        CODEX_HOME: stateFolder,
        OAUTH_ISSUER: simulator,
      };
    case 'borrowed':
    case 'api_key':
      return throwAwayStore;
    case 'adopted':
      // the broker owns this login from now on and its record must outlive this run: the store stays where it is set
      return { AUTH_SEED_FILE: login.path };
  }
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
