import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { closeGracefully, listen, ListenError, type Listening } from '../src/lifecycle.ts';

const place = { host: '127.0.0.1', port: 0, setting: 'PORT' };
/** A server that does not end would hang a test for ever. */
const bounded = { timeout: 5_000 };

async function serve(t: TestContext, handler: RequestListener): Promise<Listening> {
  const listening = await listen(handler, place);
  t.after(() => {
    listening.server.close();
    listening.server.closeAllConnections();
  });
  return listening;
}

/** A client without a will of its own: it never closes the connection. */
async function dial(port: number, text = ''): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }).setEncoding('utf8');
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** The server has closed its side, with or without a reset. */
async function ended(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.once('end', resolve).once('error', () => resolve()));
}

const get = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

test('a free port is chosen for port 0 and told', bounded, async (t) => {
  const { port } = await serve(t, (_req, res) => void res.end('hello'));
  const socket = await dial(port, get);
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200 OK/);
});

async function allOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

for (const [what, text, status, code, message] of [
  ['that is not HTTP', 'hello\r\n\r\n', 400, 'invalid_request', 'The request is not valid HTTP.'],
  [
    'with a head that is too large',
    `GET / HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'request_too_large',
    'The request headers are too large.',
  ],
] as const) {
  test(`a request ${what} is refused in the envelope of every other error`, bounded, async (t) => {
    const { port } = await serve(t, (_req, res) => void res.end('hello'));
    const [head = '', body = ''] = (await allOf(await dial(port, text))).split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
    assert.match(head, /\r\ncontent-type: application\/json; charset=utf-8\r\n/);
    assert.match(head, new RegExp(`\\r\\ncontent-length: ${body.length}\\r\\n`));
    assert.match(head, /\r\nconnection: close$/);
    assert.deepEqual(JSON.parse(body), {
      error: { message, type: 'invalid_request_error', param: null, code },
    });
  });
}

test(
  'nothing is written into an answer that has begun, whatever comes after its request',
  bounded,
  async (t) => {
    const { port } = await serve(t, (_req, res) => void res.write('half an answer'));
    const socket = await dial(port, get);
    await once(socket, 'data');
    socket.write('hello\r\n\r\n');
    assert.equal(await allOf(socket).catch(() => ''), '');
  },
);

test('a taken port is told by a sentence with the port, the host and the setting', bounded, async (t) => {
  const { port } = await serve(t, () => {});
  await assert.rejects(
    listen(() => {}, { host: '127.0.0.1', port, setting: 'OPS_PORT' }),
    (error) => {
      assert.ok(error instanceof ListenError);
      assert.equal(
        error.message,
        `port ${port} on 127.0.0.1 is already in use; choose another with OPS_PORT`,
      );
      return true;
    },
  );
});

test('a host that is not here is told by a sentence, too', bounded, async () => {
  await assert.rejects(
    listen(() => {}, { host: '203.0.113.1', port: 0, setting: 'PORT' }),
    new ListenError('cannot listen on 203.0.113.1:0 (EADDRNOTAVAIL); see PORT and HOST'),
  );
});

test('closing ends a kept-alive connection that is idle', bounded, async (t) => {
  const { server, port } = await serve(t, (_req, res) => void res.end('hello'));
  const socket = await dial(port, get);
  await once(socket, 'data');
  const end = ended(socket);
  await closeGracefully(server);
  await end;
});

test('closing waits for a running answer and ends its connection right after', bounded, async (t) => {
  const { promise: running, resolve: begin } = Promise.withResolvers<ServerResponse>();
  const { server, port } = await serve(t, (_req, res) => {
    res.write('first ');
    begin(res);
  });
  const socket = await dial(port, get);
  let received = '';
  socket.on('data', (text) => {
    received += String(text);
  });
  const answer = await running;
  let isClosed = false;
  const closed = closeGracefully(server).then(() => {
    isClosed = true;
  });
  await assert.rejects(dial(port), { code: 'ECONNREFUSED' });
  assert.equal(isClosed, false);
  answer.end('last');
  await Promise.all([closed, ended(socket)]);
  assert.match(received, /first [^]*last/);
});

test('closing ends a connection that has never sent anything', bounded, async (t) => {
  const { server, port } = await serve(t, () => {});
  const accepted = once(server, 'connection');
  const socket = await dial(port);
  await accepted;
  const end = ended(socket);
  await closeGracefully(server);
  await end;
});

test('closing ends a connection that has sent half a head', bounded, async (t) => {
  const { server, port } = await serve(t, () => {});
  const accepted = once(server, 'connection');
  const socket = await dial(port, 'GET / HTTP/1.1\r\nhost:');
  await accepted;
  const end = ended(socket);
  await closeGracefully(server);
  await end;
});
