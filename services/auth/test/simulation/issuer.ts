import { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { GrantOutcome } from '../../src/oauth/refresh-grant.ts';
import { makeToken } from '../logins.ts';

export const TOKEN_LIFE_MS = 600_000;

/** What the issuer knows, which alone is the truth about tokens. */
export interface SimulatedIssuer {
  /** The one refresh token that is good; null when the login was revoked. */
  readonly current: () => string | null;
  /** How often each token was presented, also after it was spent. */
  readonly presentations: () => ReadonlyMap<string, number>;
  /** Handles a refresh the moment it arrives. */
  readonly refresh: (refreshToken: string) => GrantOutcome;
}

/**
 * An issuer whose refresh tokens are good for one use.
 *
 * @param revokesOnReuse whether a spent token that comes again costs the whole login
 */
export function createSimulatedIssuer(now: () => number, revokesOnReuse: boolean): SimulatedIssuer {
  let current: string | null = 'rt-1';
  let rotations = 1;
  const presentations = new Map<string, number>();
  return {
    current: () => current,
    presentations: () => presentations,
    refresh: (refreshToken) => {
      presentations.set(refreshToken, (presentations.get(refreshToken) ?? 0) + 1);
      if (refreshToken !== current) {
        const reason = current === null ? 'revoked' : 'reused';
        if (revokesOnReuse) current = null;
        return { kind: 'permanent', reason };
      }
      rotations += 1;
      current = `rt-${rotations}`;
      const access = makeToken({ issuedAt: now(), lifeMs: TOKEN_LIFE_MS, id: `at-${rotations}` });
      const [accessToken, next] = [new Secret(access), new Secret(current)];
      return { kind: 'granted', accessToken, refreshToken: next, idToken: null };
    },
  };
}
