import type { RejectReply } from '@codex-gateway/wire/broker/contract.ts';
import type { Account } from './account.ts';
import { considerSeed } from './adopt.ts';
import { digest } from './digest.ts';
import { FRESH_START, toView, type OwnedStanding } from './owned-standing.ts';
import { createRefreshLoop, type RefreshLoopDeps } from './refresh-loop.ts';
import type { Seed } from './seeds.ts';

/** An account whose refresh token belongs to this broker. */
export interface OwnedAccount extends Account {
  /** Reads the record. Never rejects. */
  readonly load: () => Promise<void>;
  /** Takes up a seed if it was never seen before. Never rejects. */
  readonly offerSeed: (seed: Seed) => Promise<void>;
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

  const offerSeed = async (seed: Seed) => {
    const { adopted, problem } = await considerSeed(deps, loop.standing().reading, seed, loop.inTurn);
    if (problem !== null && problem !== loop.standing().seedProblem)
      log.error({ account: alias, problem }, 'seed not taken');
    loop.update({ seedProblem: problem });
    if (adopted === null) return;
    loop.update({ ...FRESH_START, reading: { kind: 'record', ...adopted } });
    loop.look();
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
    close: loop.close,
  };
}

function fingerprintOf({ reading }: OwnedStanding): string | null {
  return reading.kind === 'record' ? digest(reading.record.accessToken) : null;
}
