import { createBreaker } from './breaker.ts';
import type { Clock } from './clock.ts';
import { errorCode } from './config.ts';
import { DeadlineError, within } from './deadline.ts';
import type { Logger } from './logger.ts';
import type { RedisAddress } from './redis-address.ts';
import { createConnection, type RedisCommands } from './redis-connection.ts';

/**
 * Why a command has no answer: none came in time, there is no connection, nobody asked because it is known to be in
 * vain, or Redis refused it (out of memory, a wrong password).
 */
export type RedisFailureKind = 'deadline' | 'unreachable' | 'open' | 'refused';

/** The only error of a command. It says nothing of what was sent: ioredis's own errors carry whole commands. */
export class RedisFailure extends Error {
  override readonly name = 'RedisFailure';
  readonly kind: RedisFailureKind;
  /** Of the system's error, or the first word of Redis's refusal (`OOM`). */
  readonly code: string | null;

  constructor(kind: RedisFailureKind, code: string | null = null) {
    super(code === null ? kind : `${kind} (${code})`);
    this.kind = kind;
    this.code = code;
  }
}

export interface RedisDeps {
  readonly address: RedisAddress;
  /** What it is used for: one connection, one deadline and one breaker each. */
  readonly use: string;
  /** How long a command may take from here to its answer. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onCommand: (command: { name: string; seconds: number; failure: RedisFailureKind | null }) => void;
  readonly onChange: (isAway: boolean) => void;
}

/** Redis as something that may be away at any time. It connects in the background and comes back by itself. */
export interface RedisClient {
  /**
   * Sends a command, or several in one pipeline. `name` is for metrics.
   *
   * @throws RedisFailure, at the latest after the deadline; at once when Redis is known to be away
   */
  readonly run: <Value>(name: string, command: (redis: RedisCommands) => Promise<Value>) => Promise<Value>;
  /** Begins to connect; the returned function ends it. */
  readonly start: () => () => void;
}

const PROBE_EVERY_MS = 1_000;
/** A refusal that goes on is said again after this long. */
const REPEAT_MS = 60_000;

export function createRedis(deps: RedisDeps): RedisClient {
  const { address, use, deadlineMs, clock, logger, onCommand, onChange } = deps;
  const redis = createConnection(address);
  let connectionError: string | null = null;
  /** Settled with the first connection, or when it is known that there is none. */
  const firstTry = new Promise<void>((resolve) => {
    for (const event of ['ready', 'error', 'close']) redis.once(event, resolve);
  });

  const ask = async <Value>(command: (client: RedisCommands) => Promise<Value>): Promise<Value> => {
    const sent = firstTry.then(async () => command(redis)); // no later connection is waited for
    try {
      return await within(deadlineMs, sent, clock);
    } catch (error) {
      throw failureOf(error, connectionError);
    }
  };
  const breaker = createBreaker<RedisFailure>({
    clock,
    probe: async () => ask(async (client) => client.ping()).then(() => true, isRefusal),
    probeEveryMs: PROBE_EVERY_MS,
    onChange: (failure) => {
      if (failure) logger.warn({ use, reason: failure.kind, code: failure.code }, 'Redis is away');
      else logger.info({ use }, 'Redis is back');
      onChange(failure !== null);
    },
  });
  const sayRefusal = createRefusalLog(deps);

  const run: RedisClient['run'] = async (name, command) => {
    const startedAt = clock.now();
    let failure: RedisFailure | null = null;
    try {
      if (breaker.isOpen()) throw new RedisFailure('open');
      return await ask(command);
    } catch (error) {
      failure = failureOf(error, null);
      if (failure.kind === 'refused') sayRefusal(failure);
      else breaker.trip(failure);
      throw failure;
    } finally {
      onCommand({ name, seconds: (clock.now() - startedAt) / 1000, failure: failure?.kind ?? null });
    }
  };

  redis.on('error', (error: unknown) => void (connectionError = codeOf(error)));
  redis.on('ready', () => {
    connectionError = null;
    breaker.retry();
  });
  return {
    run,
    start: () => {
      redis.connect().catch(() => {}); // it goes on trying
      // an absent Redis is told of before it is needed
      void firstTry.then(async () => run('ping', async (client) => client.ping())).catch(() => {});
      return () => {
        breaker.stop();
        redis.disconnect();
      };
    },
  };
}

/** Redis answers, if only to refuse. */
function isRefusal(error: unknown): boolean {
  return error instanceof RedisFailure && error.kind === 'refused';
}

function failureOf(error: unknown, connectionError: string | null): RedisFailure {
  if (error instanceof RedisFailure) return error;
  if (error instanceof DeadlineError) return new RedisFailure('deadline', connectionError);
  if (isReplyError(error)) return new RedisFailure('refused', codeOf(error));
  return new RedisFailure('unreachable', connectionError ?? codeOf(error));
}

/** redis-errors makes its classes where they cannot be imported from; their names are what it documents. */
function isReplyError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

/** A word that says nothing of a command: `ECONNREFUSED`, or `OOM` of "OOM command not allowed …". */
function codeOf(error: unknown): string | null {
  if (isReplyError(error)) return /^[A-Z]+/.exec(error.message)?.[0] ?? null;
  const code = errorCode(error);
  return code === 'Error' ? null : code;
}

/** Says each refusal once a while: a full Redis refuses every write and goes on to answer. */
function createRefusalLog({ use, clock, logger }: Pick<RedisDeps, 'use' | 'clock' | 'logger'>) {
  const saidAt = new Map<string | null, number>();
  return ({ code }: RedisFailure): void => {
    if (clock.now() - (saidAt.get(code) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
    saidAt.set(code, clock.now());
    logger.warn({ use, code }, 'Redis refuses commands');
  };
}
