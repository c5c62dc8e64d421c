import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { TestContext } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { parseRedisAddress } from '@codex-gateway/service-kit/redis-address.ts';
import { createConnection, type RedisCommands } from '@codex-gateway/service-kit/redis-connection.ts';
import { createRedis } from '@codex-gateway/service-kit/redis.ts';
import type { ConversationStore } from '../../src/conversation/conversation-store.ts';
import { createRedisConversationStore } from '../../src/conversation/redis-store.ts';
import { captureLog } from '../log-capture.ts';

export interface RedisRig {
  readonly store: ConversationStore;
  /** Every command that the store has sent, with its failure. */
  readonly commands: readonly string[];
  /** The next time that Redis is found again. */
  readonly untilBack: () => Promise<void>;
  /** Redis itself, past the store. */
  readonly redis: RedisCommands;
  /** The keys of conversations, of all owners. */
  readonly keys: () => Promise<readonly string[]>;
  readonly advance: (byMs: number) => Promise<void>;
}

/** A connection that no deadline guards. */
export async function connectTo(t: TestContext, url: string): Promise<RedisCommands> {
  const address = parseRedisAddress(url);
  assert.ok(address);
  const redis = createConnection(address);
  redis.on('error', () => {}); // it goes on trying
  t.after(() => redis.disconnect());
  redis.connect().catch(() => {});
  await new Promise((resolve) => redis.once('ready', resolve));
  return redis;
}

/** A conversation store in this Redis; its clock stands still, so no deadline passes. */
export async function redisRig(t: TestContext, url: string, ttlMs: number): Promise<RedisRig> {
  const address = parseRedisAddress(url);
  assert.ok(address);
  const commands: string[] = [];
  const changes = new EventEmitter();
  const client = createRedis({
    address,
    use: 'conversations',
    deadlineMs: 1000,
    clock: createManualClock(),
    logger: captureLog().logger,
    onCommand: ({ name, failure }) => {
      if (name !== 'ping') commands.push(failure === null ? name : `${name} ${failure}`);
    },
    onChange: (isAway) => void changes.emit(isAway ? 'away' : 'back'),
  });
  t.after(client.start());
  const redis = await connectTo(t, url);
  const keys = async (): Promise<readonly string[]> => {
    const nodes = 'nodes' in redis ? redis.nodes('master') : [redis];
    return (await Promise.all(nodes.map(async (node) => node.keys('codex-gateway:conversation:*')))).flat();
  };
  return {
    store: createRedisConversationStore({ redis: client, ttlMs }),
    commands,
    untilBack: async () => void (await once(changes, 'back')),
    redis,
    keys,
    // Redis's own clock cannot be moved, but the end of every record can; those of other tests live longer
    advance: async (byMs) => {
      for (const key of await keys()) {
        const left = await redis.pttl(key);
        if (left <= ttlMs) await redis.pexpire(key, left - byMs);
      }
    },
  };
}
