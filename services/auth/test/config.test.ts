import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigurationError } from '@codex-gateway/service-kit/config.ts';
import { describeConfig, readCommandConfig, readConfig } from '../src/config.ts';

const LEAST = { HOME: '/home/someone', BROKER_SECRET: 'secret-canary' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.problems.map(({ setting, problem }) => `${setting}: ${problem}`);
  }
  return [];
}

test('with nothing set but the secret the defaults stand', () => {
  assert.deepEqual(describeConfig(readConfig(LEAST)), {
    PORT: 8081,
    OPS_PORT: 9091,
    HOST: '127.0.0.1',
    OAUTH_ISSUER: 'https://auth.openai.com',
    OAUTH_CLIENT_ID: 'app_EMoamEEZ73f0CkXaXp7hrann',
    TOKEN_STORE: 'file',
    TOKEN_STORE_PATH: '/home/someone/.codex-gateway/accounts',
    AUTH_SEED_FILE: null,
    borrowedLogin: '/home/someone/.codex/auth.json',
    CALLER_AUTH: 'shared_secret',
    BROKER_SECRET: '1 set',
    ADMIN_SECRET: null,
    ON_IN_DOUBT: 'retry_once',
    INTENT_DEADLINE_SECONDS: 45,
    ACCOUNTS: 'default',
    HTTPS_PROXY: null,
    NO_PROXY: null,
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
  });
});

test('all problems are told at once, each with its setting, none with a secret', () => {
  assert.deepEqual(
    problemsOf({
      HOME: '/home/someone',
      PORT: '99999',
      OAUTH_ISSUER: 'auth.openai.com',
      TOKEN_STORE: 'vault',
      TOKEN_STORE_SECRET_PREFIX: 'Codex_',
      CALLER_AUTH: 'nobody',
      ALLOWED_CALLERS: 'a',
      BROKER_SECRET: 'canary-1,canary-2,canary-3',
      ADMIN_SECRET: 'canary 4',
      ON_IN_DOUBT: 'perhaps',
      INTENT_DEADLINE_SECONDS: '0',
      ACCOUNTS: 'Default,../etc',
      HTTPS_PROXY: 'http://proxy:3128/path',
      https_proxy: 'socks5://proxy',
      LOG_LEVEL: 'loud',
    }).map((line) => line.split(':')[0]),
    [
      'PORT',
      'OAUTH_ISSUER',
      'TOKEN_STORE',
      'TOKEN_STORE_SECRET_PREFIX',
      'CALLER_AUTH',
      'ALLOWED_CALLERS',
      'BROKER_SECRET',
      'ADMIN_SECRET',
      'ON_IN_DOUBT',
      'INTENT_DEADLINE_SECONDS',
      'ACCOUNTS',
      'HTTPS_PROXY',
      'https_proxy',
      'LOG_LEVEL',
    ],
  );
  assert.doesNotMatch(problemsOf({ BROKER_SECRET: 'canary,', ADMIN_SECRET: 'canary' }).join('\n'), /canary/);
});

test('the secret of the callers is required, and may come from a file', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'codex-gateway-auth-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'secret');
  await writeFile(path, 'from-a-file\n');
  assert.deepEqual(problemsOf({ HOME: '/h' }), [
    'BROKER_SECRET: required: the secret that callers send (or its file in BROKER_SECRET_FILE)',
  ]);
  const { callers } = readConfig({ HOME: '/h', BROKER_SECRET_FILE: path });
  assert.ok(callers.kind === 'shared_secret');
  assert.deepEqual(
    callers.secrets.map((secret) => secret.reveal()),
    ['from-a-file'],
  );
});

test('the secret for logins may come from a file, and is none that gateways have', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'codex-gateway-auth-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'secret');
  await writeFile(path, 'for-the-admin\n');
  const config = readConfig({ ...LEAST, ADMIN_SECRET_FILE: path });
  assert.equal(config.adminSecret?.reveal(), 'for-the-admin');
  assert.equal(describeConfig(config)['ADMIN_SECRET'], 'set');
  assert.deepEqual(problemsOf({ HOME: '/h', BROKER_SECRET: 'old, for-the-admin', ADMIN_SECRET_FILE: path }), [
    'ADMIN_SECRET: must differ from BROKER_SECRET: gateways must not be able to log in',
  ]);
});

