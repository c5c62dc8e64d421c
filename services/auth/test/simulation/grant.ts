import type { GrantOutcome, RefreshGrant } from '../../src/oauth/refresh-grant.ts';
import type { Intent } from '../../src/store/token-store.ts';
import { letGo, processOf, type World } from './world.ts';

export const GRANT_TIMEOUT_MS = 20_000;

/** Presents refresh tokens for a broker of this name, and watches that each was announced and is spent once. */
export function grantOf(world: World, name: string): RefreshGrant {
  const lost = (cause: 'timeout' | 'reset'): GrantOutcome => {
    letGo(world, processOf(world, name));
    return { kind: 'lost', cause };
  };
  return (token) => {
    const refreshToken = token.reveal();
    const { intent } = world.stored.record;
    if (intent?.holder !== name || world.stored.record.refreshToken.reveal() !== refreshToken)
      world.violations.push(`${name} presents ${refreshToken} without having announced it`);
    const process = processOf(world, name);
    if (process) process.busyUntil = intent?.deadlineAt ?? 0;
    const answer = world.network.call<GrantOutcome>({
      owner: name,
      label: `${name} presents ${refreshToken}`,
      arrive: () => arrive(world, name, refreshToken, intent),
      unheard: [
        ['it never left', () => ({ kind: 'unsent', code: 'ECONNREFUSED' })],
        ['it is lost on the way', () => lost('reset')],
        ['the issuer is out of order', () => ({ kind: 'transient', cause: 'http_5xx' })],
      ],
      lostAnswer: () => lost('reset'),
      voidAt: world.timeline.now() + GRANT_TIMEOUT_MS,
    });
    const tooLate = Promise.withResolvers<GrantOutcome>();
    const cancel = world.timeline
      .clockOf(name)
      .after(GRANT_TIMEOUT_MS, () => tooLate.resolve(lost('timeout')));
    void answer.then(cancel);
    return Promise.race([answer, tooLate.promise]);
  };
}

/** Its arrival at the issuer, who judges by what it has seen itself. */
function arrive(world: World, name: string, refreshToken: string, intent: Intent | null): GrantOutcome {
  const { issuer, violations } = world;
  const before = issuer.presentations().get(refreshToken) ?? 0;
  if (before > (intent?.attempt === 'in_doubt' ? 1 : 0)) violations.push(`${refreshToken} is spent twice`);
  if (before > 0 && isOnItsWay(world))
    violations.push(`${refreshToken} is spent again while what came for it is on its way`);
  const outcome = issuer.refresh(refreshToken);
  if (outcome.kind !== 'granted') return outcome;
  const presenter = processOf(world, name);
  if (presenter) presenter.holds = issuer.current();
  else world.lostTokens += 1;
  return outcome;
}

function isOnItsWay({ processes, timeline }: World): boolean {
  return processes.some((process) => process && process.holds !== null && timeline.now() < process.busyUntil);
}
