import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { openGate, type Gate } from '../src/gate.ts';

const bounded = { timeout: 10_000 };

/** A gate before a server that says everything back. */
async function gateToEcho(t: TestContext): Promise<Gate> {
  const server = createServer((socket) => void socket.on('error', () => {}).pipe(socket)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  t.after(() => server.close());
  return openGate(t, { host: '127.0.0.1', port: (server.address() as AddressInfo).port }); // a TCP server has an address
}

function enter(t: TestContext, { port }: Gate): Socket {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  t.after(() => socket.destroy());
  return socket.on('error', () => {});
}

async function saysBack(socket: Socket, text: string): Promise<void> {
  socket.write(text);
  assert.deepEqual(await once(socket, 'data'), [text]);
}

test('an open gate lets everything pass', bounded, async (t) => {
  const gate = await gateToEcho(t);
  await Promise.all(['one', 'two'].map(async (text) => saysBack(enter(t, gate), text)));
});

test('a gate at pause takes connections and passes nothing on until it is resumed', bounded, async (t) => {
  const gate = await gateToEcho(t);
  const before = enter(t, gate);
  await saysBack(before, 'first');
  gate.pause();
  const after = enter(t, gate);
  await once(after, 'connect');
  const heard: string[] = [];
  for (const socket of [before, after])
    socket.on('data', (text) => void heard.push(String(text))).write('later');
  await new Promise(setImmediate);
  assert.deepEqual(heard, []);
  const answers = [before, after].map((socket) => once(socket, 'data'));
  gate.resume();
  await Promise.all(answers);
  assert.deepEqual(heard, ['later', 'later']);
});

test(
  'a closed gate has broken its connections and refuses others until it is opened again',
  bounded,
  async (t) => {
    const gate = await gateToEcho(t);
    const before = enter(t, gate);
    await saysBack(before, 'first');
    const broken = once(before, 'close');
    await gate.close();
    await broken;
    const [error] = await once(connect(gate.port, '127.0.0.1'), 'error');
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED'); // an 'error' of a socket is one
    await gate.reopen();
    await saysBack(enter(t, gate), 'again');
  },
);
