import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { TokensReply } from '@codex-gateway/wire/broker/contract.ts';
import { createBrokerApi, type BrokerProof } from '../../src/tokens/broker-api.ts';
import { servedAccount } from '../served-account.ts';

const bounded = { timeout: 10_000 };

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

async function serve(
  t: TestContext,
  answer: (res: ServerResponse) => void,
  proof: BrokerProof = { secret: new Secret('s3cret') },
) {
  const received: Received[] = [];
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of req.setEncoding('utf8')) body += String(chunk);
    received.push({ method: req.method, url: req.url, authorization: req.headers.authorization, body });
    answer(res);
  };
  const place = { host: '127.0.0.1', port: 0, setting: 'PORT' };
  const { server, port } = await listen((req, res) => void handle(req, res), place);
  const dispatcher = createHttpClient({ connectTimeoutMs: 5_000, idleTimeoutMs: 5_000 });
  t.after(async () => {
    await dispatcher.destroy();
    server.close();
    server.closeAllConnections();
  });
  return { api: createBrokerApi({ url: `http://127.0.0.1:${port}`, proof, dispatcher }), received };
}

const reply: TokensReply = { accounts: [servedAccount('default')], unavailable: [], refreshAfterSeconds: 60 };

test('tokens are asked for with the secret, and read as agreed', bounded, async (t) => {
  const { api, received } = await serve(t, (res) => void res.end(JSON.stringify({ ...reply, added: 1 })));
  assert.deepEqual(await api.tokens(), reply);
  assert.deepEqual(received, [
    { method: 'POST', url: '/v1/tokens', authorization: 'Bearer s3cret', body: '{}' },
  ]);
});

test('a token in a file is read for every call, since it is replaced while we run', bounded, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'codex-gateway-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'token');
  const { api, received } = await serve(t, (res) => void res.end(JSON.stringify(reply)), { file });
  for (const token of ['first', 'second']) {
    await writeFile(file, `${token}\n`);
    await api.tokens();
  }
  assert.deepEqual(
    received.map(({ authorization }) => authorization),
    ['Bearer first', 'Bearer second'],
  );
});

test('a rejection names account and fingerprint, never the token', bounded, async (t) => {
  const { api, received } = await serve(t, (res) => void res.end('{"result":"refreshed"}'));
  const account = servedAccount('a-b');
  assert.deepEqual(await api.reject(account), { result: 'refreshed' });
  assert.deepEqual(received, [
    {
      method: 'POST',
      url: '/v1/tokens/a-b/reject',
      authorization: 'Bearer s3cret',
      body: JSON.stringify({ fingerprint: account.fingerprint }),
    },
  ]);
});

for (const status of [401, 403, 404, 500, 503]) {
  test(`a broker that answers ${status} is an error with that code`, bounded, async (t) => {
    const { api } = await serve(t, (res) => void res.writeHead(status).end('canary'));
    await assert.rejects(api.tokens(), (error) => {
      assert.equal(errorCode(error), `STATUS_${status}`);
      return error instanceof Error && !error.message.includes('canary');
    });
  });
}

for (const [what, text] of [
  ['HTML', '<html>'],
  ['another object', '{"accounts":{}}'],
  ['an account without a token', JSON.stringify({ ...reply, accounts: [{ alias: 'x' }] })],
] as const) {
  test(`a broker that answers with ${what} has not answered`, bounded, async (t) => {
    const { api } = await serve(t, (res) => void res.end(text));
    await assert.rejects(api.tokens());
  });
}
