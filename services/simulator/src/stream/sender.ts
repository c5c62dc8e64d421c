import type { Outlet } from '../http/outlet.ts';
import type { Frame } from './frames.ts';
import type { Pacer } from './pacing.ts';

/** How a stream came to its end, as the journal tells it. */
export type Ending = 'complete' | 'cut' | 'reset' | 'stalled' | 'client_gone' | 'refused' | 'dropped';

/** How the events are put on the wire. */
export interface Delivery {
  readonly pacer?: Pacer | undefined;
  /** Waits until the test allows one more event. */
  readonly permit?: (() => Promise<void>) | undefined;
  /** Bytes of each write; whole events when absent. */
  readonly splitBytes?: number | undefined;
  /** Ends the frames early: with a normal end of the body, a reset of the connection, or silence. */
  readonly stop?: { readonly after: number; readonly how: 'end' | 'reset' | 'stall' } | undefined;
  /** Leaves the connection open after the last event. */
  readonly keepOpen: boolean;
}

export interface SendReport {
  readonly sent: (events: number, lastType: string) => void;
}

// large enough to make a system call worth it, small enough that other streams get their turn
const BATCH_CHARACTERS = 32 * 1024;

/**
 * Sends frames with back-pressure: a slow reader stops the making of frames. Many small frames go out in one write;
 * with a permit every event is its own write. The head must have been set with `writeHead`.
 */
export async function sendFrames(
  outlet: Outlet,
  frames: Iterable<Frame>,
  delivery: Delivery,
  { signal, report }: { readonly signal: AbortSignal; readonly report: SendReport },
): Promise<Ending> {
  const { stop } = delivery;
  const reader = createFrameReader(frames, stop?.after ?? UNLIMITED);
  if (mayWait(delivery)) outlet.flushHeaders();
  while (!reader.isDone()) {
    const allowed = await allowance(delivery, reader.taken(), signal);
    if (signal.aborted) return 'client_gone';
    const batch = reader.take(allowed);
    const closes = closesWith(batch, reader, delivery);
    if (closes) outlet.end(Buffer.from(batch.text));
    else await writeBatch(outlet, batch, delivery, signal);
    report.sent(batch.events, batch.lastType);
    if (closes) return 'complete';
  }
  if (signal.aborted) return 'client_gone';
  return stop !== undefined && reader.wasStopped()
    ? endEarly(outlet, stop.how, signal)
    : finish(outlet, delivery, signal);
}

/** Whether these events and the end of the body can go out in one write. */
function closesWith({ pieces }: Batch, reader: FrameReader, { keepOpen, splitBytes }: Delivery): boolean {
  const isPlain = pieces === undefined && splitBytes === undefined && !keepOpen;
  return isPlain && reader.isDone() && !reader.wasStopped();
}

/** Without a reason to wait the head goes out with the first events, in one write. */
function mayWait({ permit, pacer, stop }: Delivery): boolean {
  return permit !== undefined || pacer !== undefined || stop?.after === 0;
}

const UNLIMITED = Number.POSITIVE_INFINITY;

/** How many events the next write may hold. */
async function allowance({ permit, pacer }: Delivery, sent: number, signal: AbortSignal): Promise<number> {
  if (permit !== undefined) {
    await permit();
    return 1;
  }
  return pacer === undefined ? UNLIMITED : pacer(sent, signal);
}

interface Batch {
  readonly events: number;
  readonly text: string;
  readonly pieces: Iterable<string> | undefined;
  readonly lastType: string;
}

interface FrameReader {
  /** Whether nothing is left, or as much was taken as is allowed. */
  readonly isDone: () => boolean;
  /** Whether frames are left behind that are not allowed. */
  readonly wasStopped: () => boolean;
  readonly taken: () => number;
  /** At most so many frames, fewer when they fill a write. */
  readonly take: (atMost: number) => Batch;
}

/** Looks one frame ahead, so that a stream ends right behind its last event. */
function createFrameReader(frames: Iterable<Frame>, limit: number): FrameReader {
  const source = frames[Symbol.iterator]();
  let next = source.next();
  let taken = 0;
  const wasStopped = (): boolean => next.done !== true && taken >= limit;
  const isDone = (): boolean => next.done === true || taken >= limit;
  return {
    isDone,
    wasStopped,
    taken: () => taken,
    take: (atMost) => {
      const first = taken;
      let text = '';
      let lastType = '';
      while (next.done !== true && taken < Math.min(limit, first + atMost)) {
        if (text.length >= BATCH_CHARACTERS) break;
        const frame = next.value;
        // a frame in pieces is a batch of its own
        if (frame.pieces !== undefined && taken > first) break;
        taken += 1;
        lastType = frame.type;
        next = source.next();
        if (frame.pieces !== undefined) return { events: 1, text: '', pieces: frame.pieces, lastType };
        text += frame.text;
      }
      return { events: taken - first, text, pieces: undefined, lastType };
    },
  };
}

async function writeBatch(
  outlet: Outlet,
  { text, pieces }: Batch,
  { splitBytes }: Delivery,
  signal: AbortSignal,
): Promise<void> {
  await write(outlet, Buffer.from(text), splitBytes, signal);
  for (const piece of pieces ?? []) {
    if (signal.aborted) return;
    await write(outlet, Buffer.from(piece), splitBytes, signal);
  }
}

async function write(
  outlet: Outlet,
  bytes: Buffer,
  splitBytes: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const step = splitBytes ?? bytes.length;
  for (let from = 0; from < bytes.length && !signal.aborted; from += step) {
    await outlet.write(bytes.subarray(from, from + step), signal);
  }
}

async function finish(outlet: Outlet, { keepOpen }: Delivery, signal: AbortSignal): Promise<Ending> {
  if (keepOpen) await untilAborted(signal);
  else outlet.end();
  return 'complete';
}

async function endEarly(
  outlet: Outlet,
  how: 'end' | 'reset' | 'stall',
  signal: AbortSignal,
): Promise<Ending> {
  switch (how) {
    case 'end':
      outlet.end();
      return 'cut';
    case 'reset':
      outlet.reset();
      return 'reset';
    case 'stall':
      await untilAborted(signal);
      return 'stalled';
  }
}

/** Resolves when the signal fires. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
