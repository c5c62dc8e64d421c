import { createLogger } from '@codex-gateway/service-kit/logger.ts';
import { digest } from '../../src/digest.ts';
import { createOwnedAccount } from '../../src/owned-account.ts';
import { grantOf, GRANT_TIMEOUT_MS } from './grant.ts';
import type { Step } from './network.ts';
import { spillOf, storeOf } from './store.ts';
import { letGo, standsStill, type Process, type World } from './world.ts';

const INTENT_DEADLINE_MS = 45_000;
/** Longer than an intent and the clocks of two machines can differ. */
const STANDSTILL_MS = 120_000;
const silent = createLogger({ name: 'auth', level: 'fatal', format: 'json' });

/** What may happen next; the first one is what happens when all goes well. */
export function possibleSteps(world: World): readonly Step[] {
  const calls = world.network.steps((name) => standsStill(world, name));
  return [
    ...calls.flatMap(([smooth]) => smooth ?? []),
    ...world.processes.flatMap((process, place) => (process ? [] : starting(world, place))),
    ...timers(world),
    ...endOfStandstill(world),
    ...calls.flatMap(([, ...troubled]) => troubled),
    ...living(world).flatMap((process) => refusal(process)),
    ...living(world).flatMap((process) => standstill(world, process)),
    ...world.processes.flatMap((process, place) => (process ? [kill(world, place, process)] : [])),
  ];
}

/** The broker's own code, begun as `app.ts` begins it. */
export function start(world: World, place: number): void {
  const name = `broker ${place + 1}.${(world.lives += 1)}`;
  let ids = 0;
  const account = createOwnedAccount({
    alias: 'default',
    store: storeOf(world, name),
    spill: spillOf(world, place),
    clock: world.timeline.clockOf(name),
    log: silent,
    grant: grantOf(world, name),
    holder: name,
    newId: () => `${name} #${(ids += 1)}`,
    chance: () => 0.5,
    onInDoubt: world.options.onInDoubt,
    intentDeadlineMs: INTENT_DEADLINE_MS,
    grantTimeoutMs: GRANT_TIMEOUT_MS,
    refreshed: () => {},
    unpersisted: () => {},
    unspilled: () => {},
  });
  world.processes[place] = { name, account, holds: null, busyUntil: 0, stillUntil: 0 };
  void account.load().then(account.start);
}

function living({ processes }: World): readonly Process[] {
  return processes.filter((process) => process !== null);
}

function starting(world: World, place: number): readonly Step[] {
  if (world.options.exclusive && living(world).length > 0) return [];
  return [{ label: `broker ${place + 1} starts`, take: () => start(world, place) }];
}

function timers(world: World): readonly Step[] {
  const { timeline } = world;
  return timeline
    .waiting()
    .filter((name) => !standsStill(world, name))
    .map((name) => ({ label: `time passes for ${name}`, take: () => timeline.fire(name) }));
}

/** When nobody is there to do anything, time passes all the same. */
function endOfStandstill(world: World): readonly Step[] {
  const { timeline } = world;
  const first = Math.min(...living(world).map(({ stillUntil }) => stillUntil));
  if (!Number.isFinite(first) || first <= timeline.now()) return [];
  return [{ label: 'time passes', take: () => timeline.moveTo(first) }];
}

/** The backend refuses the access token that the broker serves. */
function refusal({ name, account }: Process): readonly Step[] {
  const { served } = account.view();
  if (!served) return [];
  const take = (): unknown => account.reject(digest(served.accessToken));
  return [{ label: `${name}: its access token is refused`, take }];
}

function standstill(world: World, process: Process): readonly Step[] {
  if (standsStill(world, process.name)) return [];
  const take = (): void => void (process.stillUntil = world.timeline.now() + STANDSTILL_MS);
  return [{ label: `${process.name} stands still`, take }];
}

function kill(world: World, place: number, process: Process): Step {
  const take = (): void => {
    letGo(world, process);
    world.processes[place] = null;
    world.timeline.forget(process.name);
    world.network.forget(process.name, world.options.exclusive);
  };
  return { label: `${process.name} is killed`, take };
}
