/** One window of a usage limit. */
export interface QuotaWindow {
  readonly usedPercent: number;
  readonly windowMinutes: number;
  readonly resetsInSeconds: number;
}

/** What an account has used of its plan. */
export interface Quota {
  readonly primary: QuotaWindow;
  /** Null on a plan with one window. */
  readonly secondary: QuotaWindow | null;
  readonly limitReached: boolean;
}

export const DEFAULT_QUOTA: Quota = {
  primary: { usedPercent: 12, windowMinutes: 300, resetsInSeconds: 9000 },
  secondary: { usedPercent: 5, windowMinutes: 10_080, resetsInSeconds: 432_000 },
  limitReached: false,
};

const SECOND_FAMILY = 'bengalfox';
const SECOND_FAMILY_NAME = 'GPT-5.3-Codex-Spark';

interface KnownHeaders {
  readonly plan: string;
  readonly nowSeconds: number;
  readonly headers: Readonly<Record<string, string>>;
}

const knownHeaders = new WeakMap<Quota, KnownHeaders>();

/** The limit headers of every answer: the plan's own windows, a second limit family, credits. */
export function quotaHeaders(
  quota: Quota,
  plan: string,
  nowSeconds: number,
): Readonly<Record<string, string>> {
  // thirty headers that change once a second at most
  const known = knownHeaders.get(quota);
  if (known !== undefined && known.plan === plan && known.nowSeconds === nowSeconds) return known.headers;
  const headers = buildHeaders(quota, plan, nowSeconds);
  knownHeaders.set(quota, { plan, nowSeconds, headers });
  return headers;
}

function buildHeaders(quota: Quota, plan: string, nowSeconds: number): Record<string, string> {
  const { primary, secondary } = quota;
  return {
    'x-codex-plan-type': plan,
    'x-codex-active-limit': 'codex',
    ...windowHeaders('x-codex-primary', primary, nowSeconds),
    ...windowHeaders('x-codex-secondary', secondary, nowSeconds),
    'x-codex-primary-over-secondary-limit-percent': '0',
    'x-codex-credits-has-credits': 'False',
    'x-codex-credits-unlimited': 'False',
    'x-codex-credits-balance': '',
    ...windowHeaders(`x-codex-${SECOND_FAMILY}-primary`, unused(primary), nowSeconds),
    ...windowHeaders(`x-codex-${SECOND_FAMILY}-secondary`, unused(secondary), nowSeconds),
    [`x-codex-${SECOND_FAMILY}-limit-name`]: SECOND_FAMILY_NAME,
  };
}

function unused(window: QuotaWindow | null): QuotaWindow | null {
  return window === null ? null : { ...window, usedPercent: 0 };
}

/** A window that the plan does not have says 0 % used, and neither length nor reset. */
function windowHeaders(
  prefix: string,
  window: QuotaWindow | null,
  nowSeconds: number,
): Record<string, string> {
  if (window === null) return { [`${prefix}-used-percent`]: '0' };
  return {
    [`${prefix}-used-percent`]: String(window.usedPercent),
    [`${prefix}-window-minutes`]: String(window.windowMinutes),
    [`${prefix}-reset-after-seconds`]: String(window.resetsInSeconds),
    [`${prefix}-reset-at`]: String(nowSeconds + window.resetsInSeconds),
  };
}

function windowBody(window: QuotaWindow | null, nowSeconds: number): object | null {
  if (window === null) return null;
  return {
    used_percent: window.usedPercent,
    limit_window_seconds: window.windowMinutes * 60,
    reset_after_seconds: window.resetsInSeconds,
    reset_at: nowSeconds + window.resetsInSeconds,
  };
}

/** The body of `GET /wham/usage`. */
export function usageBody(quota: Quota, plan: string, nowSeconds: number): object {
  const limit = (allowed: boolean) => ({
    allowed,
    limit_reached: !allowed,
    primary_window: windowBody(quota.primary, nowSeconds),
    secondary_window: windowBody(quota.secondary, nowSeconds),
  });
  return {
    plan_type: plan,
    rate_limit: limit(!quota.limitReached),
    credits: { has_credits: false, unlimited: false, balance: null },
    spend_control: null,
    additional_rate_limits: [
      { limit_name: SECOND_FAMILY_NAME, metered_feature: `codex_${SECOND_FAMILY}`, rate_limit: limit(true) },
    ],
    rate_limit_reached_type: quota.limitReached ? { type: 'rate_limit_reached' } : null,
    rate_limit_reset_credits: { available_count: 0 },
  };
}
