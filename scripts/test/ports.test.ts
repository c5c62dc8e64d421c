import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { choosePorts, isPortFree } from '../start/ports.mjs';

const defaults = { PORT: 8080, OPS_PORT: 9090, AUTH_PORT: 8081, AUTH_OPS_PORT: 9091, SIMULATOR_PORT: 8089 };

function freeExcept(...busy: readonly number[]): (port: number) => Promise<boolean> {
  return (port) => Promise.resolve(!busy.includes(port));
}

test('every part takes its default port when all are free', async () => {
  assert.deepEqual(await choosePorts({}, freeExcept()), { ports: defaults, notes: [], problems: [] });
});

test('a busy default gives way to the next free port that is nobody else’s default, and says so', async () => {
  assert.deepEqual(await choosePorts({}, freeExcept(8080, 8082)), {
    ports: { ...defaults, PORT: 8083 },
    notes: ['port 8080 is in use: the gateway takes 8083 (choose with PORT)'],
    problems: [],
  });
});

test('a set port is taken, and a default that it occupies moves on', async () => {
  assert.deepEqual(await choosePorts({ AUTH_PORT: '8080' }, freeExcept()), {
    ports: { ...defaults, AUTH_PORT: 8080, PORT: 8082 },
    notes: ['port 8080 is in use: the gateway takes 8082 (choose with PORT)'],
    problems: [],
  });
});

test('a busy set port is a problem that names the port and the setting, all of them at once', async () => {
  const { problems } = await choosePorts({ PORT: '7000', SIMULATOR_PORT: '7001' }, freeExcept(7000, 7001));
  assert.deepEqual(problems, [
    'port 7000 is already in use, so the gateway cannot listen there; choose another with PORT',
    'port 7001 is already in use, so the simulator cannot listen there; choose another with SIMULATOR_PORT',
  ]);
});

test('what is no port, or is set twice, is a problem; one port for the gateway and its metrics is none', async () => {
  const { problems } = await choosePorts({ PORT: '70000', AUTH_PORT: 'http', OPS_PORT: '' }, freeExcept());
  assert.deepEqual(problems, [
    'PORT: 70000 is not a port (1 to 65535)',
    'AUTH_PORT: http is not a port (1 to 65535)',
  ]);
  const twice = await choosePorts({ PORT: '7000', AUTH_PORT: '7000' }, freeExcept());
  assert.deepEqual(twice.problems, ['AUTH_PORT: port 7000 is also what PORT says; each needs its own']);
  const shared = await choosePorts({ PORT: '7000', OPS_PORT: '7000' }, freeExcept());
  assert.deepEqual(shared, { ports: { ...defaults, PORT: 7000, OPS_PORT: 7000 }, notes: [], problems: [] });
});

test('a port is free until something listens on it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  assert.equal(await isPortFree(address.port), false);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await isPortFree(address.port), true);
});
