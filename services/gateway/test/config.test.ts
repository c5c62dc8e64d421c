import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { ConfigurationError, type Environment } from '@codex-gateway/service-kit/config.ts';
import { readGatewayConfig } from '../src/config.ts';
import { apiKeyFromText, hashKey } from '../src/keys/api-keys.ts';
import { noChoices } from '../src/operator-choices.ts';

function fileWith(t: TestContext, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  writeFileSync(path, content);
  return path;
}

function problemsOf(environment: Environment): readonly string[] {
  try {
    readGatewayConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, inspect(error));
    return error.problems.map(({ setting, problem }) => `${setting}: ${problem}`);
  }
  return [];
}

/** The name of the setting of each problem. */
function settingsAtFault(environment: Environment): ReadonlySet<string> {
  return new Set(problemsOf(environment).map((line) => line.slice(0, line.indexOf(':'))));
}

function proxiesOf(environment: Environment): readonly (string | undefined)[] {
  const { HTTPS_PROXY, NO_PROXY } = readGatewayConfig(environment);
  return [HTTPS_PROXY, NO_PROXY];
}

/** Everything that can be seen of a value by printing it. */
function shown(value: unknown): string {
  return inspect(value, { depth: null, showHidden: true }) + JSON.stringify(value);
}

const keysText = `keys:\n  - { id: team, sha256: ${hashKey('sk-team')} }\n`;

test('with nothing set, the gateway is open to its own machine, in front of the Codex backend', () => {
  assert.deepEqual(readGatewayConfig({}), {
    PORT: 8080,
    OPS_PORT: 9090,
    HOST: '127.0.0.1',
    UPSTREAM_MODE: 'codex_oauth',
    CODEX_BASE_URL: 'https://chatgpt.com/backend-api/codex',
    CODEX_CLIENT_VERSION: '0.169.0',
    OPENAI_BASE_URL: 'https://api.openai.com/v1',
    BROKER_URL: 'http://127.0.0.1:8081',
    MODELS_CACHE_TTL_SECONDS: 300,
    MAX_CONCURRENT_REQUESTS: 1000,
    MAX_BODY_BYTES: 33_554_432,
    UPSTREAM_IDLE_TIMEOUT_SECONDS: 300,
    UPSTREAM_CONNECT_TIMEOUT_SECONDS: 10,
    REQUEST_TIMEOUT_SECONDS: 3600,
    CONVERSATION_TTL_SECONDS: 3600,
    FETCH_CLIENT_URLS: 'never',
    STREAM_HEARTBEAT_SECONDS: 15,
    DRAIN_SECONDS: 570,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    keys: [],
    choices: noChoices,
    brokerCa: undefined,
  });
});

test('every problem is reported at once, with the name of its variable', (t) => {
  const faulty = {
    PORT: 'http',
    OPS_PORT: '70000',
    HOST: '0.0.0.0',
    UPSTREAM_MODE: 'azure',
    CODEX_BASE_URL: 'chatgpt.com',
    CODEX_CLIENT_VERSION: 'latest',
    OPENAI_BASE_URL: 'api.openai.com',
    OPENAI_API_KEY_FILE: '/nowhere/key',
    BROKER_URL: 'unix:/socket',
    BROKER_SECRET_FILE: '/nowhere/secret',
    BROKER_CA_FILE: '/nowhere/ca.pem',
    API_KEYS_FILE: fileWith(t, 'keys: []\n'),
    CONFIG_FILE: fileWith(t, 'model: {}\n'),
    MAX_CONCURRENT_REQUESTS: '0',
    MAX_BODY_BYTES: '12',
    REQUEST_TIMEOUT_SECONDS: '-1',
    FETCH_CLIENT_URLS: 'always',
    DRAIN_SECONDS: 'long',
    HTTPS_PROXY: 'proxy:3128',
    LOG_LEVEL: 'loud',
    REDIS_URL: 'http://127.0.0.1:6379',
  };
  const { HOST: _keyed, ...expected } = faulty;
  assert.deepEqual(settingsAtFault(faulty), new Set(Object.keys(expected)));
});

