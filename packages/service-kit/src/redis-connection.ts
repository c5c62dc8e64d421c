import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type ChainableCommander, type RedisOptions } from 'ioredis';
import type { RedisAddress, RedisHost } from './redis-address.ts';

/** One server (found by sentinels, perhaps) or the nodes of a cluster: the same commands for both. */
export type RedisCommands = Redis | Cluster;

export type { ChainableCommander as RedisPipeline } from 'ioredis';

/** A connection attempt, and the silence of a server that owes an answer; then another connection is made. */
const SILENCE_MS = 2_000;
/** A connection that is not needed any more waits this long for the other side to close it too. */
const GOODBYE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

const pause = (attempt: number): number => Math.min(25 * 2 ** attempt, LONGEST_PAUSE_MS);

/**
 * What ioredis does by itself is to connect again, for ever. It keeps no command for later and sends none twice: who
 * sent it has long been told that it failed, and may have acted on that.
 */
const options = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0, // of commands without an answer when the connection is lost: they fail at once
  autoResendUnfulfilledCommands: false,
  retryStrategy: pause,
  // a master that has become a replica keeps its connections
  reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  connectTimeout: SILENCE_MS,
  socketTimeout: SILENCE_MS,
  sentinelCommandTimeout: SILENCE_MS,
  disconnectTimeout: GOODBYE_MS,
  disableClientInfo: true,
} as const satisfies RedisOptions;

/** Makes a client that is not connected yet. */
export function createConnection(address: RedisAddress): RedisCommands {
  const { kind, hosts, masterName: name, database: db } = address;
  const access = accessOf(address);
  switch (kind) {
    case 'single':
      return new Redis({ ...options, ...access, ...hosts[0], db });
    case 'sentinel':
      return new Redis({
        ...options,
        ...access,
        ...sentinelAccess(access),
        sentinels: [...hosts],
        name: name ?? '',
        db,
      });
    case 'cluster':
      return createCluster(hosts, access);
  }
}

interface Access {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: ConnectionOptions;
}

function accessOf({ username, password, tls }: RedisAddress): Access {
  return {
    ...(username !== null && { username }),
    ...(password && { password: password.reveal() }),
    ...(tls && { tls: {} }),
  };
}

/** Sentinels that want a password want the same one; the others do not mind. They know no users. */
function sentinelAccess({ password, tls }: Access) {
  return {
    ...(password !== undefined && { sentinelPassword: password }),
    ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  };
}

/**
 * Connections to nodes are made when a command is for them: that one has to wait for it, so here commands are queued. Who
 * holds a slot is learned from the first node that does not (`MOVED`); `slotsRefreshInterval` would be a timer that can
 * outlive `disconnect` (one that comes while the cluster answers), and keep the process from its end.
 */
function createCluster(hosts: readonly RedisHost[], access: Access): Cluster {
  const { lazyConnect, retryStrategy, enableOfflineQueue: _, ...nodeOptions } = options;
  return new Cluster([...hosts], {
    lazyConnect,
    clusterRetryStrategy: retryStrategy,
    // commands are not sent twice, also not to another node
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // certificates are for names: those of the nodes must not become numbers
    ...(access.tls && { dnsLookup: (host, callback) => callback(null, host) }),
    redisOptions: { ...nodeOptions, ...access },
  });
}

/**
 * The answers to the commands of a pipeline, in its order.
 *
 * @throws the first error among them
 */
export async function answersOf(pipeline: ChainableCommander): Promise<readonly unknown[]> {
  const results = (await pipeline.exec()) ?? [];
  return results.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
}
