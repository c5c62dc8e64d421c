import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { systemClock } from '@codex-gateway/service-kit/clock.ts';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { postOnce, type OnePost } from '../src/oauth/post-once.ts';

/** A server of raw bytes: `serve` gets each connection and what has arrived on it. */
async function startServer(t: TestContext, serve: (socket: Socket, received: string) => void) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let received = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => serve(socket, (received += chunk.toString())));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${address.port}/oauth/token`, connections: () => connections, server };
}

function createClient(t: TestContext, proxy?: string) {
  const client = createHttpClient({ connectTimeoutMs: 2_000, idleTimeoutMs: 2_000, httpsProxy: proxy });
  t.after(() => client.destroy());
  return client;
}

const post = (url: string): OnePost => ({
  url,
  headers: { 'content-type': 'application/json' },
  body: '{"refresh_token":"rt-1"}',
  timeoutMs: 25_000,
});

test('an answer comes back with its status and text', async (t) => {
  const { url } = await startServer(t, (socket, received) => {
    if (received.endsWith('}')) socket.end('HTTP/1.1 418 Teapot\r\ncontent-length: 5\r\n\r\nshort');
  });
  assert.deepEqual(await postOnce(createClient(t), systemClock, post(url)), {
    kind: 'answer',
    status: 418,
    text: 'short',
  });
});

test('a refused connection was surely not used', async (t) => {
  const { url, server } = await startServer(t, () => {});
  server.close();
  assert.deepEqual(await postOnce(createClient(t), systemClock, post(url)), {
    kind: 'unsent',
    code: 'ECONNREFUSED',
  });
});

test('a proxy that refuses the tunnel, and a TLS handshake that fails, sent nothing', async (t) => {
  const proxy = await startServer(t, (socket) =>
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
  );
  const noTls = await startServer(t, (socket) => socket.end('this is no TLS'));
  const tunnelled = await postOnce(
    createClient(t, new URL(proxy.url).origin),
    systemClock,
    post('https://issuer.invalid/oauth/token'),
  );
  const handshake = await postOnce(createClient(t), systemClock, post(noTls.url.replace('http:', 'https:')));
  assert.deepEqual([tunnelled.kind, handshake.kind], ['unsent', 'unsent']);
});

test('a connection that ends without an answer leaves the request lost, and it is not sent again', async (t) => {
  const { url, connections } = await startServer(t, (socket) => socket.destroy());
  assert.deepEqual(await postOnce(createClient(t), systemClock, post(url)), { kind: 'lost', cause: 'reset' });
  assert.equal(connections(), 1);
});

test('half an answer of success is lost, half a refusal is a refusal', async (t) => {
  const answers = ['200 OK', '503 Unavailable'];
  const results = await Promise.all(
    answers.map(async (answer) => {
      const { url } = await startServer(t, (socket) => {
        socket.write(`HTTP/1.1 ${answer}\r\ncontent-length: 100\r\n\r\n{"access`, () => socket.destroy());
      });
      return postOnce(createClient(t), systemClock, post(url));
    }),
  );
  assert.deepEqual(results, [
    { kind: 'lost', cause: 'reset' },
    { kind: 'answer', status: 503, text: '' },
  ]);
});

test('an answer that does not end is cut and lost', async (t) => {
  const { url } = await startServer(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const block = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
    const more = () => {
      if (!socket.destroyed) socket.write(block, more);
    };
    more();
  });
  assert.deepEqual(await postOnce(createClient(t), systemClock, post(url)), { kind: 'lost', cause: 'reset' });
});

test('after the deadline a request is lost when it went out, unsent when it did not, and it does not go out later', async (t) => {
  const clock = createManualClock();
  const arrival = Promise.withResolvers<Socket>();
  const silent = await startServer(t, arrival.resolve);
  const sent = postOnce(createClient(t), clock, post(silent.url));
  await arrival.promise;
  clock.advance(25_000);
  assert.deepEqual(await sent, { kind: 'lost', cause: 'timeout' });

  const later = await startServer(t, () => assert.fail('sent after the deadline'));
  const client = createClient(t);
  const unsent = postOnce(client, clock, post(later.url));
  clock.advance(25_000);
  assert.equal((await unsent).kind, 'unsent');
  const [socket] = await once(later.server, 'connection');
  await once(socket, 'close');
});
