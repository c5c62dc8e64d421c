import { modelError } from '../model-layer/refusal.ts';
import { htmlReply, jsonReply, type Reply } from '../http/reply.ts';
import { type Directive, pick } from '../model/directives.ts';
import { type StatusDirective, statusReplyFrom } from '../scenario/status.ts';
import { vanished } from '../scenario/vanished.ts';
import type { Call } from '../world.ts';
import { ORGANIZATION } from './organization.ts';
import { serverError, unknownUrl, wrongApiKey } from './refusals.ts';

const DEFAULT_WAIT_SECONDS = 1;
const BAD_GATEWAY_PAGE =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n';
const QUOTA_MESSAGE =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.';

/** The status answers by `status kind`; the first kind of a status is its default. */
const STATUS_REPLIES: Readonly<Record<string, (directive: StatusDirective) => Reply>> = {
  '400 bad_request': () => modelError({ message: 'The request was refused by the simulator.' }),
  '400 context_length': () =>
    modelError({
      message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
      param: 'input',
      code: 'context_length_exceeded',
    }),
  '401 invalid_api_key': () => wrongApiKey('sk-revoked'),
  '403 country': () =>
    jsonReply(403, {
      error: {
        message: 'Country, region, or territory not supported',
        type: 'request_forbidden',
        param: null,
        code: 'unsupported_country_region_territory',
      },
    }),
  '404 not_found': () => unknownUrl('POST', '/v1/responses'),
  '404 model': () => modelNotFound('the-model'),
  '429 rate_limit_exceeded': (directive) => rateLimited('requests', 'RPM', directive),
  '429 tokens': (directive) => rateLimited('tokens', 'TPM', directive),
  '429 insufficient_quota': quotaExceeded,
  '429 usage_limit': quotaExceeded,
  '500 error': () => serverError('The server had an error while processing your request. Sorry about that!'),
  '502 html': () => htmlReply(502, BAD_GATEWAY_PAGE),
  '503 overloaded': () => unavailable('server_is_overloaded', 'Our servers are currently overloaded.'),
  '503 slow_down': () => unavailable('slow_down', 'Please slow down.'),
  '504 html': () => htmlReply(504, '<html><body><h1>504 Gateway Time-out</h1></body></html>'),
};

/**
 * What happens in the place of an answer: the reply of a `status` directive, or none at all with `hang` and `drop`.
 *
 * @throws DirectiveError when the status has no such kind
 */
export async function insteadOfAnswer(
  directives: readonly Directive[],
  call: Call,
): Promise<{ readonly reply: Reply | undefined } | undefined> {
  const status = pick(directives, 'status');
  if (status !== undefined) return { reply: statusReply(status) };
  return (await vanished(directives, call)) ? { reply: undefined } : undefined;
}

function statusReply(directive: StatusDirective): Reply {
  const make = statusReplyFrom(STATUS_REPLIES, directive);
  return make?.(directive) ?? serverError(`Simulated status ${directive.status}`, directive.status);
}

/** The words of Aider-AI/aider#2030. */
export function modelNotFound(model: string): Reply {
  return modelError({
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    code: 'model_not_found',
    status: 404,
  });
}

/** The words of openai/codex#10060, the types of Pythagora-io/gpt-pilot PR 53. */
function rateLimited(type: 'requests' | 'tokens', unit: string, directive: StatusDirective): Reply {
  const seconds = directive.retry_after ?? DEFAULT_WAIT_SECONDS;
  const message = `Rate limit reached for organization ${ORGANIZATION} on ${type} per min (${unit}): Limit 3, Used 3, Requested 1. Please try again in ${seconds}s. Visit https://platform.openai.com/account/rate-limits to learn more.`;
  return jsonReply(
    429,
    { error: { message, type, param: null, code: 'rate_limit_exceeded' } },
    {
      'retry-after': String(seconds),
      'retry-after-ms': String(seconds * 1000),
      [`x-ratelimit-remaining-${type}`]: '0',
      [`x-ratelimit-reset-${type}`]: `${seconds}s`,
    },
  );
}

function quotaExceeded(): Reply {
  const type = 'insufficient_quota';
  return jsonReply(429, { error: { message: QUOTA_MESSAGE, type, param: null, code: type } });
}

function unavailable(code: string, message: string): Reply {
  return jsonReply(503, {
    error: {
      message: `${message} Please try again later.`,
      type: 'service_unavailable_error',
      param: null,
      code,
    },
  });
}
