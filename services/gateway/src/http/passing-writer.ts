import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { StreamFollower } from '@codex-gateway/wire/dialects/passage.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import type { ByteStream } from '../upstream/byte-client.ts';
import type { RequestRecord } from './request-scope.ts';
import { createEventCutter } from './sse-bytes.ts';
import type { StreamWriter } from './sse-writer.ts';

/** After the upstream has told its end, how long it may take to close. */
const LINGER_MS = 1_000;
/** More of one event is not held back. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** What comes when no more bytes come. */
const END = Buffer.alloc(0);

/** The upstream's bytes as they come, then an empty piece. Nobody waits for an upstream that has told its end. */
export async function* untilOver(
  body: ByteStream,
  isOver: () => boolean,
  clock: Clock,
): AsyncGenerator<Buffer, void> {
  let cancel: (() => void) | null = null;
  try {
    for await (const chunk of body) {
      yield chunk;
      if (isOver()) cancel ??= clock.after(LINGER_MS, body.letGo);
    }
    yield END;
  } finally {
    cancel?.();
  }
}

/**
 * Every byte as it comes and nothing else: what breaks off upstream breaks off here.
 *
 * @param follower null for bytes that cannot be read along with
 */
export function asTheyCome(follower: StreamFollower | null, record: RequestRecord): StreamWriter<Buffer> {
  const track = createTrack(follower, record);
  let ended = false;
  return {
    push: (chunk) => {
      ended = chunk.length === 0;
      track.follow(chunk);
      return chunk;
    },
    heartbeat: () => '',
    fail: (fault) => {
      record.fault ??= fault;
      return null;
    },
    ended: () => ended,
  };
}

/**
 * The same bytes in whole events: between them there is room for heartbeats, and after a cut for the ending that the
 * upstream did not give. Half an event tells a client nothing; one that is never finished is left out.
 */
export function inWholeEvents(follower: StreamFollower, record: RequestRecord): StreamWriter<Buffer> {
  const track = createTrack(follower, record);
  const cutter = createEventCutter();
  let ended = false;
  const end = (): Buffer => {
    const rest = cutter.rest();
    ended = track.isLost() || follower.isWhole();
    return ended ? rest : END;
  };
  return {
    push: (chunk) => {
      if (chunk.length === 0) return end();
      const whole = cutter.push(chunk);
      track.follow(whole);
      if (cutter.heldBytes() > MAX_HELD_BYTES) track.lose();
      return track.isLost() ? Buffer.concat([whole, cutter.rest()]) : whole;
    },
    heartbeat: () => (track.isLost() ? '' : follower.heartbeat()),
    fail: (fault) => {
      record.fault ??= fault;
      return track.isLost() ? null : follower.fail(fault);
    },
    ended: () => ended,
  };
}

/** Reads along with a stream, for what its end tells. */
interface Track {
  readonly follow: (bytes: Buffer) => void;
  readonly lose: () => void;
  /** From now on the bytes are the client's to judge: nothing is known of them any more. */
  readonly isLost: () => boolean;
}

function createTrack(follower: StreamFollower | null, record: RequestRecord): Track {
  const decoder = new TextDecoder();
  let lost = follower === null;
  return {
    follow: (bytes) => {
      if (lost || !follower || bytes.length === 0) return;
      try {
        follower.push(decoder.decode(bytes, { stream: true }));
      } catch (error) {
        if (!(error instanceof FaultError)) throw error;
        lost = true; // an event too large to be held
      }
      const { usage, fault } = follower.told();
      record.usage = usage;
      record.fault ??= fault;
    },
    lose: () => void (lost = true),
    isLost: () => lost,
  };
}
