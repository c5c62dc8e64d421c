import type { LimitState } from '../limits/limit-store.ts';

/**
 * `x-ratelimit-*` as the OpenAI SDKs read them: for requests and for tokens the limit that is nearest to its end.
 * Resets are written like `1m30s`.
 */
export function rateLimitHeaders(states: readonly LimitState[]): Record<string, string> {
  return { ...unitHeaders('requests', states), ...unitHeaders('tokens', states) };
}

function unitHeaders(unit: 'requests' | 'tokens', states: readonly LimitState[]): Record<string, string> {
  const [nearest] = states
    .filter((state) => state.unit === unit)
    .toSorted((left, right) => remaining(left) - remaining(right));
  if (!nearest) return {};
  return {
    [`x-ratelimit-limit-${unit}`]: String(nearest.ceiling),
    [`x-ratelimit-remaining-${unit}`]: String(remaining(nearest)),
    ...(nearest.resetMs !== null && { [`x-ratelimit-reset-${unit}`]: goDuration(nearest.resetMs) }),
  };
}

function remaining({ ceiling, used }: LimitState): number {
  return Math.max(0, ceiling - used);
}

function goDuration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    seconds % 60,
  ];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${rest}s`;
}
