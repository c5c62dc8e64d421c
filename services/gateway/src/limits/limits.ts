import type { Fault } from '@codex-gateway/wire/fault.ts';
import type { ApiKey } from '../keys/api-keys.ts';

export type LimitName = 'quota' | 'rpm' | 'rpd' | 'tpm' | 'concurrency';

/**
 * How a counter forgets: `sliding` over the last 60 seconds in one-second buckets, `calendar` at the turn of the UTC
 * day or month (or never), `lease` when a running request ends or its holder has died.
 */
export type LimitWindow =
  | { readonly kind: 'sliding'; readonly seconds: number }
  | { readonly kind: 'calendar'; readonly period: 'total' | 'day' | 'month' }
  | { readonly kind: 'lease'; readonly seconds: number };

/** One counter of one key, with what this request takes from it. */
export interface LimitRow {
  readonly name: LimitName;
  readonly unit: 'requests' | 'tokens' | 'streams';
  readonly window: LimitWindow;
  readonly ceiling: number;
  readonly cost: number;
}

/** Seconds a lease lives without being renewed: a dead pod frees its slots after this long. */
export const LEASE_SECONDS = 30;

interface LimitRule {
  readonly name: LimitName;
  readonly unit: LimitRow['unit'];
  readonly fault: Extract<Fault, { retryAfterSeconds: number }>['kind'] &
    (`rate_limit_${string}` | 'quota_exceeded' | 'concurrent_limit');
  readonly window: (key: ApiKey) => LimitWindow;
  readonly ceiling: (key: ApiKey) => number | undefined;
}

const minute: LimitWindow = { kind: 'sliding', seconds: 60 };
const day: LimitWindow = { kind: 'calendar', period: 'day' };

/** Every limit, in the order in which they are checked. A new limit is one row here and its member in the keys file. */
const rules: readonly LimitRule[] = [
  {
    name: 'quota',
    unit: 'tokens',
    fault: 'quota_exceeded',
    window: ({ quota }) => ({ kind: 'calendar', period: quota?.period ?? 'total' }),
    ceiling: ({ quota }) => quota?.tokens,
  },
  {
    name: 'rpm',
    unit: 'requests',
    fault: 'rate_limit_rpm',
    window: () => minute,
    ceiling: ({ limits }) => limits.rpm,
  },
  {
    name: 'rpd',
    unit: 'requests',
    fault: 'rate_limit_rpd',
    window: () => day,
    ceiling: ({ limits }) => limits.rpd,
  },
  {
    name: 'tpm',
    unit: 'tokens',
    fault: 'rate_limit_tpm',
    window: () => minute,
    ceiling: ({ limits }) => limits.tpm,
  },
  {
    name: 'concurrency',
    unit: 'streams',
    fault: 'concurrent_limit',
    window: () => ({ kind: 'lease', seconds: LEASE_SECONDS }),
    ceiling: ({ limits }) => limits.concurrency,
  },
];

/** The limits that a key has, with the cost of a request that reserves this many tokens. */
export function limitRows(key: ApiKey, reservedTokens: number): readonly LimitRow[] {
  return rules.flatMap(({ name, unit, window, ceiling }) => {
    const value = ceiling(key);
    if (value === undefined) return [];
    return [
      { name, unit, window: window(key), ceiling: value, cost: unit === 'tokens' ? reservedTokens : 1 },
    ];
  });
}

const sentences: Readonly<Record<LimitName, (ceiling: number) => string>> = {
  quota: (ceiling) => `This key has used its quota of ${ceiling} tokens.`,
  rpm: (ceiling) => `This key may make ${ceiling} requests per minute.`,
  rpd: (ceiling) => `This key may make ${ceiling} requests per day.`,
  tpm: (ceiling) => `This key may use ${ceiling} tokens per minute.`,
  concurrency: (ceiling) => `This key may have ${ceiling} requests running at once.`,
};

/** What the client is told about a limit that it has reached; `waitMs` is null when waiting does not help. */
export function limitFault(
  { name, ceiling }: Pick<LimitRow, 'name' | 'ceiling'>,
  waitMs: number | null,
): Fault {
  const rule = rules.find((candidate) => candidate.name === name);
  const retryAfterSeconds =
    waitMs === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(waitMs / 1000));
  return {
    kind: rule?.fault ?? 'quota_exceeded',
    message: sentences[name](ceiling) + when(retryAfterSeconds),
    retryAfterSeconds,
  };
}

function when(seconds: number): string {
  return Number.isFinite(seconds) ? ` Try again in ${seconds} s.` : '';
}
