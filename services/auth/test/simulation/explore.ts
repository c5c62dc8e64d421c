import { possibleSteps, start } from './steps.ts';
import { complaintAbout, judge } from './verdict.ts';
import { createWorld, type WorldOptions } from './world.ts';

/** Which of so many possible steps comes next. Zero is what happens when all goes well. */
export type Choose = (count: number) => number;

export interface Run {
  /** The labels of the steps that there were to choose from, each time. */
  readonly choices: readonly (readonly string[])[];
  /** Of the steps that were taken. */
  readonly trace: readonly string[];
  readonly complaint: string | null;
}

/** How long trouble may last, in the run's own time: a life and a half of a token. */
const TROUBLE_MS = 900_000;
/** Then all goes well for long enough that every wait has come to its end. */
const HORIZON_MS = 1_800_000;
const MOST_STEPS = 1_000;

/** Plays one run to its end, or to the first violation. */
export async function play(options: WorldOptions, choose: Choose): Promise<Run> {
  const world = createWorld(options);
  const { timeline, violations } = world;
  const begin = timeline.now();
  const choices: (readonly string[])[] = [];
  const trace: string[] = [];
  const running = options.exclusive ? 1 : options.brokers;
  for (let place = 0; place < running; place++) start(world, place);
  await thinking();
  while (timeline.now() - begin < HORIZON_MS && violations.length === 0 && trace.length < MOST_STEPS) {
    const steps = possibleSteps(world);
    const isCalm = timeline.now() - begin >= TROUBLE_MS;
    const step = steps[isCalm ? 0 : choose(steps.length)];
    if (!step) throw new Error('nothing can happen any more');
    choices.push(steps.map(({ label }) => label));
    trace.push(step.label);
    step.take();
    await thinking();
    judge(world);
  }
  const unrest = trace.length < MOST_STEPS ? null : 'it never comes to rest';
  return { choices, trace, complaint: violations[0] ?? unrest ?? complaintAbout(world) };
}

/** Until every broker has done what it can do without anything from outside. */
function thinking(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Steps that are not what happens when all goes well: at which step, and which one. */
export type Detours = ReadonlyMap<number, number>;

export function along(detours: Detours): Choose {
  let step = 0;
  return (count) => Math.min(detours.get(step++) ?? 0, count - 1);
}

/** A walk that leaves the smooth way every so often; the same seed is the same walk. */
export function walk(seed: number, detourShare: number): Choose {
  const random = mulberry32(seed);
  return (count) => (random() < detourShare ? Math.floor(random() * count) : 0);
}

export interface Exploration {
  /** The most detours of a run. */
  readonly detours: number;
  /** Within so many of its first steps. */
  readonly depth: number;
  /** Only those with this in their label. */
  readonly kind?: string;
}

/** Every such run. One is found by playing the run before it, which shows what there was to choose from. */
export async function* everyRun(
  options: WorldOptions,
  exploration: Exploration,
  detours: Detours = new Map(),
): AsyncGenerator<{ readonly detours: Detours; readonly run: Run }, void> {
  const { depth, kind = '' } = exploration;
  const run = await play(options, along(detours));
  yield { detours, run };
  if (detours.size >= exploration.detours) return;
  for (let step = Math.max(-1, ...detours.keys()) + 1; step < depth; step++)
    for (const [choice, label] of (run.choices[step] ?? []).entries())
      if (choice > 0 && label.includes(kind))
        yield* everyRun(options, exploration, new Map([...detours, [step, choice]]));
}

/** The generator of Tommy Ettinger, in the public domain: 32 bits of state are enough to name a walk. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
