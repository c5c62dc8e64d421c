import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Lifetime } from './lifetime.ts';
import { freePort, startRedisServer } from './redis-server.ts';

const MASTERS = 3;
const run = promisify(execFile);

/** Starts a Redis Cluster of three masters with the `redis-server` and the `redis-cli` of the PATH; returns its URL. */
export async function startRedisCluster(t: Lifetime): Promise<string> {
  const nodes = await Promise.all(Array.from({ length: MASTERS }, () => startNode(t)));
  await run('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes']);
  return `redis+cluster://${nodes.join(',')}`;
}

/** By default nodes talk to each other on a port that is higher by 10,000, which may be none. */
async function startNode(t: Lifetime): Promise<string> {
  const busPort = await freePort();
  const { port } = await startRedisServer(t, ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)]);
  return `127.0.0.1:${port}`;
}
