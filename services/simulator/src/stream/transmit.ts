import { createHash } from 'node:crypto';
import { gzipOutlet, plainOutlet } from '../http/outlet.ts';
import { type Directive, pick } from '../model/directives.ts';
import type { Call, World } from '../world.ts';
import type { Frame } from './frames.ts';
import { createPacer, type Pace } from './pacing.ts';
import { type Delivery, sendFrames } from './sender.ts';

/** A body that is sent behind a head that is set: its frames, and the directives that say how they are sent. */
export interface Transmission {
  readonly frames: Iterable<Frame>;
  readonly directives: readonly Directive[];
  readonly compressed: boolean;
  /** Whether it is made of events, which a test can let go one by one. */
  readonly hasEvents: boolean;
}

/** Sends a body to its end, whatever end the directives chose, and writes down what went out. */
export async function transmit(
  { frames, directives, compressed, hasEvents }: Transmission,
  call: Call,
  world: World,
): Promise<void> {
  const { res, record, signal } = call;
  const isStepped = world.settings().step || pick(directives, 'step') !== undefined;
  const stepped = hasEvents && isStepped ? world.streams.open(record.sequence) : undefined;
  const delivery: Delivery = {
    ...deliveryOf(directives, world),
    ...(stepped === undefined ? {} : { permit: () => stepped.permit(signal) }),
  };
  const digest = createHash('sha256');
  const wrote = (bytes: Buffer): void => {
    digest.update(bytes);
    record.bytesSent += bytes.length;
  };
  const sent = (events: number, lastType: string): void => {
    record.eventsSent += events;
    record.lastEvent = lastType;
    stepped?.noteSent(record.eventsSent, lastType);
    world.journal.changed();
  };
  const outlet = compressed ? gzipOutlet(res, wrote) : plainOutlet(res, wrote);
  const ending = await sendFrames(outlet, frames, delivery, { signal, report: { sent } });
  if (ending === 'complete' || ending === 'cut') await outlet.settled();
  record.ending = ending;
  record.sentSha256 = digest.digest('hex');
  stepped?.noteEnded();
}

function deliveryOf(directives: readonly Directive[], { clock }: World): Delivery {
  const pace = paceOf(directives);
  return {
    pacer: pace === undefined ? undefined : createPacer(clock, pace),
    splitBytes: pick(directives, 'split')?.bytes,
    stop: stopOf(directives),
    keepOpen: pick(directives, 'keep_open') !== undefined,
  };
}

function paceOf(directives: readonly Directive[]): Pace | undefined {
  const slow = pick(directives, 'slow');
  if (slow !== undefined) return { pauseMs: slow.ms, pauseEvery: 1 };
  const load = pick(directives, 'stream');
  if (load === undefined || (load.rate === undefined && load.pause === 0)) return undefined;
  return { eventsPerSecond: load.rate, pauseMs: load.pause, pauseEvery: load.every };
}

function stopOf(directives: readonly Directive[]): Delivery['stop'] {
  const cut = pick(directives, 'cut');
  if (cut !== undefined) return { after: cut.after, how: cut.how };
  const stall = pick(directives, 'stall');
  return stall === undefined ? undefined : { after: stall.after, how: 'stall' };
}
