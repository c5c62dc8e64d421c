import { answersOf, type RedisPipeline } from '@codex-gateway/service-kit/redis-connection.ts';
import type { RedisClient } from '@codex-gateway/service-kit/redis.ts';
import { hashKey } from '../keys/api-keys.ts';
import {
  MAX_RECORD_BYTES,
  StoreAway,
  type ConversationStore,
  type RecordName,
} from './conversation-store.ts';
import { createSeals, type Seal } from './seal.ts';

export interface RedisStoreOptions {
  readonly redis: Pick<RedisClient, 'run'>;
  readonly ttlMs: number;
}

const SEALS = 1_000;

/** Records in Redis, shared by all replicas. Who reads Redis without an API key learns how many there are, and how long. */
export function createRedisConversationStore({ redis, ttlMs }: RedisStoreOptions): ConversationStore {
  const sealOf = createSeals(hashKey, SEALS);
  const send = async (
    command: string,
    fill: (pipeline: RedisPipeline) => void,
  ): Promise<readonly unknown[]> => {
    try {
      return await redis.run(command, async (client) => {
        const pipeline = client.pipeline();
        fill(pipeline);
        return answersOf(pipeline);
      });
    } catch (cause) {
      throw new StoreAway('Redis keeps no conversations now', { cause });
    }
  };
  return {
    read: async (owner, names) => {
      const found = new Map<RecordName, string>();
      if (names.length === 0) return found;
      const seal = sealOf(owner);
      const answers = await send('conversation_read', (pipeline) => {
        for (const name of names) pipeline.getexBuffer(keyOf(seal, name), 'PX', ttlMs);
      });
      for (const [index, name] of names.entries()) {
        const sealed = answers[index];
        const text = Buffer.isBuffer(sealed) ? seal.open(name, sealed) : null;
        if (text !== null) found.set(name, text);
      }
      return found;
    },
    write: async (owner, records) => {
      if (records.size === 0) return;
      const seal = sealOf(owner);
      await send('conversation_write', (pipeline) => {
        for (const [name, text] of records) {
          const key = keyOf(seal, name);
          if (Buffer.byteLength(text) > MAX_RECORD_BYTES) pipeline.del(key);
          else pipeline.set(key, seal.close(name, text), 'PX', ttlMs);
        }
      });
    },
  };
}

/** What stands in braces decides on the node of a Redis Cluster: all records of an API key are on one. */
function keyOf(seal: Seal, name: RecordName): string {
  return `codex-gateway:conversation:{${seal.owner}}:${seal.nameOf(name)}`;
}
