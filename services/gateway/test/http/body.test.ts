import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { readJsonBody } from '../../src/http/body.ts';
import { serveHandler } from './served.ts';

const MAX_BYTES = 4_096;
const bounded = { timeout: 10_000 };
const value = { text: 'grüße ☃', list: [1, 2, 3] };
const json = Buffer.from(JSON.stringify(value));

function serve(t: TestContext, clock = createManualClock()) {
  return serveHandler(t, { clock, deadlineMs: 60_000 }, (scopes) => async (req, res) => {
    res.json(await readJsonBody(req, { maxBytes: MAX_BYTES, signal: scopes.of(res).signal }));
  });
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

async function post(
  url: string,
  body: Uint8Array<ArrayBuffer> | null,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const answer = await fetch(url, { method: 'POST', body, headers });
  return { status: answer.status, body: await answer.json() };
}

function refusal(message: string, code: string) {
  return { error: { message, type: 'invalid_request_error', param: null, code } };
}

const typed = { 'content-type': 'application/json' };

for (const [name, compress] of [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['GZIP', gzipSync],
] as const) {
  test(`a body in ${name} is read`, bounded, async (t) => {
    const { url } = await serve(t);
    const sent = compress(json);
    const answer = await post(url, new Uint8Array(sent), { ...typed, 'content-encoding': name });
    const received = sent.toJSON(); // as it came, and so it is passed on in raw mode
    assert.deepEqual(answer, { status: 200, body: { value, received, decoded: json.toJSON() } });
  });

  test(`a bomb in ${name} is too large, and so is nothing below it`, bounded, async (t) => {
    const { url } = await serve(t);
    const headers = { ...typed, 'content-encoding': name };
    const fitting = `"${'x'.repeat(MAX_BYTES - 2)}"`;
    const taken = await post(url, new Uint8Array(compress(Buffer.from(fitting))), headers);
    assert.equal(taken.status, 200);
    const bomb = compress(Buffer.alloc(8 * 1024 * 1024, ' '));
    const refused = await post(url, new Uint8Array(bomb.subarray(0, MAX_BYTES)), headers);
    assert.deepEqual(refused, {
      status: 413,
      body: refusal('The request body is larger than 4096 bytes.', 'request_too_large'),
    });
  });

  test(`bytes that are not ${name} are a request that cannot be read`, bounded, async (t) => {
    const { url } = await serve(t);
    const refused = await post(url, new Uint8Array(json), { ...typed, 'content-encoding': name });
    assert.deepEqual(refused, {
      status: 400,
      body: refusal(`The request body is not valid ${name.toLowerCase()}.`, 'invalid_request'),
    });
  });
}

for (const encoding of ['identity', '', ' Identity ']) {
  test(`the encoding '${encoding}' is none`, bounded, async (t) => {
    const { url } = await serve(t);
    const answer = await post(url, new Uint8Array(json), { ...typed, 'content-encoding': encoding });
    assert.equal(answer.status, 200);
  });
}

for (const encoding of ['compress', 'gzip, br', 'lzma', 'constructor', '__proto__', 'toString']) {
  test(`the encoding '${encoding}' is not supported`, bounded, async (t) => {
    const { url } = await serve(t);
    const refused = await post(url, new Uint8Array(json), { ...typed, 'content-encoding': encoding });
    const message = 'The content-encoding is not supported; use one of gzip, x-gzip, deflate, br, zstd.';
    assert.deepEqual(refused, { status: 415, body: refusal(message, 'unsupported_encoding') });
  });
}

for (const type of [
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/vnd.x+json',
  undefined,
]) {
  test(`the content type ${type} is taken`, bounded, async (t) => {
    const { url } = await serve(t);
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    assert.equal((await post(url, new Uint8Array(json), headers)).status, 200);
  });
}

for (const type of [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'json',
]) {
  test(`the content type ${type} is refused`, bounded, async (t) => {
    const { url } = await serve(t);
    assert.deepEqual(await post(url, new Uint8Array(json), { 'content-type': type }), {
      status: 400,
      body: refusal('The content-type must be application/json.', 'invalid_request'),
    });
  });
}

for (const text of ['', '{', "{'a': 1}", 'canary', '{"a":1}{"b":2}', '[1,]', '\u0000']) {
  test(`${JSON.stringify(text)} is not JSON, and is not repeated in the refusal`, bounded, async (t) => {
    const { url } = await serve(t);
    assert.deepEqual(await post(url, new Uint8Array(Buffer.from(text)), typed), {
      status: 400,
      body: refusal('The request body is not valid JSON.', 'invalid_request'),
    });
  });
}

test('a request without a body is a request without JSON', bounded, async (t) => {
  const { url } = await serve(t);
  assert.equal((await post(url, null)).status, 400);
});

async function dial(port: number, head: readonly string[]): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port }).setEncoding('latin1');
  await once(socket, 'connect');
  socket.write(['POST / HTTP/1.1', 'host: x', ...head, '', ''].join('\r\n'));
  return socket;
}

