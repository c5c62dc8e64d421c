import type { Dialect, ToldLimit } from '@codex-gateway/wire/dialects/dialect.ts';
import type { LimitState } from '../limits/limit-store.ts';

/** How the client's own API tells limits, if it does, and the time in unix seconds. */
export interface OwnHeaders {
  readonly render: Dialect['limitHeaders'];
  readonly now: number;
}

/**
 * What a key has left, for requests and for tokens by the limit that is nearest to its end: `x-ratelimit-*` as the
 * OpenAI SDKs read them, and beside them those of the client's own API.
 */
export function rateLimitHeaders(
  states: readonly LimitState[],
  own: OwnHeaders | null = null,
): Record<string, string> {
  const units = (['requests', 'tokens'] as const).flatMap((unit) => nearest(unit, states));
  const headers = units.flatMap(({ told, resetSeconds }) => [
    openAiHeaders(told, resetSeconds),
    own?.render?.({ ...told, resetsAt: resetSeconds === null ? null : rfc3339(own.now + resetSeconds) }),
  ]);
  return Object.assign({}, ...headers);
}

interface Nearest {
  readonly told: Omit<ToldLimit, 'resetsAt'>;
  readonly resetSeconds: number | null;
}

function nearest(unit: 'requests' | 'tokens', states: readonly LimitState[]): readonly Nearest[] {
  const [state] = states
    .filter((candidate) => candidate.unit === unit)
    .toSorted((left, right) => remaining(left) - remaining(right));
  if (!state) return [];
  const resetSeconds = state.resetMs === null ? null : Math.ceil(state.resetMs / 1000);
  return [{ told: { unit, limit: state.ceiling, remaining: remaining(state) }, resetSeconds }];
}

function remaining({ ceiling, used }: LimitState): number {
  return Math.max(0, ceiling - used);
}

/** Resets are written like `1m30s`. */
function openAiHeaders(told: Nearest['told'], resetSeconds: number | null): Record<string, string> {
  return {
    [`x-ratelimit-limit-${told.unit}`]: String(told.limit),
    [`x-ratelimit-remaining-${told.unit}`]: String(told.remaining),
    ...(resetSeconds !== null && { [`x-ratelimit-reset-${told.unit}`]: goDuration(resetSeconds) }),
  };
}

function goDuration(seconds: number): string {
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    seconds % 60,
  ];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`;
}

function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}
