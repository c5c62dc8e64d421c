import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropicMessages } from '@codex-gateway/wire/dialects/anthropic-messages/dialect.ts';
import { rateLimitHeaders } from '../../src/http/rate-limit-headers.ts';
import type { LimitState } from '../../src/limits/limit-store.ts';

const rpm: LimitState = { name: 'rpm', unit: 'requests', ceiling: 120, used: 20, resetMs: 61_000 };
const rpd: LimitState = { name: 'rpd', unit: 'requests', ceiling: 500, used: 450, resetMs: 3_599_001 };
const tpm: LimitState = { name: 'tpm', unit: 'tokens', ceiling: 1_000, used: 1, resetMs: 400 };
const quota: LimitState = { name: 'quota', unit: 'tokens', ceiling: 900, used: 950, resetMs: null };
const slots: LimitState = { name: 'concurrency', unit: 'streams', ceiling: 1, used: 1, resetMs: 30_000 };

test('a key without limits gets no header', () => {
  assert.deepEqual(rateLimitHeaders([]), {});
  assert.deepEqual(rateLimitHeaders([slots]), {});
});

test('requests and tokens are told, with their reset like a Go duration', () => {
  assert.deepEqual(rateLimitHeaders([rpm, tpm, slots]), {
    'x-ratelimit-limit-requests': '120',
    'x-ratelimit-remaining-requests': '100',
    'x-ratelimit-reset-requests': '1m1s',
    'x-ratelimit-limit-tokens': '1000',
    'x-ratelimit-remaining-tokens': '999',
    'x-ratelimit-reset-tokens': '1s',
  });
});

test('an API with headers of its own gets the same limits, in its words and with the time of the reset', () => {
  const render = anthropicMessages.limitHeaders;
  const own = (states: readonly LimitState[]): unknown =>
    Object.fromEntries(
      Object.entries(rateLimitHeaders(states, { render, now: 1_800_000_000 })).filter(
        ([name]) => !name.startsWith('x-'),
      ),
    );
  assert.deepEqual(own([rpm, quota, tpm, slots]), {
    'anthropic-ratelimit-requests-limit': '120',
    'anthropic-ratelimit-requests-remaining': '100',
    'anthropic-ratelimit-requests-reset': '2027-01-15T08:01:01Z',
    'anthropic-ratelimit-tokens-limit': '900',
    'anthropic-ratelimit-tokens-remaining': '0',
  });
  assert.deepEqual(rateLimitHeaders([rpm], { render: undefined, now: 0 }), rateLimitHeaders([rpm]));
});

test('of two limits of one unit the one that is nearer to its end is told, and less than nothing is none', () => {
  assert.deepEqual(rateLimitHeaders([quota, rpm, rpd, tpm]), {
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '50',
    'x-ratelimit-reset-requests': '1h0m0s',
    'x-ratelimit-limit-tokens': '900',
    'x-ratelimit-remaining-tokens': '0',
  });
});

for (const [ms, text] of [
  [0, '0s'],
  [1, '1s'],
  [59_999, '1m0s'],
  [60_000, '1m0s'],
  [90_000, '1m30s'],
  [3_600_000, '1h0m0s'],
  [86_399_500, '24h0m0s'],
] as const) {
  test(`${ms} ms are written ${text}`, () => {
    assert.equal(rateLimitHeaders([{ ...rpm, resetMs: ms }])['x-ratelimit-reset-requests'], text);
  });
}
