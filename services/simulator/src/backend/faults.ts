import { modelError } from '../model-layer/refusal.ts';
import { htmlReply, jsonReply, type Reply } from '../http/reply.ts';
import { type StatusDirective, statusReplyFrom } from '../scenario/status.ts';
import { detail } from './refusal.ts';

/** What a status answer needs to know of its account and time. */
export interface FaultContext {
  readonly plan: string;
  readonly nowSeconds: number;
  readonly quotaHeaders: Readonly<Record<string, string>>;
}

const CLOUDFLARE_PAGE =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Attention Required! | Cloudflare</h1><p>Sorry, you have been blocked.</p></body></html>';
const BAD_GATEWAY_PAGE =
  '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>cloudflare</center></body></html>';
const USAGE_LIMIT_SECONDS = 1800;

/** The status answers by `status kind`; the first kind of a status is its default. */
const STATUS_REPLIES: Readonly<Record<string, (context: FaultContext, directive: StatusDirective) => Reply>> =
  {
    '400 bad_request': () => modelError({ message: 'The request was refused by the simulator.' }),
    '401 token_invalidated': () => tokenInvalidated(),
    '401 token_expired': () => tokenExpired(),
    '401 unauthorized': () => detail('Unauthorized', 401),
    '401 unparseable': () => unparseableToken(),
    '402 deactivated_workspace': () => jsonReply(402, { detail: { code: 'deactivated_workspace' } }),
    '403 cloudflare': () =>
      htmlReply(403, CLOUDFLARE_PAGE, { 'cf-mitigated': 'challenge', server: 'cloudflare' }),
    '403 access_program': () =>
      modelError({
        message: 'The access program is not enabled for this account.',
        code: 'access_program_not_enabled',
        status: 403,
      }),
    '404 not_found': () => detail('Not Found', 404),
    '404 model': () => detail('Model not found', 404),
    '429 usage_limit': usageLimitReached,
    '429 plain': (_context, { retry_after: retryAfter = 1 }) =>
      jsonReply(429, { detail: 'Too many requests' }, { 'retry-after': String(retryAfter) }),
    '429 usage_not_included': ({ plan }) =>
      jsonReply(429, {
        error: {
          type: 'usage_not_included',
          message: 'Codex is not included in your plan',
          plan_type: plan,
        },
      }),
    '500 error': () =>
      jsonReply(500, {
        error: {
          message: 'The server had an error while processing your request. Sorry about that!',
          type: 'server_error',
          param: null,
          code: null,
        },
      }),
    '502 html': () => htmlReply(502, BAD_GATEWAY_PAGE, { server: 'cloudflare' }),
    '503 overloaded': () =>
      jsonReply(503, {
        error: {
          message: 'Our servers are currently overloaded. Please try again later.',
          type: 'service_unavailable_error',
          param: null,
          code: 'server_is_overloaded',
        },
      }),
    '503 slow_down': () =>
      jsonReply(503, {
        error: {
          message: 'Please slow down and try again later.',
          type: 'service_unavailable_error',
          param: null,
          code: 'slow_down',
        },
      }),
    '504 html': () => htmlReply(504, '<html><body><h1>504 Gateway Time-out</h1></body></html>'),
  };

/**
 * The answer of a `status` directive.
 *
 * @throws DirectiveError when the status has no such kind
 */
export function statusReply(directive: StatusDirective, context: FaultContext): Reply {
  const make = statusReplyFrom(STATUS_REPLIES, directive);
  return (
    make?.(context, directive) ??
    jsonReply(directive.status, { detail: `Simulated status ${directive.status}` })
  );
}

function usageLimitReached(
  { plan, nowSeconds, quotaHeaders }: FaultContext,
  directive: StatusDirective,
): Reply {
  const seconds = directive.retry_after ?? USAGE_LIMIT_SECONDS;
  const error = {
    type: 'usage_limit_reached',
    message: 'The usage limit has been reached',
    plan_type: plan,
    resets_at: nowSeconds + seconds,
    resets_in_seconds: seconds,
    eligible_promo: null,
  };
  return jsonReply(
    429,
    { error },
    {
      ...quotaHeaders,
      'x-codex-primary-used-percent': '100',
      'x-codex-primary-reset-after-seconds': String(seconds),
      'x-codex-primary-reset-at': String(nowSeconds + seconds),
      'x-codex-rate-limit-reached-type': 'rate_limit_reached',
    },
  );
}

export function tokenInvalidated(): Reply {
  return jsonReply(401, {
    error: {
      message: 'Your authentication token has been invalidated. Please try signing in again.',
      type: 'invalid_request_error',
      code: 'token_invalidated',
      param: null,
    },
    status: 401,
  });
}

export function tokenExpired(): Reply {
  return jsonReply(401, {
    error: {
      message: 'Provided authentication token is expired. Please try signing in again.',
      type: 'invalid_request_error',
      code: 'token_expired',
      param: null,
    },
    status: 401,
  });
}

export function unparseableToken(): Reply {
  return detail('Could not parse your authentication token. Please try signing in again.', 401);
}
