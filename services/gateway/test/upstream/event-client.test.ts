import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { codexRequest } from '@codex-gateway/wire/codex/request.ts';
import { codexBackend } from '@codex-gateway/wire/codex/upstream.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import { codexEndpoint, toAccount } from '../../src/upstream/codex-upstream.ts';
import { createEventClient, type UpstreamResult } from '../../src/upstream/event-client.ts';
import { neverSent } from '../../src/upstream/post.ts';
import { VERSION } from '../../src/version.ts';
import { faultOf } from '../fault-of.ts';
import { servedAccount } from '../served-account.ts';

const bounded = { timeout: 10_000 };

const request = codexRequest(
  {
    model: 'gpt-5.5',
    instructions: 'Be brief.',
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'grüße ☃' }] }],
    tools: [],
    toolChoice: undefined,
    parallelToolCalls: true,
    reasoning: {},
    text: {},
    include: [],
    promptCacheKey: 'cache-key',
    serviceTier: undefined,
  },
  codexBackend,
);

function frame(type: string, more: Readonly<Record<string, unknown>> = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

const created = frame('response.created', { response: { id: 'resp_1' } });
const completed = frame('response.completed', { response: { id: 'resp_1' } });
function delta(text: string): string {
  return frame('response.output_text.delta', { output_index: 0, content_index: 0, delta: text });
}

type Handler = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

/** A client in front of an upstream that is one handler. */
async function create(t: TestContext, handler: Handler, idleTimeoutMs = 60_000) {
  const { server, port } = await listen((req, res) => void handler(req, res), {
    host: '127.0.0.1',
    port: 0,
    setting: 'PORT',
  });
  const dispatcher = createHttpClient({ connectTimeoutMs: 5_000, idleTimeoutMs });
  t.after(async () => {
    await dispatcher.destroy();
    server.close();
    server.closeAllConnections();
  });
  const counted: string[] = [];
  const head = Promise.withResolvers<void>();
  const client = createEventClient({
    endpoint: codexEndpoint({
      baseUrl: `http://127.0.0.1:${port}/codex`,
      clientVersion: '0.169.0',
      dispatcher,
    }),
    countCall: (code) => {
      counted.push(code);
      head.resolve();
    },
    countOddEvent: (kind) => void counted.push(kind),
    noteFailure: (alias, fault) => void counted.push(`${alias} ${fault.kind}`),
  });
  const controller = new AbortController();
  const call = (account = servedAccount('default')): Promise<UpstreamResult> =>
    client({
      request,
      account: toAccount(account, { reject: async () => {} }),
      requestId: 'req_1',
      turnState: null,
      signal: controller.signal,
    });
  return { call, counted, controller, server, untilHead: head.promise };
}

async function typesOf(result: UpstreamResult): Promise<readonly string[]> {
  return (await readAll(result)).flat().map(({ type }) => type);
}

async function readAll(result: UpstreamResult) {
  assert.equal(result.kind, 'stream');
  const batches = [];
  if (result.kind === 'stream')
    for (let next = await result.batches.next(); !next.done; next = await result.batches.next())
      batches.push(next.value);
  return batches;
}

async function textOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) text += String(chunk);
  return text;
}

test('a request is one POST that says honestly who asks', bounded, async (t) => {
  const received = Promise.withResolvers<{ req: IncomingMessage; body: string }>();
  const { call, counted } = await create(t, async (req, res) => {
    received.resolve({ req, body: await textOf(req) });
    res.setHeader('x-request-id', 'up_9').end(created + completed);
  });
  const result = await call();
  assert.equal(result.kind === 'stream' && result.requestId, 'up_9');
  const { req, body } = await received.promise;
  const { host, 'content-length': length, ...headers } = req.headers;
  assert.deepEqual([req.method, req.url, body], ['POST', '/codex/responses', JSON.stringify(request)]);
  assert.deepEqual([typeof host, length], ['string', String(Buffer.byteLength(body))]);
  assert.deepEqual(headers, {
    authorization: 'Bearer token-default-1',
    'chatgpt-account-id': 'acct-default',
    originator: 'codex_gateway',
    'user-agent': `codex-gateway/${VERSION}`,
    version: '0.169.0',
    'x-client-request-id': 'req_1',
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'session-id': 'cache-key',
    connection: 'keep-alive',
  });
  assert.deepEqual([await typesOf(result), counted], [['response.created', 'response.completed'], ['200']]);
});

