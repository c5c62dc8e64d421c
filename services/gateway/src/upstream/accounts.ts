import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { accountMark } from './account-mark.ts';
import { turnStateForUpstream } from './turn-state.ts';

type UsageLimit = Extract<Fault, { kind: 'usage_limit_reached' }>;

/** How long an account rests after a usage limit that did not say when it ends. */
const UNKNOWN_RESET_MS = 60_000;
/** The least it rests: its reset time may be in the past already, by our clock. */
const LEAST_REST_MS = 5_000;
const TOO_MANY_REQUESTS = 429;

/** Whom a request is sent for. */
export interface Account {
  readonly alias: string;
  /** The upstream's own id of it; null when it has none. */
  readonly accountId: string | null;
  /** By these the upstream knows it. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its token was refused: resolves when a newer one is in hand, if there is one. */
  readonly renew: () => Promise<void>;
}

/** What a request brings back of earlier answers that only one account can use. */
export interface Past {
  /** What the client sent back of an earlier answer of its turn; null: nothing. */
  readonly turnState: string | null;
  /** The mark of the account that sealed the request's reasoning, where that is known. */
  readonly sealedBy?: string | null | undefined;
}

const nothing: Past = { turnState: null };

/** Which account serves a request. */
export interface Accounts {
  /**
   * The account that the turn began on or that sealed the reasoning, else the first of the broker's order; never one that
   * is used up or in `without`, and one that has been asked too often only when no other is left.
   *
   * @throws FaultError `usage_limit_reached` when all are used up (with the first reset), `oauth_unavailable` when none is left
   */
  readonly choose: (without: ReadonlySet<string>, past?: Past) => Promise<Account>;
  /** Takes to heart what the upstream said to an account: it may have to rest. Other faults mean nothing here. */
  readonly note: (alias: string, fault: Fault) => void;
}

interface Rest {
  readonly until: number;
  /** What is said meanwhile without asking; null after a plain 429, when asking again may do. */
  readonly limit: UsageLimit | null;
}

export function createAccounts(usable: () => Promise<readonly Account[]>, clock: Clock): Accounts {
  const rests = new Map<string, Rest>();
  const restOf = (alias: string): Rest | null => {
    const rest = rests.get(alias);
    return rest && rest.until > clock.now() ? rest : null;
  };
  return {
    choose: async (without, { turnState, sealedBy } = nothing) => {
      const accounts = await usable();
      const allowed = accounts.filter(({ alias }) => !without.has(alias) && !restOf(alias)?.limit);
      const rested = allowed.filter(({ alias }) => restOf(alias) === null);
      const free = rested.length > 0 ? rested : allowed;
      const chosen =
        free.find((account) => turnStateForUpstream(turnState, account) !== null) ??
        free.find((account) => accountMark(account) === sealedBy) ??
        free[0];
      if (chosen) return chosen;
      const limits = accounts.flatMap(({ alias }) => restOf(alias) ?? []).filter(({ limit }) => limit);
      const first = limits.toSorted((left, right) => left.until - right.until)[0];
      throw new FaultError(
        first?.limit ?? {
          kind: 'oauth_unavailable',
          message: 'oauth token unavailable, run auth login: the upstream accepts no account',
        },
      );
    },
    note: (alias, fault) => {
      if (fault.kind === 'usage_limit_reached') rests.set(alias, restUntilReset(fault, clock.now()));
      const askedTooOften = fault.kind === 'upstream_refused' && fault.status === TOO_MANY_REQUESTS;
      if (!askedTooOften || restOf(alias)?.limit) return;
      const restMs = (fault.retryAfterSeconds ?? 0) * 1000;
      rests.set(alias, { until: clock.now() + restMs, limit: null });
    },
  };
}

function restUntilReset(limit: UsageLimit, now: number): Rest {
  const { resetsInSeconds } = limit;
  const counted = resetsInSeconds === null ? null : Math.ceil(now / 1000 + resetsInSeconds);
  const resetsAt = limit.resetsAt ?? counted;
  if (resetsAt === null) return { until: now + UNKNOWN_RESET_MS, limit };
  return { until: Math.max(resetsAt * 1000, now + LEAST_REST_MS), limit: withResetTime(limit, resetsAt) };
}

/** Clients show the sentence and nothing else, so it names the time. */
function withResetTime(limit: UsageLimit, resetsAt: number): UsageLimit {
  const sentence = limit.message.replace(/\.?\s*$/, '.');
  return {
    ...limit,
    resetsAt,
    resetsInSeconds: null, // it would be wrong later on
    message: `${sentence} Resets at ${new Date(resetsAt * 1000).toISOString()}.`,
  };
}
