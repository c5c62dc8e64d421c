import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { request } from 'undici';
import { createNetwork } from '../../src/client-urls/network.ts';

const HEADER_BYTES = 12;
const TYPE_A = 1;

/** A name server that answers each question for an IPv4 address with the next of `answers`, other questions with nothing. */
async function startNameServer(t: TestContext, answers: readonly string[]): Promise<string> {
  const waiting = [...answers];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const end = query.indexOf(0, HEADER_BYTES) + 1;
    const question = query.subarray(HEADER_BYTES, end + 4);
    const found = query.readUInt16BE(end) === TYPE_A ? waiting.shift() : undefined;
    const header = Buffer.from([0, 0, 0x81, 0x80, 0, 1, 0, found ? 1 : 0, 0, 0, 0, 0]);
    query.copy(header, 0, 0, 2);
    // the name (as in the question), A, IN, a life of 0 s, four bytes
    const record = [
      0xc0,
      HEADER_BYTES,
      0,
      TYPE_A,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      4,
      ...(found ?? '').split('.').map(Number),
    ];
    socket.send(Buffer.concat([header, question, Buffer.from(found ? record : [])]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

const unending = () => new AbortController().signal;

test('a name has the addresses that the name server tells, asked once', async (t) => {
  const nameServer = await startNameServer(t, ['93.184.215.14', '127.0.0.1']);
  const { resolve } = createNetwork({ nameServers: [nameServer] });
  assert.deepEqual(await resolve('rebind.example', unending()), ['93.184.215.14']);
  assert.deepEqual(await resolve('rebind.example', unending()), ['127.0.0.1']);
  assert.deepEqual(await resolve('rebind.example', unending()), []);
});

test('names that only this machine knows are not known', async (t) => {
  const { resolve } = createNetwork({ nameServers: [await startNameServer(t, [])] });
  assert.deepEqual(await resolve('localhost', unending()), []);
});

test('a name server that does not answer is waited for no longer than the request', async (t) => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  const { resolve } = createNetwork({ nameServers: [`127.0.0.1:${socket.address().port}`] });
  const controller = new AbortController();
  const addresses = resolve('slow.example', controller.signal);
  await once(socket, 'message');
  controller.abort();
  assert.deepEqual(await addresses, []);
});

test('a connection goes to the given address, whatever the name says elsewhere', async (t) => {
  const server = createServer((req, res) => void res.end(req.headers.host)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  const dispatcher = createNetwork().dispatcherTo(['127.0.0.1']);
  const answer = await request(`http://files.example:${port}/`, { dispatcher });
  assert.equal(await answer.body.text(), `files.example:${port}`);
  await dispatcher.destroy();
});