test(
  'a failure at the end of an answer is noted of the account, how far the answer has ever come',
  bounded,
  async (t) => {
    const { call, counted } = await create(t, (_req, res) => {
      const error = { type: 'usage_limit_reached', message: 'Used up.' };
      res.end(created + delta('Half') + frame('error', { error }));
    });
    await typesOf(await call());
    assert.deepEqual(counted, ['200', 'default usage_limit_reached']);
  },
);

test('an account without a workspace id sends none', bounded, async (t) => {
  const received = Promise.withResolvers<IncomingMessage>();
  const { call } = await create(t, (req, res) => {
    received.resolve(req);
    res.end(completed);
  });
  await typesOf(await call(servedAccount('default', { accountId: null })));
  assert.equal('chatgpt-account-id' in (await received.promise).headers, false);
});

test(
  'one read of the network is one batch, and events are whole wherever the network cut them',
  bounded,
  async (t) => {
    const bytes = Buffer.from(created + delta('grüße ☃ 𝄞') + completed);
    const { call } = await create(t, async (_req, res) => {
      for (let at = 0; at < bytes.length; at++) {
        res.write(bytes.subarray(at, at + 1));
        if (at % 40 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      res.end();
    });
    const events = (await readAll(await call())).flat();
    assert.deepEqual(
      events.map(({ type }) => type),
      ['response.created', 'response.output_text.delta', 'response.completed'],
    );
    assert.ok(events[1] && 'delta' in events[1]);
    assert.equal(events[1].delta, 'grüße ☃ 𝄞');
  },
);

test('odd events are counted and handed on', bounded, async (t) => {
  const text = `${created}data: {broken\n\n${frame('response.invented')}: comment\n\ndata: [DONE]\n\n${completed}`;
  const { call, counted } = await create(t, (_req, res) => void res.end(text));
  assert.deepEqual(await typesOf(await call()), [
    'response.created',
    'malformed',
    'other',
    'response.completed',
  ]);
  assert.deepEqual(counted, ['200', 'malformed', 'other']);
});

test(
  'an answer is over at its last event, whatever the connection does, and the connection is let go',
  bounded,
  async (t) => {
    const closed = Promise.withResolvers<void>();
    const { call } = await create(t, (_req, res) => {
      res.on('close', closed.resolve);
      res.write(created + completed);
    });
    assert.deepEqual(await typesOf(await call()), ['response.created', 'response.completed']);
    await closed.promise;
  },
);

test('after a whole answer the connection serves the next one', bounded, async (t) => {
  const ports = new Set<number | undefined>();
  const { call } = await create(t, (req, res) => {
    ports.add(req.socket.remotePort);
    res.write(created + completed);
    setImmediate(() => res.end());
  });
  for (let count = 0; count < 3; count++) {
    await typesOf(await call());
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(ports.size, 1);
});

test('a cut after any event is an error of the upstream, never an end', bounded, async (t) => {
  for (const how of ['end', 'reset'] as const) {
    const { call } = await create(t, (_req, res) => {
      res.write(created + delta('a'));
      setImmediate(() => (how === 'end' ? res.end() : res.destroy()));
    });
    const result = await call();
    if (how === 'end')
      assert.deepEqual(await typesOf(result), ['response.created', 'response.output_text.delta']);
    else
      assert.deepEqual(await faultOf(readAll(result)), {
        kind: 'upstream_error',
        message: 'The upstream broke off its answer.',
      });
  }
});

test('silence before the head and inside the answer is a timeout', bounded, async (t) => {
  const silent = await create(t, () => {}, 50);
  const before: Fault = { kind: 'upstream_timeout', message: 'The upstream did not answer in time.' };
  assert.deepEqual(await faultOf(silent.call()), before);
  assert.deepEqual(silent.counted, ['UND_ERR_HEADERS_TIMEOUT']);
  const stalling = await create(t, (_req, res) => void res.write(created), 50);
  const inside: Fault = { kind: 'upstream_timeout', message: 'The upstream went silent.' };
  assert.deepEqual(await faultOf(readAll(await stalling.call())), inside);
});

test(
  'an upstream that is not there is told by its code, and such a request may be sent again',
  bounded,
  async (t) => {
    const { call, server, counted } = await create(t, () => {});
    await new Promise((resolve) => server.close(resolve));
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof FaultError);
      assert.deepEqual(error.fault, {
        kind: 'upstream_unavailable',
        message: 'The upstream cannot be reached (ECONNREFUSED).',
      });
      return neverSent(error);
    });
    assert.deepEqual(counted, ['ECONNREFUSED']);
  },
);

