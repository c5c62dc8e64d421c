import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Lifetime } from './lifetime.ts';

const REDIS_SERVER = 'redis-server';

export class MissingRedisServer extends Error {
  constructor(cause: unknown) {
    super(`There is no ${REDIS_SERVER} on the PATH. "npm test" as root on Debian installs it.`, { cause });
  }
}

/** A `redis-server` of one test, on a port of its own. */
export interface RedisServer {
  readonly port: number;
  /** Leaves its connections open and answers nothing. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly kill: () => Promise<void>;
  /** Starts it again where it was, with nothing in it. */
  readonly restart: () => Promise<void>;
}

type Child = ChildProcessByStdio<null, Readable, null>;

/** Ports are looked for before they are taken: another process may be faster. */
const PORT_TRIES = 5;
const isReady = /Ready to accept connections|Sentinel ID is/;

/**
 * Starts the `redis-server` of the PATH with these arguments behind our own; it ends with the test.
 *
 * @throws MissingRedisServer, or an error with its last words
 */
export async function startRedisServer(t: Lifetime, moreArgs: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const launch = (port: number): Promise<Child> =>
    spawnServer([...moreArgs, '--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']);
  let { child, port } = await onFreePort(launch);
  const kill = async (): Promise<void> => {
    const isRunning = child.exitCode === null && child.signalCode === null;
    if (isRunning && child.kill('SIGKILL')) await once(child, 'exit');
  };
  const killNow = (): void => void child.kill('SIGKILL');
  process.on('exit', killNow);
  t.after(async () => {
    process.off('exit', killNow);
    await kill();
  });
  return {
    port,
    kill,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    restart: async () => {
      child = await launch(port);
    },
  };
}

async function onFreePort(launch: (port: number) => Promise<Child>): Promise<{ child: Child; port: number }> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    try {
      return { child: await launch(port), port };
    } catch (error) {
      const isTaken = error instanceof Error && error.message.includes('Address already in use');
      if (!isTaken || tries === PORT_TRIES) throw error;
    }
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server has an address, not a path
  server.close();
  await once(server, 'close');
  return port;
}

function spawnServer(args: readonly string[]): Promise<Child> {
  const child = spawn(REDIS_SERVER, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new MissingRedisServer(error)));
    child.once('exit', () => reject(new Error(`${REDIS_SERVER} ended before it was ready:\n${said}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (isReady.test(said)) resolve(child);
    });
  });
}
