import type { World } from './world.ts';

/** What must hold after every single step; adds to the world's violations. */
export function judge(world: World): void {
  const { refreshToken, intent, failure } = world.stored.record;
  const current = world.issuer.current();
  const isSafe =
    refreshToken.reveal() === current ||
    world.processes.some((process) => process?.holds === current) ||
    world.spilled.some((kept) => kept?.record.refreshToken.reveal() === current);
  if (current !== null && !isSafe && intent === null && failure === null)
    world.violations.push(`${current} is lost and nothing says so`);
  for (const process of world.processes) {
    const served = process?.account.view().served;
    if (served && !world.everStored.has(served.accessToken.reveal()))
      world.violations.push(`${process?.name} serves a token that is not durable`);
  }
}

/**
 * What is wrong with the login when all trouble is over; null: nothing. It may be lost for two reasons only: its newest
 * token came to nobody, or a declared second attempt had it revoked.
 */
export function complaintAbout({ stored, issuer, lostTokens }: World): string | null {
  const { refreshToken, intent, failure } = stored.record;
  const isCurrent = refreshToken.reveal() === issuer.current();
  if (failure === null) return isCurrent || intent !== null ? null : 'the login is dead and nothing says so';
  if (failure.reason === 'unresolved') return null;
  if (isCurrent) return `the login is given up (${failure.reason}) though its token is good`;
  if (lostTokens > 0 || issuer.current() === null) return null;
  return `the login is lost (${failure.reason}) though every token arrived`;
}
