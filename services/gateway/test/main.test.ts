import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { hashKey } from '../src/keys/api-keys.ts';
import { noChoices } from '../src/operator-choices.ts';
import { startProcess } from './gateway-process.ts';

const bounded = { timeout: 20_000 };
/** Nobody listens there: the gateway of these tests never gets a token. */
const lonely = { PORT: '0', OPS_PORT: '0', BROKER_URL: 'http://127.0.0.1:1' };

function keysFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-main-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'keys.yaml');
  writeFileSync(path, `keys:\n  - { id: team, sha256: ${hashKey('sk-team')}, status: disabled }\n`);
  return path;
}

test(
  '--check-config prints the effective configuration without its secrets and only checks',
  bounded,
  async (t) => {
    const path = keysFile(t);
    const environment = {
      API_KEYS_FILE: path,
      API_KEY: 'canary-key',
      BROKER_SECRET: 'canary-secret',
      OPENAI_API_KEY: 'canary-upstream-key',
      REDIS_URL: 'redis://:canary-password@redis:7000/1',
      HTTPS_PROXY: 'http://user:canary-word@proxy:3128',
      PORT: '1',
    };
    const { exit, stdout, stderr } = startProcess(t, environment, ['--check-config']);
    assert.equal(await exit, 0, stderr());
    assert.deepEqual(JSON.parse(stdout()), {
      PORT: 1,
      OPS_PORT: 9090,
      HOST: '127.0.0.1',
      UPSTREAM_MODE: 'codex_oauth',
      CODEX_BASE_URL: 'https://chatgpt.com/backend-api/codex',
      CODEX_CLIENT_VERSION: '0.169.0',
      OPENAI_BASE_URL: 'https://api.openai.com/v1',
      OPENAI_API_KEY: '[secret]',
      BROKER_URL: 'http://127.0.0.1:8081',
      BROKER_SECRET: '[secret]',
      REDIS_URL: {
        kind: 'single',
        tls: false,
        username: null,
        password: '[secret]',
        hosts: [{ host: 'redis', port: 7000 }],
        masterName: null,
        database: 1,
      },
      API_KEYS_FILE: path,
      API_KEY: '[secret]',
      MODELS_CACHE_TTL_SECONDS: 300,
      MAX_CONCURRENT_REQUESTS: 1000,
      MAX_BODY_BYTES: 33_554_432,
      UPSTREAM_IDLE_TIMEOUT_SECONDS: 300,
      UPSTREAM_CONNECT_TIMEOUT_SECONDS: 10,
      REQUEST_TIMEOUT_SECONDS: 3600,
      CONVERSATION_TTL_SECONDS: 3600,
      STREAM_HEARTBEAT_SECONDS: 15,
      DRAIN_SECONDS: 570,
      FETCH_CLIENT_URLS: 'never',
      HTTPS_PROXY: 'proxy:3128',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      keys: [
        { id: 'default', status: 'active' },
        { id: 'team', status: 'disabled' },
      ],
      choices: noChoices,
      brokerCa: false,
    });
    assert.equal(stderr(), '');
  },
);

for (const args of [[], ['--check-config']]) {
  test(`a wrong configuration ends ${args.join('')} with 78 and one line a problem`, bounded, async (t) => {
    const environment = { PORT: 'x', HOST: '0.0.0.0', BROKER_SECRET: 'canary', REDIS_FAILURE_MODE: 'deny' };
    const { exit, stdout, stderr } = startProcess(t, environment, args);
    assert.equal(await exit, 78);
    assert.equal(stdout(), '');
    assert.deepEqual(stderr().trimEnd().split('\n'), [
      'REDIS_FAILURE_MODE: not supported by this version',
      'PORT: must be a port number',
      'HOST: beyond loopback an API key is needed: set API_KEYS_FILE or API_KEY',
    ]);
  });
}

for (const setting of ['PORT', 'OPS_PORT']) {
  test(`a taken ${setting} ends it with 1 and a sentence that names port and setting`, bounded, async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo; // a TCP server has an address, not a path
    const { exit, stderr } = startProcess(t, { ...lonely, [setting]: String(port) });
    assert.equal(await exit, 1);
    assert.equal(stderr(), `port ${port} on 127.0.0.1 is already in use; choose another with ${setting}\n`);
  });
}

async function get(port: unknown, path: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${String(port)}${path}`)).status;
}

test('it says where it listens, answers on both ports, and ends at SIGINT when idle', bounded, async (t) => {
  const gateway = startProcess(t, { ...lonely, API_KEY: 'k' });
  const { port, opsPort, mode } = await gateway.untilSaid('gateway is listening');
  assert.equal(mode, 'codex_oauth');
  assert.deepEqual(
    await Promise.all([
      get(port, '/healthz'),
      get(port, '/ready'),
      get(port, '/metrics'),
      get(opsPort, '/healthz'),
      get(opsPort, '/ready'),
      get(opsPort, '/metrics'),
      get(opsPort, '/v1/models'),
    ]),
    [200, 503, 404, 200, 503, 200, 404],
  );
  gateway.child.kill('SIGINT');
  assert.equal(await gateway.exit, 0, gateway.stderr());
  assert.equal(gateway.stderr(), '');
  assert.ok(gateway.stdout().includes('"drained"'));
});

test('one port may serve everything, and without a key there is one warning', bounded, async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const free = String((server.address() as AddressInfo).port); // a TCP server has an address, not a path
  await new Promise((resolve) => server.close(resolve));
  const gateway = startProcess(t, { ...lonely, PORT: free, OPS_PORT: free });
  const { port, opsPort } = await gateway.untilSaid('gateway is listening');
  assert.deepEqual([port, opsPort], [Number(free), Number(free)]);
  assert.deepEqual(
    [await get(port, '/healthz'), await get(port, '/metrics'), await get(port, '/')],
    [200, 200, 200],
  );
  assert.equal(gateway.stdout().split('no API key is set').length, 2);
  gateway.child.kill('SIGINT');
  assert.equal(await gateway.exit, 0);
});
