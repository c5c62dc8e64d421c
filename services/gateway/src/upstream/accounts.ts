import type { ServedAccount } from '@codex-gateway/wire/broker/contract.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { turnStateForUpstream } from './turn-state.ts';

type UsageLimit = Extract<Fault, { kind: 'usage_limit_reached' }>;

/** How long an account rests after a usage limit that did not say when it ends. */
const UNKNOWN_RESET_MS = 60_000;
/** The least it rests: its reset time may be in the past already, by our clock. */
const LEAST_REST_MS = 5_000;

/** Which account serves a request. */
export interface Accounts {
  /**
   * The account that the turn began on, else the first of the broker's order; never one that rests or is in `without`.
   *
   * @throws FaultError `usage_limit_reached` when all rest (with the first reset), `oauth_unavailable` when none is left
   */
  readonly choose: (without: ReadonlySet<string>, turnState?: string | null) => Promise<ServedAccount>;
  /** Rests an account until its upstream window is open again. */
  readonly rest: (alias: string, limit: UsageLimit) => void;
}

export function createAccounts(usable: () => Promise<readonly ServedAccount[]>, clock: Clock): Accounts {
  const resting = new Map<string, { until: number; limit: UsageLimit }>();
  const rests = (alias: string): boolean => (resting.get(alias)?.until ?? 0) > clock.now();
  return {
    choose: async (without, turnState = null) => {
      const accounts = await usable();
      const free = accounts.filter(({ alias }) => !without.has(alias) && !rests(alias));
      const chosen = free.find((account) => turnStateForUpstream(turnState, account) !== null) ?? free[0];
      if (chosen) return chosen;
      const limits = accounts.flatMap(({ alias }) => (rests(alias) ? [resting.get(alias)] : []));
      const first = limits.toSorted((left, right) => (left?.until ?? 0) - (right?.until ?? 0))[0];
      throw new FaultError(
        first?.limit ?? {
          kind: 'oauth_unavailable',
          message: 'oauth token unavailable, run auth login: the upstream accepts no account',
        },
      );
    },
    rest: (alias, limit) => {
      const now = clock.now();
      const { resetsAt } = limit;
      if (resetsAt === null) resting.set(alias, { until: now + UNKNOWN_RESET_MS, limit });
      else
        resting.set(alias, {
          until: Math.max(resetsAt * 1000, now + LEAST_REST_MS),
          limit: withResetTime(limit, resetsAt),
        });
    },
  };
}

/** Clients show the sentence and nothing else, so it names the time. */
function withResetTime(limit: UsageLimit, resetsAt: number): UsageLimit {
  const sentence = limit.message.replace(/\.?\s*$/, '.');
  return { ...limit, message: `${sentence} Resets at ${new Date(resetsAt * 1000).toISOString()}.` };
}