/** The text that arrives until it holds `end`. */
async function read(socket: Socket, end: string): Promise<string> {
  let received = '';
  while (!received.includes(end)) received += String((await once(socket, 'data'))[0]);
  return received;
}

test('a body whose length is too large is refused before a byte of it is sent', bounded, async (t) => {
  const { port } = await serve(t);
  const socket = await dial(port, ['content-length: 4097']);
  assert.match(await read(socket, '}}'), /^HTTP\/1\.1 413 /);
  socket.destroy();
});

test(
  'a body that grows too large is refused before it ends, and its connection serves on when it has ended',
  bounded,
  async (t) => {
    const { port } = await serve(t);
    const socket = await dial(port, ['transfer-encoding: chunked']);
    socket.write(`1001\r\n${'x'.repeat(4_097)}\r\n`);
    const refused = await read(socket, '}}');
    assert.match(refused, /^HTTP\/1\.1 413 /);
    assert.doesNotMatch(refused, /connection: close/i);
    for (let count = 0; count < 100; count++) socket.write(`1000\r\n${'x'.repeat(4_096)}\r\n`);
    socket.write('0\r\n\r\nPOST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}');
    assert.match(await read(socket, 'decoded'), /^HTTP\/1\.1 200 /);
    socket.destroy();
  },
);

test('a body that never ends is not read for ever after its refusal', bounded, async (t) => {
  const clock = createManualClock();
  const { port } = await serve(t, clock);
  const socket = await dial(port, ['transfer-encoding: chunked']);
  socket.write(`1001\r\n${'x'.repeat(4_097)}\r\n`);
  await read(socket, '}}');
  const closed = new Promise((resolve) => socket.once('close', resolve).once('error', () => {}));
  clock.advance(30_000);
  await closed;
});

test('a body that does not come is waited for until the deadline of the request', bounded, async (t) => {
  const clock = createManualClock();
  const { port } = await serve(t, clock);
  const socket = await dial(port, ['content-length: 10', 'expect: 100-continue']);
  await read(socket, '100 Continue');
  clock.advance(60_000);
  const late = await read(socket, '}}');
  assert.match(late, /^HTTP\/1\.1 504 /);
  assert.match(late, /"code":"upstream_timeout"/);
  socket.destroy();
});

test('a client that leaves in the middle of its body is gone, not a fault of ours', bounded, async (t) => {
  const served = await serve(t);
  const socket = await dial(served.port, ['content-length: 10', 'expect: 100-continue']);
  await read(socket, '100 Continue');
  socket.destroy();
  await served.untilFinished(1);
  assert.deepEqual(
    served.finished.map(({ outcome, scope }) => [outcome, scope.record.fault]),
    [['client_gone', null]],
  );
});