for (const host of ['0.0.0.0', '::', '10.0.0.7', 'gateway.local']) {
  test(`HOST=${host} without any key refuses to start`, () => {
    assert.deepEqual(problemsOf({ HOST: host }), [
      `HOST: beyond loopback an API key is needed: set API_KEYS_FILE or API_KEY`,
    ]);
  });

  test(`HOST=${host} starts with a key`, (t) => {
    assert.equal(readGatewayConfig({ HOST: host, API_KEY: 'sk-one' }).keys.length, 1);
    assert.equal(readGatewayConfig({ HOST: host, API_KEY_FILE: fileWith(t, 'sk-one\n') }).keys.length, 1);
    assert.equal(readGatewayConfig({ HOST: host, API_KEYS_FILE: fileWith(t, keysText) }).keys.length, 1);
  });
}

test('an open host is reported beside the other problems', () => {
  assert.deepEqual(settingsAtFault({ HOST: '0.0.0.0', PORT: 'x' }), new Set(['HOST', 'PORT']));
  assert.deepEqual(settingsAtFault({ HOST: '0.0.0.0', PORT: 'x', API_KEY: 'k' }), new Set(['PORT']));
});

for (const host of ['127.0.0.1', 'localhost', '::1']) {
  test(`HOST=${host} is loopback and may be open`, () => {
    assert.deepEqual(readGatewayConfig({ HOST: host }).keys, []);
  });
}

test('API_KEY is one key called default, without limits, beside those of the file', (t) => {
  const { keys } = readGatewayConfig({ API_KEY: 'sk-one', API_KEYS_FILE: fileWith(t, keysText) });
  assert.deepEqual(keys, [apiKeyFromText('default', 'sk-one'), apiKeyFromText('team', 'sk-team')]);
});

test('a broken keys file is told with every bad entry and its line', (t) => {
  const path = fileWith(t, 'keys:\n  - id: a\n    sha256: 12\n  - id: b\n');
  assert.deepEqual(problemsOf({ API_KEYS_FILE: path }), [
    'API_KEYS_FILE: line 3: keys.0.sha256: must be a hex SHA-256 or a list of them',
    'API_KEYS_FILE: line 4: keys.1.sha256: must be a hex SHA-256 or a list of them',
  ]);
});

test('a broken CONFIG_FILE is told with every line at fault', (t) => {
  const path = fileWith(t, 'models:\n  gpt-5.5: { listed: maybe }\nalias: {}\n');
  assert.deepEqual(problemsOf({ CONFIG_FILE: path }), [
    'CONFIG_FILE: line 2: models.gpt-5.5.listed: Invalid input: expected boolean, received string',
    'CONFIG_FILE: line 3: alias: is not a known member',
  ]);
});

test('a keys file that cannot be read is told with its path', () => {
  assert.deepEqual(problemsOf({ API_KEYS_FILE: '/nowhere/keys.yaml' }), [
    'API_KEYS_FILE: cannot read /nowhere/keys.yaml (ENOENT)',
  ]);
});

