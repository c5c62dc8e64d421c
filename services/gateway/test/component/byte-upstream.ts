import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { head, open, type Ask } from './client.ts';
import { startStack, type Stack, type StackOptions } from './stack.ts';

/** What an upstream got. */
export interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

export type Respond = (res: ServerResponse, received: Received, count: number) => void | Promise<void>;

/** A stack in front of an upstream that is one function, asked for every POST; it knows no models. */
export async function stackBefore(
  t: TestContext,
  respond: Respond,
  options: Pick<StackOptions, 'mode' | 'keys' | 'clock' | 'environment'> = {},
): Promise<{ readonly stack: Stack; readonly received: readonly Received[] }> {
  const received: Received[] = [];
  const { server, port } = await listen(
    (req, res) => {
      void (async () => {
        const got = { path: req.url, headers: req.headers, bytes: await bytesOf(req) };
        if (req.method !== 'POST') return void res.writeHead(404).end();
        received.push(got);
        await respond(res, got, received.length);
      })();
    },
    { host: '127.0.0.1', port: 0, setting: 'PORT' },
  );
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${port}`;
  const environment = { CODEX_BASE_URL: `${url}/codex`, OPENAI_BASE_URL: `${url}/openai/v1` };
  const stack = await startStack(t, {
    ...options,
    environment: { ...environment, MAX_BODY_BYTES: '2048', ...options.environment },
  });
  return { stack, received };
}

export async function bytesOf(message: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Writes bytes in pieces that the network carries one by one. */
export async function inPieces(res: ServerResponse, bytes: Buffer, size: number): Promise<void> {
  for (let from = 0; from < bytes.length; from += size) {
    res.write(bytes.subarray(from, from + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export interface AnsweredBytes {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

/** The whole answer as it came. */
export async function sendForBytes(url: string, ask: Ask): Promise<AnsweredBytes> {
  const answer = await head(open(url, ask));
  return { status: answer.statusCode, headers: answer.headers, bytes: await bytesOf(answer) };
}
