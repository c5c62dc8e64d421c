import type { Lifetime } from './lifetime.ts';
import { openGate, type Place } from './gate.ts';
import { MissingRedisServer, startRedisServer } from './redis-server.ts';

/** A Redis for one test or one file of tests, with what can happen to it. */
export interface TestRedis {
  readonly url: string;
  /** Of the server itself: a `url` may lead through this process, where it shares the event loop. */
  readonly directUrl: string;
  /** It leaves its connections open and answers nothing. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** It is gone from one moment to the next, and its connections with it. */
  readonly kill: () => Promise<void>;
  /** It is back where it was; what it held may be gone. */
  readonly restart: () => Promise<void>;
}

const IMAGE = 'redis:7-bookworm';
const PORT = 6379;

/**
 * Brings a Redis from what there is: `TEST_REDIS_URL` (which other tests use at the same time), a `redis-server` on the
 * PATH, a container. It ends with the test.
 *
 * @throws an error that says what to do, when there is nothing
 */
export async function startRedis(t: Lifetime): Promise<TestRedis> {
  const url = process.env['TEST_REDIS_URL'];
  if (url) return behindGate(t, new URL(url));
  try {
    const { port, ...server } = await startRedisServer(t);
    const at = `redis://127.0.0.1:${port}`;
    return { ...server, url: at, directUrl: at };
  } catch (error) {
    if (!(error instanceof MissingRedisServer)) throw error;
  }
  const { host, port } = await startContainer(t);
  return behindGate(t, new URL(`redis://${host}:${port}`));
}

async function behindGate(t: Lifetime, url: URL): Promise<TestRedis> {
  const gate = await openGate(t, { host: url.hostname, port: Number(url.port || PORT) });
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(gate.port);
  return {
    url: through.href,
    directUrl: url.href,
    pause: gate.pause,
    resume: gate.resume,
    kill: gate.close,
    restart: gate.reopen,
  };
}

async function startContainer(t: Lifetime): Promise<Place> {
  const { GenericContainer } = await import('testcontainers'); // most of a second, for those who need it
  try {
    const container = await new GenericContainer(IMAGE).withExposedPorts(PORT).start();
    t.after(() => container.stop());
    return { host: container.getHost(), port: container.getMappedPort(PORT) };
  } catch (cause) {
    const remedies = `set TEST_REDIS_URL, put redis-server on the PATH, or start a Docker engine that has or gets ${IMAGE}`;
    throw new Error(`The tests need a Redis: ${remedies}. "npm test" as root on Debian installs it.`, {
      cause,
    });
  }
}