test('a command does without the secret of the callers, and is told all else', () => {
  const { store, issuer, aliases } = readCommandConfig({ HOME: '/h', ACCOUNTS: 'a,b' });
  assert.deepEqual(
    [store, issuer, aliases],
    [{ kind: 'file', folder: '/h/.codex-gateway/accounts' }, 'https://auth.openai.com', ['a', 'b']],
  );
  assert.throws(
    () => readCommandConfig({ ACCOUNTS: '../a' }),
    /^ConfigurationError: ACCOUNTS: .*\nTOKEN_STORE_PATH: /,
  );
});

const IN_A_POD = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };

test('in a pod, Secrets hold the state and ServiceAccounts are the callers', () => {
  const config = readConfig({
    ...IN_A_POD,
    TOKEN_STORE: 'kubernetes',
    CALLER_AUTH: 'service_account',
    ALLOWED_CALLERS: 'codex/gateway, other/gateway',
  });
  const apiServer = {
    url: 'https://[fd00::1]:6443',
    accountFolder: '/var/run/secrets/kubernetes.io/serviceaccount',
  };
  assert.deepEqual(
    [config.store, config.callers],
    [
      { kind: 'kubernetes', secretPrefix: 'codex-auth-state-', apiServer },
      { kind: 'service_account', allowed: ['codex/gateway', 'other/gateway'], apiServer },
    ],
  );
});

test('what needs a pod, or a list of callers, is missed at the start', () => {
  assert.deepEqual(problemsOf({ TOKEN_STORE: 'kubernetes', CALLER_AUTH: 'service_account' }), [
    'KUBERNETES_SERVICE_HOST: TOKEN_STORE or CALLER_AUTH needs Kubernetes, and this is no pod',
    'ALLOWED_CALLERS: required with CALLER_AUTH=service_account: namespace/serviceaccount,…',
  ]);
});

test('a setting that would say nothing is refused, not passed over', () => {
  assert.deepEqual(problemsOf({ ...LEAST, TOKEN_STORE_SECRET_PREFIX: 'x-', ALLOWED_CALLERS: 'a/b' }), [
    'TOKEN_STORE_SECRET_PREFIX: must not be set: it belongs to TOKEN_STORE=kubernetes',
    'ALLOWED_CALLERS: must not be set: it belongs to CALLER_AUTH=service_account',
  ]);
  const inAPod = {
    ...IN_A_POD,
    TOKEN_STORE: 'kubernetes',
    CALLER_AUTH: 'service_account',
    ALLOWED_CALLERS: 'a/b',
  };
  assert.deepEqual(problemsOf({ ...inAPod, TOKEN_STORE_PATH: '/state', BROKER_SECRET: 's' }), [
    'TOKEN_STORE_PATH: must not be set: it belongs to TOKEN_STORE=file',
    'BROKER_SECRET: must not be set: it belongs to CALLER_AUTH=shared_secret',
  ]);
});

test('paths may begin with the home folder; without one the store must be told its place', () => {
  const { store, seedPath } = readConfig({
    ...LEAST,
    TOKEN_STORE_PATH: '~/state',
    AUTH_SEED_FILE: '~/a.json',
  });
  assert.deepEqual(
    [store, seedPath],
    [{ kind: 'file', folder: '/home/someone/state' }, '/home/someone/a.json'],
  );
  assert.deepEqual(problemsOf({ BROKER_SECRET: 's' }), [
    'TOKEN_STORE_PATH: must be an absolute folder when HOME is not set',
  ]);
  assert.deepEqual(problemsOf({ BROKER_SECRET: 's', TOKEN_STORE_PATH: '/state' }), []);
});

test('the proxy may be set in lower case, and is told without its password', () => {
  const config = readConfig({
    ...LEAST,
    https_proxy: 'http://user:canary@proxy:3128',
    no_proxy: 'localhost',
  });
  assert.equal(config.httpsProxy, 'http://user:canary@proxy:3128');
  assert.deepEqual(
    [describeConfig(config)['HTTPS_PROXY'], describeConfig(config)['NO_PROXY']],
    ['proxy:3128', 'localhost'],
  );
});

test('accounts are named in order, the first is the default', () => {
  assert.deepEqual(readConfig({ ...LEAST, ACCOUNTS: 'main, team-2' }).aliases, ['main', 'team-2']);
  assert.deepEqual(problemsOf({ ...LEAST, ACCOUNTS: 'main,main' }), ['ACCOUNTS: names an account twice']);
});
