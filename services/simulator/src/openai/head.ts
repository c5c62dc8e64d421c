import type { OutgoingHttpHeaders } from 'node:http';
import type { World } from '../world.ts';
import { ORGANIZATION, PROJECT } from './organization.ts';

const REQUEST_LIMIT = 10_000;
const TOKEN_LIMIT = 30_000_000;
const ID_LENGTH = 'req_'.length + 32;
const RAY_LENGTH = 16;

/** The headers of one request's answer, the same whether it is a stream, a reply or a refusal. */
export interface Head {
  /** Of every answer. */
  readonly common: () => OutgoingHttpHeaders;
  /** Of an answer to an accepted key: whose it is and how long the answer took so far. */
  readonly account: () => OutgoingHttpHeaders;
}

export function createHead({ ids, clock }: World): Head {
  const requestId = ids.next('req_').slice(0, ID_LENGTH);
  const startedAt = clock.now();
  const ray = requestId.slice(-RAY_LENGTH);
  const common = (): OutgoingHttpHeaders => ({
    'x-request-id': requestId,
    'cf-ray': `${ray}-SIM`,
    'cf-cache-status': 'DYNAMIC',
    server: 'cloudflare',
    'set-cookie': `__cf_bm=${ray}; path=/; domain=.api.openai.com; HttpOnly; Secure; SameSite=None`,
    'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
    'x-content-type-options': 'nosniff',
    'alt-svc': 'h3=":443"; ma=86400',
  });
  return {
    common,
    account: () => ({
      ...common(),
      'openai-organization': ORGANIZATION,
      'openai-project': PROJECT,
      'openai-processing-ms': String(clock.now() - startedAt),
      'openai-version': '2020-10-01',
    }),
  };
}

/** What is left of the limits, as an inference tells it. */
export function limitHeaders(inputTokens: number): OutgoingHttpHeaders {
  return {
    'x-ratelimit-limit-requests': String(REQUEST_LIMIT),
    'x-ratelimit-limit-tokens': String(TOKEN_LIMIT),
    'x-ratelimit-remaining-requests': String(REQUEST_LIMIT - 1),
    'x-ratelimit-remaining-tokens': String(TOKEN_LIMIT - inputTokens),
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-reset-tokens': '0s',
  };
}
