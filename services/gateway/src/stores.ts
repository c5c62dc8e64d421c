import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { createRedis, type RedisClient } from '@codex-gateway/service-kit/redis.ts';
import type { GatewayConfig } from './config.ts';
import type { ConversationStore } from './conversation/conversation-store.ts';
import { createConversations, forgetful, type Conversations } from './conversation/conversations.ts';
import { createMemoryConversationStore } from './conversation/memory-store.ts';
import { createRedisConversationStore } from './conversation/redis-store.ts';
import type { LimitStore } from './limits/limit-store.ts';
import { createMemoryLimitStore } from './limits/memory-store.ts';
import type { Metrics } from './metrics.ts';

export interface StoreDeps {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What is kept from one request to the next: in this process, or in Redis for all replicas. */
export interface Stores {
  readonly conversations: Conversations;
  readonly limits: LimitStore;
  /** Begins to connect; the returned function ends it. */
  readonly start: () => () => void;
}

/** The most that conversations take of this process's memory. */
const CONVERSATIONS_BYTES = 64 * 1024 * 1024;

/**
 * A request that goes on from an earlier one is nothing without it, so it is given more time than a counter would be: a
 * second moves the largest conversations over a network of 1 Gbit/s, and whoever waits for it in vain is the only one.
 */
const CONVERSATION_DEADLINE_MS = 1_000;

export function createStores(deps: StoreDeps): Stores {
  const { config, clock, logger, metrics } = deps;
  const ttlMs = config.CONVERSATION_TTL_SECONDS * 1000;
  // without keys everybody is the same, and there is nothing to seal with: what they say stays in this process
  const redis =
    ttlMs > 0 && config.keys.length > 0 ? redisFor('conversations', CONVERSATION_DEADLINE_MS, deps) : null;
  const store: ConversationStore = redis
    ? createRedisConversationStore({ redis, ttlMs })
    : createMemoryConversationStore({ now: clock.now, ttlMs, capBytes: CONVERSATIONS_BYTES });
  const count = (name: string, result: string): void =>
    metrics.conversationRecords.inc({ record: name.slice(0, name.indexOf(':')), result });
  return {
    conversations: ttlMs > 0 ? createConversations({ store, logger, count }) : forgetful,
    limits: createMemoryLimitStore(clock.now),
    start: () => redis?.start() ?? (() => {}),
  };
}

/** A connection to the Redis of the settings; null when they name none. */
function redisFor(
  use: string,
  deadlineMs: number,
  { config, clock, logger, metrics }: StoreDeps,
): RedisClient | null {
  const { REDIS_URL: address, REDIS_PASSWORD: password = null } = config;
  if (!address) return null;
  metrics.redisFallback.set({ use }, 0);
  return createRedis({
    address: { ...address, password: address.password ?? password },
    use,
    deadlineMs,
    clock,
    logger,
    onCommand: ({ name: command, seconds, failure }) => {
      if (failure !== null) metrics.redisErrors.inc({ kind: failure });
      if (failure !== 'open') metrics.redisDuration.observe({ command }, seconds);
    },
    onChange: (isAway) => metrics.redisFallback.set({ use }, Number(isAway)),
  });
}
