import { fingerprintOf } from '../digest.ts';

export interface RefreshRecord {
  /** SHA-256 of the refresh token. */
  readonly token: string;
  readonly calls: number;
  /** The most calls with this token that ran at the same time. */
  readonly maxConcurrent: number;
  readonly outcomes: readonly string[];
}

export interface RefreshSummary {
  readonly calls: number;
  readonly maxConcurrentWithOneToken: number;
  readonly byToken: readonly RefreshRecord[];
}

export interface RefreshTally {
  /** Counts a call from the moment its token is known; the result is called with how it ended. */
  readonly started: (refreshToken: string) => (outcome: string) => void;
  readonly summary: () => RefreshSummary;
  readonly reset: () => void;
}

interface Row {
  calls: number;
  running: number;
  maxConcurrent: number;
  readonly outcomes: string[];
}

/** Counts refreshes by token and reports two that run at once. */
export function createRefreshTally(violation: (words: string) => void): RefreshTally {
  const rows = new Map<string, Row>();
  return {
    started: (refreshToken) => {
      const token = fingerprintOf(refreshToken);
      const row = rows.get(token) ?? { calls: 0, running: 0, maxConcurrent: 0, outcomes: [] };
      rows.set(token, row);
      row.calls += 1;
      row.running += 1;
      row.maxConcurrent = Math.max(row.maxConcurrent, row.running);
      if (row.running > 1) violation(`${row.running} refreshes ran at once with one token`);
      return (outcome) => {
        row.running -= 1;
        row.outcomes.push(outcome);
      };
    },
    summary: () => {
      const byToken = [...rows].map(([token, { calls, maxConcurrent, outcomes }]) => ({
        token,
        calls,
        maxConcurrent,
        outcomes: [...outcomes],
      }));
      return {
        calls: byToken.reduce((sum, { calls }) => sum + calls, 0),
        maxConcurrentWithOneToken: Math.max(0, ...byToken.map(({ maxConcurrent }) => maxConcurrent)),
        byToken,
      };
    },
    reset: () => rows.clear(),
  };
}
