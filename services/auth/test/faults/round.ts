import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker, type BrokerProcess } from './broker-process.ts';
import type { FaultIssuer, LoginTruth, Script } from './fault-issuer.ts';

/** When the broker is killed; `later`: so many milliseconds after it was made to refresh, wherever it is by then. */
export type Moment =
  | { readonly at: 'before_reading' | 'after_rotation' | 'after_answer' }
  /** The new tokens are on their way into the store, or just there and nobody was told. */
  | { readonly at: 'before_storing' | 'after_storing' }
  | { readonly at: 'later'; readonly afterMs: number }
  | { readonly at: 'never' };

/** Where a broker keeps its state; `environment` is what makes it do so. */
export interface Place {
  readonly environment: Readonly<Record<string, string>>;
  /** Texts of every durable record there, to look for tokens in. */
  readonly read: () => Promise<string>;
  /** Has somebody killed when the new tokens arrive there; only where the store is far away. */
  readonly atStoring?: (moment: 'before_storing' | 'after_storing', kill: () => void) => void;
  readonly remove: () => Promise<void>;
}

export interface RoundOptions {
  readonly issuer: FaultIssuer;
  readonly place: Place;
  readonly moment: Moment;
  readonly answer: Script['answer'];
}

export interface RoundResult {
  readonly moment: Moment['at'];
  /** The state in which the next broker found the login, and the one in which it ended. */
  readonly found: string;
  readonly ended: string;
  /** The issuer had rotated the token and the new one was nowhere but in the broker that was killed. */
  readonly unpersisted: boolean;
  readonly readyAfterMs: number;
  /** What must not be. */
  readonly violations: readonly string[];
}

/** One login, one refresh, one kill, and what the next broker makes of it. */
export async function playRound({ issuer, place, moment, answer }: RoundOptions): Promise<RoundResult> {
  const home = await mkdtemp(join(tmpdir(), 'codex-auth-faults-'));
  try {
    let victim: BrokerProcess | null = null;
    const kill = (): void => victim?.kill();
    const { id, authJson } = issuer.login({ answer, ...hooksFor(moment, kill) });
    const seed = join(home, 'seed.json');
    await writeFile(seed, JSON.stringify(authJson));
    const environment = { HOME: home, OAUTH_ISSUER: issuer.url, AUTH_SEED_FILE: seed, ...place.environment };
    victim = await startBroker(environment);
    if (moment.at === 'before_storing' || moment.at === 'after_storing') place.atStoring?.(moment.at, kill);
    await refreshAndDie(victim, moment);
    return await judge(await startBroker(environment), { issuer, place, moment, id });
  } finally {
    await rm(home, { recursive: true, force: true });
    await place.remove();
  }
}

function hooksFor({ at }: Moment, kill: () => void): Partial<Script> {
  switch (at) {
    case 'before_reading':
      return { beforeReading: kill };
    case 'after_rotation':
      return { afterRotation: kill };
    case 'after_answer':
      return { afterAnswer: kill };
    case 'before_storing':
    case 'after_storing':
    case 'later':
    case 'never':
      return {};
  }
}

async function refreshAndDie(victim: BrokerProcess, moment: Moment): Promise<void> {
  const [served] = await victim.tokens();
  if (!served) throw new Error('a fresh login is not served');
  const refreshed = victim.reject(served.fingerprint).catch(() => 'killed');
  if (moment.at === 'later') setTimeout(victim.kill, moment.afterMs);
  await Promise.race([refreshed, victim.exited]);
  victim.kill();
  await victim.exited;
}

interface Scene {
  readonly issuer: FaultIssuer;
  readonly place: Place;
  readonly moment: Moment;
  readonly id: string;
}

/** Looks at what the next broker found, makes it refresh, and compares with what the issuer knows. */
async function judge(broker: BrokerProcess, scene: Scene): Promise<RoundResult> {
  const { issuer, place, moment, id } = scene;
  const before = issuer.truth(id);
  const isStored = before.current !== null && (await place.read()).includes(before.current);
  const found = await broker.accountOnce(({ state }) => state !== 'refreshing');
  const [served] = await broker.tokens();
  if (served) await broker.reject(served.fingerprint);
  const ended = await broker.accountOnce(
    ({ state, generation }) =>
      state === 'reauth_required' || (state === 'ok' && generation > found.generation),
  );
  const truth = issuer.truth(id);
  const metrics = await broker.metrics();
  broker.kill();
  await broker.exited;
  const unpersisted = !isStored;
  return {
    moment: moment.at,
    found: found.state,
    ended: ended.state,
    unpersisted,
    readyAfterMs: broker.readyAfterMs,
    violations: [
      ...spentTwice(truth, found.state),
      ...(served ? [] : ['a valid access token is not served']),
      ...(unpersisted && found.state !== 'in_doubt' ? [`a lost token is found as ${found.state}`] : []),
      ...lostForNothing(unpersisted, ended.state),
      ...(ended.state === 'reauth_required' && !isTold(metrics) ? ['no metric tells of a lost login'] : []),
    ],
  };
}

/** The one further attempt of a login in doubt is the only second one there may be. */
function spentTwice({ presentations }: LoginTruth, found: string): readonly string[] {
  const most = Math.max(...presentations);
  if (most <= 1) return [];
  return most === 2 && found === 'in_doubt' ? [] : [`a refresh token was presented ${most} times`];
}

function lostForNothing(unpersisted: boolean, ended: string): readonly string[] {
  if (unpersisted) return ended === 'reauth_required' ? [] : [`a lost login ends as ${ended}`];
  return ended === 'ok' ? [] : [`a login with a good token ends as ${ended}`];
}

function isTold(metrics: string): boolean {
  return /^codex_auth_credential_state\{account="default",state="reauth_required"\} 1$/m.test(metrics);
}