test('a connection that is reset before an answer may have carried the request', bounded, async (t) => {
  const { call } = await create(t, (req) => void req.socket.destroy());
  await assert.rejects(call(), (error) => {
    assert.ok(error instanceof FaultError);
    assert.equal(error.fault.kind, 'upstream_unavailable');
    return !neverSent(error);
  });
});

test(
  'a request that ends before, in and after the head is given up with its own reason, and the upstream sees it',
  bounded,
  async (t) => {
    const gone: Fault = { kind: 'client_gone', message: 'The client has left.' };
    const seen = Promise.withResolvers<ServerResponse>();
    const waiting = await create(t, (_req, res) => seen.resolve(res));
    const head = faultOf(waiting.call());
    const closed = once(await seen.promise, 'close');
    waiting.controller.abort(new FaultError(gone));
    assert.deepEqual(await head, gone);
    await closed;

    const began = Promise.withResolvers<ServerResponse>();
    const streaming = await create(t, (_req, res) => {
      res.write(created);
      began.resolve(res);
    });
    const result = await streaming.call();
    assert.ok(result.kind === 'stream');
    await result.batches.next();
    const next = faultOf(result.batches.next());
    const cut = once(await began.promise, 'close');
    streaming.controller.abort(new FaultError(gone));
    assert.deepEqual(await next, gone);
    await cut;
  },
);

test('who stops reading in the middle ends the upstream', bounded, async (t) => {
  const began = Promise.withResolvers<ServerResponse>();
  const { call } = await create(t, (_req, res) => {
    res.write(created);
    began.resolve(res);
  });
  const result = await call();
  assert.ok(result.kind === 'stream');
  await result.batches.next();
  const cut = once(await began.promise, 'close');
  await result.batches.return?.();
  await cut;
});

test('a refusal is read from status, body and retry-after', bounded, async (t) => {
  const body = JSON.stringify({
    error: { message: 'Slow down.', type: 'requests', code: 'rate_limit_exceeded' },
  });
  const { call, counted } = await create(t, (_req, res) => {
    res.writeHead(429, { 'retry-after': '7', 'content-type': 'application/json' }).end(body);
  });
  const result = await call();
  assert.ok(result.kind === 'refused');
  assert.deepEqual(result.refusal, {
    fault: {
      kind: 'upstream_refused',
      message: 'Slow down.',
      status: 429,
      type: 'requests',
      code: 'rate_limit_exceeded',
      param: null,
      retryAfterSeconds: 7,
    },
    remedy: 'none',
  });
  assert.deepEqual(counted, ['429']);
});

for (const [status, kind] of [
  [500, 'upstream_error'],
  [204, 'upstream_error'],
  [302, 'upstream_error'],
  [404, 'upstream_error'],
] as const) {
  test(`a ${status} without a word of the API is an error of the upstream`, bounded, async (t) => {
    const { call } = await create(t, (_req, res) => void res.writeHead(status, { location: '/' }).end());
    const result = await call();
    assert.equal(result.kind === 'refused' && result.refusal.fault.kind, kind);
  });
}

test(
  'a refusal that is endless is cut, one that breaks off or stalls is an error of the upstream',
  bounded,
  async (t) => {
    const endless = await create(t, (_req, res) => {
      res.writeHead(500);
      const more = (): void =>
        void (res.write('x'.repeat(65_536)) ? setImmediate(more) : res.once('drain', more));
      more();
      res.on('close', () => res.removeAllListeners('drain'));
    });
    const cut = await endless.call();
    assert.equal(cut.kind === 'refused' && cut.refusal.fault.kind, 'upstream_error');

    const broken = await create(t, (_req, res) => {
      res.writeHead(429, { 'content-length': '1000' }).write('{');
      setImmediate(() => res.destroy());
    });
    assert.equal((await faultOf(broken.call())).kind, 'upstream_error');

    const stalled = await create(t, (_req, res) => void res.writeHead(429).write('{'), 50);
    assert.equal((await faultOf(stalled.call())).kind, 'upstream_timeout');
  },
);

test('a client that leaves while a refusal is read is gone', bounded, async (t) => {
  const { call, controller, untilHead } = await create(t, (_req, res) => void res.writeHead(429).write('{'));
  const fault = faultOf(call());
  await untilHead;
  const gone: Fault = { kind: 'client_gone', message: 'The client has left.' };
  controller.abort(new FaultError(gone));
  assert.deepEqual(await fault, gone);
});