for (const name of ['REDIS_FAILURE_MODE', 'REPLICAS', 'ACCOUNT_CONCURRENCY', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
  test(`${name} is refused, not ignored, until this version has it; empty it is unset`, () => {
    assert.deepEqual(problemsOf({ [name]: 'something' }), [`${name}: not supported by this version`]);
    assert.deepEqual(problemsOf({ [name]: '' }), []);
  });
}

test('in front of the OpenAI API the gateway wants its key, which prints nowhere, and nothing of a broker', (t) => {
  const mode = { UPSTREAM_MODE: 'openai_api' };
  assert.deepEqual(problemsOf(mode), ['OPENAI_API_KEY: is needed with UPSTREAM_MODE=openai_api']);
  assert.deepEqual(settingsAtFault({ ...mode, PORT: 'x' }), new Set(['PORT', 'OPENAI_API_KEY']));
  for (const key of ['sk-upstream canary', 'sk-upstream\r\ncanary', 'sk-upstream-canary-é'])
    assert.deepEqual(problemsOf({ ...mode, OPENAI_API_KEY: key }), [
      'OPENAI_API_KEY: must be one line without spaces',
    ]);
  const path = fileWith(t, 'sk-upstream-canary\n');
  for (const key of [{ OPENAI_API_KEY: 'sk-upstream-canary' }, { OPENAI_API_KEY_FILE: path }]) {
    const config = readGatewayConfig({ ...mode, ...key });
    assert.equal(config.OPENAI_API_KEY?.reveal(), 'sk-upstream-canary');
    assert.doesNotMatch(shown(config), /canary/);
  }
});

test('the proxy settings are read in both spellings, the upper one first', () => {
  const lower = { https_proxy: 'http://lower:1', no_proxy: 'a' };
  const upper = { HTTPS_PROXY: 'http://upper:1', NO_PROXY: 'b' };
  assert.deepEqual(proxiesOf(lower), ['http://lower:1', 'a']);
  assert.deepEqual(proxiesOf({ ...lower, ...upper }), ['http://upper:1', 'b']);
  assert.deepEqual(proxiesOf({ ...lower, HTTPS_PROXY: '', NO_PROXY: '' }), ['http://lower:1', 'a']);
});

test('the authority of the broker is read from its file', (t) => {
  assert.equal(readGatewayConfig({ BROKER_CA_FILE: fileWith(t, 'PEM') }).brokerCa, 'PEM');
});

/** What a Redis is, the password in its URL, and the one beside it. */
function redisOf(environment: Environment): unknown {
  const { REDIS_URL, REDIS_PASSWORD } = readGatewayConfig(environment);
  return [REDIS_URL?.kind, REDIS_URL?.password?.reveal(), REDIS_PASSWORD?.reveal()];
}

test('Redis is known by its URL; its password comes in it, or beside it, or in a file', (t) => {
  assert.deepEqual(redisOf({ REDIS_URL: 'redis://:word@redis' }), ['single', 'word', undefined]);
  assert.deepEqual(redisOf({ REDIS_URL_FILE: fileWith(t, 'redis+cluster://:word@redis\n') }), [
    'cluster',
    'word',
    undefined,
  ]);
  const beside = { REDIS_URL: 'rediss://team@redis', REDIS_PASSWORD_FILE: fileWith(t, 'word\n') };
  assert.deepEqual(redisOf(beside), ['single', undefined, 'word']);
  assert.deepEqual(problemsOf({ ...beside, REDIS_URL: 'redis://:word@redis' }), [
    'REDIS_PASSWORD: set together with a password in REDIS_URL; set one',
  ]);
  assert.deepEqual(problemsOf({ REDIS_URL: 'redis://:canary@one,two' }), [
    'REDIS_URL: must be redis://host:port/database, redis+sentinel://host,host/master or redis+cluster://host,host (rediss: with TLS)',
  ]);
});

test('no secret shows, neither in the configuration nor in its problems', (t) => {
  const secrets = {
    BROKER_SECRET: 'canary-1',
    API_KEY_FILE: fileWith(t, 'canary-2'),
    REDIS_URL: 'redis://:canary-4@redis',
  };
  assert.equal(shown(readGatewayConfig(secrets)).includes('canary'), false);
  try {
    readGatewayConfig({ ...secrets, API_KEY: 'canary-3', PORT: 'x' });
    assert.fail('the configuration is wrong');
  } catch (error) {
    assert.equal(shown(error).includes('canary'), false);
  }
});

test('a URL with a password in it is refused, and a proxy with a path', () => {
  assert.deepEqual(
    problemsOf({ CODEX_BASE_URL: 'https://user:word@host/x', HTTPS_PROXY: 'http://proxy:1/path' }),
    [
      'CODEX_BASE_URL: must not hold a user or a password',
      'HTTPS_PROXY: must be an http or https URL without a path',
    ],
  );
});
