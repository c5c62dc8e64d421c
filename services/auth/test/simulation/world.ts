import { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { OwnedAccount } from '../../src/owned-account.ts';
import type { OnInDoubt } from '../../src/refresh-policy.ts';
import type { StoredRecord, TokenRecord } from '../../src/store/token-store.ts';
import { makeRecord, makeToken, START_MS } from '../logins.ts';
import { createSimulatedIssuer, TOKEN_LIFE_MS, type SimulatedIssuer } from './issuer.ts';
import { createNetwork, type Network } from './network.ts';
import { createTimeline, type Timeline } from './timeline.ts';

export interface WorldOptions {
  readonly brokers: number;
  /** One broker at a time, on a store that dies with it: the file store. Else brokers on one Secret. */
  readonly exclusive: boolean;
  readonly onInDoubt: OnInDoubt;
  /** The access token at the start has expired, so that nothing may wait. Else it has just fallen due. */
  readonly expired: boolean;
  /** Each broker has a folder that outlives it. */
  readonly spills: boolean;
  /** The issuer takes a spent token that comes again for theft. */
  readonly revokesOnReuse: boolean;
}

/** One life of a broker. */
export interface Process {
  readonly name: string;
  readonly account: OwnedAccount;
  /** The refresh token that it is being given, or was given and has not stored yet. */
  holds: string | null;
  /** Until then it alone may spend what it has announced. */
  busyUntil: number;
  /** It gets no turn before then. */
  stillUntil: number;
}

/** Tokens that a broker could not store, kept for whom the spent token is known to. */
export interface SpilledTokens {
  readonly spent: string;
  readonly record: TokenRecord;
}

/** Everything there is, seen from outside: what is durable, what the issuer knows, who lives. */
export interface World {
  readonly options: WorldOptions;
  readonly timeline: Timeline;
  readonly network: Network;
  readonly issuer: SimulatedIssuer;
  stored: StoredRecord;
  /** Access tokens that were durable at any time. */
  readonly everStored: Set<string>;
  /** By place; null: the broker there is dead. */
  readonly processes: (Process | null)[];
  /** What each place keeps for the next broker there. */
  readonly spilled: (SpilledTokens | null)[];
  /** How many brokers have ever been started. */
  lives: number;
  /** Tokens that nobody got: their answer was lost, or who got them was killed. */
  lostTokens: number;
  /** What must never be and has been, in words. */
  readonly violations: string[];
}

export function createWorld(options: WorldOptions): World {
  const timeline = createTimeline(START_MS);
  const record = firstRecord(options.expired ? 1.1 : 0.7);
  return {
    options,
    timeline,
    network: createNetwork(timeline.now),
    issuer: createSimulatedIssuer(timeline.now, options.revokesOnReuse),
    stored: { version: '1', record },
    everStored: new Set([record.accessToken.reveal()]),
    processes: Array.from({ length: options.brokers }, () => null),
    spilled: Array.from({ length: options.brokers }, () => null),
    lives: 0,
    lostTokens: 0,
    violations: [],
  };
}

/** The living broker of this name. */
export function processOf({ processes }: World, name: string): Process | undefined {
  return processes.find((process) => process?.name === name) ?? undefined;
}

export function standsStill(world: World, name: string): boolean {
  return world.timeline.now() < (processOf(world, name)?.stillUntil ?? 0);
}

/** What the broker was being given comes to nobody, unless it has kept it for the next one. */
export function letGo(world: World, process: Process | undefined): void {
  if (!process || process.holds === null) return;
  const isKept = world.spilled.some((kept) => kept?.record.refreshToken.reveal() === process.holds);
  process.holds = null;
  if (!isKept) world.lostTokens += 1;
}

/** A login whose access token has lived this share of its life. */
function firstRecord(lived: number): TokenRecord {
  const issuedAt = START_MS - TOKEN_LIFE_MS * lived;
  return makeRecord({
    accessToken: new Secret(makeToken({ issuedAt, lifeMs: TOKEN_LIFE_MS })),
    issuedAt,
    expiresAt: issuedAt + TOKEN_LIFE_MS,
  });
}
