import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childEnvironments } from '../start/environments.mjs';
import { chooseLogin, describeLogin } from '../start/login.mjs';

const ports = { PORT: 1, OPS_PORT: 2, AUTH_PORT: 3, AUTH_OPS_PORT: 4, SIMULATOR_PORT: 5 };
const secrets = { brokerSecret: 'between-us', apiKey: 'sk-client', stateFolder: '/state' };
const noProxy = { NO_PROXY: '127.0.0.1,localhost', no_proxy: '127.0.0.1,localhost' };

test('without a Codex login the simulator plays the backend', () => {
  assert.deepEqual(chooseLogin({}, { simulator: false, exists: () => false, home: '/home/ada' }), {
    kind: 'simulated',
  });
});

test('a Codex login is borrowed from CODEX_HOME, else from the home folder, unless the simulator is asked for', () => {
  assert.deepEqual(chooseLogin({}, { simulator: false, exists: () => true, home: '/home/ada' }), {
    kind: 'borrowed',
    path: '/home/ada/.codex/auth.json',
  });
  assert.deepEqual(
    chooseLogin({ CODEX_HOME: '/codex' }, { simulator: false, exists: () => true, home: '/home/ada' }),
    {
      kind: 'borrowed',
      path: '/codex/auth.json',
    },
  );
  assert.deepEqual(chooseLogin({}, { simulator: true, exists: () => true, home: '/home/ada' }), {
    kind: 'simulated',
  });
});

test('a login that was set as a seed is adopted, and the announcement says what that means', () => {
  const login = chooseLogin(
    { AUTH_SEED_FILE: '/seed.json' },
    { simulator: false, exists: () => true, home: '/home/ada' },
  );
  assert.deepEqual(login, { kind: 'adopted', path: '/seed.json' });
  assert.match(describeLogin(login), /refreshes it[^]*logged out at its next refresh/);
});

test('the announcement of a borrowed login says that it is never refreshed and never written', () => {
  assert.match(describeLogin({ kind: 'borrowed', path: '/x' }), /never refreshed and never written/);
});

test('a simulated stack refreshes, stores and asks only at the simulator', () => {
  assert.deepEqual(childEnvironments({ base: {}, ports, login: { kind: 'simulated' }, ...secrets }), {
    simulator: {
      LOG_FORMAT: 'text',
      HOST: '127.0.0.1',
      ...noProxy,
      PORT: '5',
      SEED_FILE: '/state/auth.json',
    },
    auth: {
      LOG_FORMAT: 'text',
      HOST: '127.0.0.1',
      ...noProxy,
      TOKEN_STORE: 'file',
      TOKEN_STORE_PATH: '/state/accounts',
      AUTH_SEED_FILE: '/state/auth.json',
      CODEX_HOME: '/state',
      OAUTH_ISSUER: 'http://127.0.0.1:5',
      PORT: '3',
      OPS_PORT: '4',
      BROKER_SECRET: 'between-us',
    },
    gateway: {
      LOG_FORMAT: 'text',
      HOST: '127.0.0.1',
      ...noProxy,
      CODEX_BASE_URL: 'http://127.0.0.1:5/backend-api/codex',
      PORT: '1',
      OPS_PORT: '2',
      BROKER_URL: 'http://127.0.0.1:3',
      BROKER_SECRET: 'between-us',
      API_KEY: 'sk-client',
    },
  });
});

test('a borrowed login gets no seed, no issuer and a store that is thrown away', () => {
  const { auth, gateway } = childEnvironments({
    base: { LOG_FORMAT: 'json', HTTPS_PROXY: 'http://proxy', NO_PROXY: 'intranet', CODEX_HOME: '/codex' },
    ports,
    login: { kind: 'borrowed', path: '/codex/auth.json' },
    ...secrets,
  });
  const inherited = {
    LOG_FORMAT: 'json',
    HTTPS_PROXY: 'http://proxy',
    CODEX_HOME: '/codex',
    HOST: '127.0.0.1',
    NO_PROXY: 'intranet,127.0.0.1,localhost',
    no_proxy: 'intranet,127.0.0.1,localhost',
    BROKER_SECRET: 'between-us',
  };
  const store = { TOKEN_STORE: 'file', TOKEN_STORE_PATH: '/state/accounts' };
  assert.deepEqual(auth, { ...inherited, ...store, PORT: '3', OPS_PORT: '4' });
  const broker = { BROKER_URL: 'http://127.0.0.1:3', API_KEY: 'sk-client' };
  assert.deepEqual(gateway, { ...inherited, ...broker, PORT: '1', OPS_PORT: '2' });
});

test('an API key has the gateway alone in front of the OpenAI API, unless the simulator is asked for', () => {
  const base = { UPSTREAM_MODE: 'openai_api', OPENAI_API_KEY_FILE: '/key', AUTH_SEED_FILE: '/seed.json' };
  const chosen = (simulator: boolean) =>
    chooseLogin(base, { simulator, exists: () => true, home: '/home/ada' });
  assert.deepEqual([chosen(false), chosen(true)], [{ kind: 'api_key' }, { kind: 'simulated' }]);
  assert.match(describeLogin(chosen(false)), /OpenAI API, with OPENAI_API_KEY/);
  const { gateway } = childEnvironments({ base, ports, login: chosen(false), ...secrets });
  assert.deepEqual(gateway, {
    LOG_FORMAT: 'text',
    HOST: '127.0.0.1',
    ...noProxy,
    UPSTREAM_MODE: 'openai_api',
    OPENAI_API_KEY_FILE: '/key',
    PORT: '1',
    OPS_PORT: '2',
    API_KEY: 'sk-client',
  });
  const simulated = childEnvironments({ base, ports, login: chosen(true), ...secrets }).gateway;
  assert.equal('UPSTREAM_MODE' in simulated || 'OPENAI_API_KEY_FILE' in simulated, false);
});

test('an adopted login keeps its durable store, and the rotated tokens with it', () => {
  const { auth } = childEnvironments({
    base: { TOKEN_STORE_PATH: '/durable' },
    ports,
    login: { kind: 'adopted', path: '/seed.json' },
    ...secrets,
  });
  assert.deepEqual(
    { seed: auth['AUTH_SEED_FILE'], store: auth['TOKEN_STORE_PATH'] },
    { seed: '/seed.json', store: '/durable' },
  );
});

test('what a shell holds for other programs reaches no service', () => {
  const base = {
    OPENAI_API_KEY: 'sk-own',
    REDIS_URL: 'redis://x',
    npm_config_cache: '/c',
    PORT: '9',
    HOST: 'laptop',
  };
  const { simulator } = childEnvironments({ base, ports, login: { kind: 'simulated' }, ...secrets });
  assert.deepEqual(simulator, {
    LOG_FORMAT: 'text',
    HOST: '127.0.0.1',
    ...noProxy,
    PORT: '5',
    SEED_FILE: '/state/auth.json',
  });
});
