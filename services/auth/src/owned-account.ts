import type { RejectReply } from '@codex-gateway/wire/broker/contract.ts';
import type { Account } from './account.ts';
import { adoptLogin, considerSeed, type Adoption, type AdoptionTerms } from './adopt.ts';
import { digest } from './digest.ts';
import type { AdoptableLogin } from './oauth/login.ts';
import type { Revoke } from './oauth/revoke.ts';
import { FRESH_START, toView, type OwnedStanding } from './owned-standing.ts';
import { createRefreshLoop, type RefreshLoopDeps } from './refresh-loop.ts';
import type { Seed } from './seeds.ts';
import { signOut, type SignOut } from './sign-out.ts';

/** An account whose refresh token belongs to this broker. */
export interface OwnedAccount extends Account {
  /** Reads the record. Never rejects. */
  readonly load: () => Promise<void>;
  /** Takes up a seed if it was never seen before. Never rejects. */
  readonly offerSeed: (seed: Seed) => Promise<void>;
  /** Takes up a login that a person brings. Rejects with the store's error. */
  readonly adopt: (login: AdoptableLogin, terms: AdoptionTerms) => Promise<Adoption>;
  /** Ends the login. Rejects with the store's error. */
  readonly signOut: (revoke: Revoke) => Promise<SignOut>;
}

/** How long the next refusal has to wait: a backend that refuses everything must not burn tokens. */
const REJECT_HOLD_MS = 30_000;

/** Watches over one durable login: refreshes it in time, once, whoever asks and however many. */
export function createOwnedAccount(deps: RefreshLoopDeps): OwnedAccount {
  const { alias, clock, log } = deps;
  const loop = createRefreshLoop(deps);
  let heldUntil = 0;

  const reject = async (fingerprint: string): Promise<RejectReply['result']> => {
    if (fingerprintOf(loop.standing()) !== fingerprint) return 'not_current';
    if (loop.standing().refused?.fingerprint !== fingerprint) {
      const actAt = Math.max(clock.now(), heldUntil);
      heldUntil = actAt + REJECT_HOLD_MS;
      loop.update({ refused: { fingerprint, actAt } });
      loop.look();
    }
    await loop.flight();
    return fingerprintOf(loop.standing()) === fingerprint ? 'unavailable' : 'refreshed';
  };

  /** In turn with the refreshes: whatever a running one brings comes before. */
  const adopt = async (login: AdoptableLogin, terms: AdoptionTerms): Promise<Adoption> => {
    const adoption = await loop.inTurn(() => adoptLogin(deps.store, alias, login, terms));
    if (adoption.kind === 'adopted') {
      loop.update({ ...FRESH_START, lastOutcome: 'adopted', reading: { kind: 'record', ...adoption.entry } });
      loop.look();
    }
    return adoption;
  };

  const offerSeed = async (seed: Seed) => {
    const problem = await considerSeed({ alias, log, adopt }, loop.standing().reading, seed);
    if (problem !== null && problem !== loop.standing().seedProblem)
      log.error({ account: alias, problem }, 'seed not taken');
    loop.update({ seedProblem: problem });
  };

  const endLogin = async (revoke: Revoke): Promise<SignOut> => {
    const ended = await loop.inTurn(() => signOut(deps.store, alias, revoke));
    if (ended.kind === 'signed_out') {
      const { version, record } = ended;
      loop.update({
        ...FRESH_START,
        lastOutcome: 'signed_out',
        reading: { kind: 'signed_out', version, record },
      });
      loop.look();
    }
    return ended;
  };

  return {
    alias,
    view: () => toView(alias, loop.standing(), clock.now()),
    load: loop.load,
    start: async () => loop.look(),
    settled: async () => {
      // without a record there is nothing to start, and looking again would put off the timer that reads anew
      if (loop.standing().reading.kind === 'record') loop.look();
      await loop.flight();
    },
    reject,
    offerSeed,
    adopt,
    signOut: endLogin,
    close: loop.close,
  };
}

function fingerprintOf({ reading }: OwnedStanding): string | null {
  return reading.kind === 'record' ? digest(reading.record.accessToken) : null;
}
