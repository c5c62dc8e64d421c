import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { request } from 'undici';
import { createHttpClient, type HttpClientOptions } from '../src/http-client.ts';

const bounded = { timeout: 10_000 };

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port; // a TCP server has an address, not a path
}

/** A target, and a proxy that notes where it was asked to lead. */
async function serve(t: TestContext) {
  const port = await listening(
    t,
    createServer((_req, res) => void res.end('target')),
  );
  const led: string[] = [];
  const proxy = createServer((req, res) => {
    led.push(req.url ?? '');
    res.end('through the proxy');
  });
  proxy.on('connect', (req, socket) => {
    led.push(req.url ?? '');
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => {});
    socket.on('error', () => {});
    t.after(() => onward.destroy());
  });
  const proxyPort = await listening(t, proxy);
  return { target: `http://127.0.0.1:${port}/`, proxy: `http://127.0.0.1:${proxyPort}`, led, port };
}

async function get(t: TestContext, url: string, options: Partial<HttpClientOptions> = {}): Promise<number> {
  const dispatcher = createHttpClient({ connectTimeoutMs: 5_000, idleTimeoutMs: 5_000, ...options });
  t.after(() => dispatcher.destroy());
  const { statusCode, body } = await request(url, { dispatcher });
  await body.dump();
  return statusCode;
}

test('without a proxy the way is direct', bounded, async (t) => {
  const { target, led } = await serve(t);
  assert.equal(await get(t, target), 200);
  assert.deepEqual(led, []);
});

test('with a proxy every way leads through it, except to the hosts that need none', bounded, async (t) => {
  const { target, proxy, led, port } = await serve(t);
  assert.equal(await get(t, target, { httpsProxy: proxy }), 200);
  assert.equal(led.length, 1);
  assert.ok(led[0]?.includes(`127.0.0.1:${port}`), led[0]);
  assert.equal(await get(t, target, { httpsProxy: proxy, noProxy: 'other,127.0.0.1' }), 200);
  assert.equal(led.length, 1);
});

test('a proxy of the environment is not used unasked', bounded, async (t) => {
  const { target, led } = await serve(t);
  assert.equal(await get(t, target, { noProxy: 'other' }), 200);
  assert.deepEqual(led, []);
});

test('a target that is not there fails with its code', bounded, async (t) => {
  await assert.rejects(get(t, 'http://127.0.0.1:1/'), { code: 'ECONNREFUSED' });
});

test(
  'silence ends a request after the idle time, before the head and inside the body',
  bounded,
  async (t) => {
    const silent = await listening(
      t,
      createServer(() => {}),
    );
    const idle = { idleTimeoutMs: 50 };
    await assert.rejects(get(t, `http://127.0.0.1:${silent}/`, idle), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    const half = await listening(
      t,
      createServer((_req, res) => void res.write('half')),
    );
    const dispatcher = createHttpClient({ connectTimeoutMs: 5_000, ...idle });
    t.after(() => dispatcher.destroy());
    const { body } = await request(`http://127.0.0.1:${half}/`, { dispatcher });
    await assert.rejects(body.text(), { code: 'UND_ERR_BODY_TIMEOUT' });
  },
);

test('one connection carries one request at a time', bounded, async (t) => {
  const sockets = new Set<unknown>();
  const open: (() => void)[] = [];
  const port = await listening(
    t,
    createServer((req, res) => {
      sockets.add(req.socket);
      open.push(() => res.end());
      if (open.length === 5) for (const end of open) end();
    }),
  );
  const dispatcher = createHttpClient({ connectTimeoutMs: 5_000, idleTimeoutMs: 5_000 });
  t.after(() => dispatcher.destroy());
  const answers = Array.from({ length: 5 }, async () =>
    (await request(`http://127.0.0.1:${port}/`, { dispatcher })).body.dump(),
  );
  await Promise.all(answers);
  assert.equal(sockets.size, 5);
});
