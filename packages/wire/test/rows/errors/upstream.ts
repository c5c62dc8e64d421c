import type { Section, Told } from '../row.ts';
import { failedHere, refusedHere } from './told.ts';

const noAccount = failedHere(
  503,
  'oauth_unavailable',
  'oauth token unavailable, run auth login',
  'oauth_unavailable',
);
const ours = failedHere(
  502,
  'upstream_error',
  'The gateway sent a request that the upstream does not take.',
  'upstream_error',
);

function broken(message: string): Told {
  return failedHere(502, 'upstream_error', message, 'upstream_error');
}

function overloaded(message: string, seconds: string): Told {
  return {
    ...failedHere(503, 'server_is_overloaded', message, 'overloaded'),
    anthropic: { type: 'overloaded_error', status: 529 },
    headers: { 'retry-after': seconds },
  };
}

/** A refusal that keeps what the upstream said. */
function handedOn(
  status: number,
  error: {
    readonly message: string;
    readonly code: string | null;
    readonly type?: string;
    readonly param?: string;
  },
  anthropic = 'invalid_request_error',
): Told {
  return {
    status,
    error: { type: 'invalid_request_error', ...error },
    anthropic: { type: anthropic },
    outcome: 'upstream_refused',
  };
}

function unknownModel(message: string): Told {
  return refusedHere(404, 'model_not_found', {
    message,
    outcome: 'client_error',
    anthropic: 'not_found_error',
    param: 'model',
  });
}

export const refusals: Section = {
  title: 'What the upstream refuses',
  about:
    'Status, message, code and param stay, in the client’s envelope. An error inside a 200 means the same as one with a status; before any output it becomes that status.',
  rows: [
    {
      event: 'an error object with a 4xx',
      says: 'Handed on as it is.',
      cases: [
        {
          when: {
            status: 400,
            body: {
              error: {
                message: "Invalid value: 'x'.",
                type: 'invalid_request_error',
                param: 'reasoning.effort',
                code: 'invalid_value',
              },
            },
          },
          told: handedOn(400, {
            message: "Invalid value: 'x'.",
            code: 'invalid_value',
            param: 'reasoning.effort',
          }),
        },
        {
          when: { status: 404, body: { error: { message: "Item with id 'rs_1' not found." } } },
          told: handedOn(404, { message: "Item with id 'rs_1' not found.", code: null }, 'not_found_error'),
        },
        {
          when: { status: 422, body: { error: {} } },
          told: handedOn(422, {
            message: 'The upstream refused the request with status 422.',
            code: null,
          }),
        },
        {
          when: { status: 400, body: { error: { code: 'constructor', message: 'Odd.' } } },
          told: handedOn(400, { message: 'Odd.', code: 'constructor' }),
        },
        {
          file: 'services/gateway/test/component/upstream-failures.component.test.ts',
          test: 'a refusal by the backend is told as it is, in the envelope of the client',
        },
      ],
    },
    {
      event: '`{"detail": …}`',
      says: 'The sentence is the message; a detail that is no sentence is not handed on.',
      cases: [
        {
          when: { status: 400, body: { detail: 'Something about your request.' } },
          told: handedOn(400, { message: 'Something about your request.', code: null }),
        },
        {
          when: { status: 422, body: { detail: [{ loc: ['body'] }] } },
          told: broken('The upstream answered with status 422 and no error that can be read.'),
        },
      ],
    },
    {
      event: 'a model that the account may not use, or that does not exist',
      says: 'To the client it does not exist.',
      cases: [
        {
          when: {
            status: 400,
            body: {
              detail: "The 'gpt-9' model is not supported when using Codex with a ChatGPT account.",
            },
          },
          told: unknownModel("The 'gpt-9' model is not supported when using Codex with a ChatGPT account."),
        },
        {
          when: {
            status: 400,
            body: { detail: "The 'gpt-9' model requires a newer version of Codex. Please upgrade." },
          },
          told: unknownModel("The 'gpt-9' model requires a newer version of Codex. Please upgrade."),
        },
        {
          when: { status: 404, body: { detail: 'Model not found' } },
          told: unknownModel('Model not found'),
        },
        {
          when: { error: { code: 'model_not_found', message: 'No such model.' } },
          told: unknownModel('No such model.'),
        },
      ],
    },
    {
      event: 'a conversation that is too long',
      says: 'Claude Code knows an overflow by its first words, and reads both numbers where they are known.',
      cases: [
        {
          when: { error: { code: 'context_length_exceeded', message: 'Too long.' } },
          told: {
            ...refusedHere(400, 'context_length_exceeded', {
              message: 'Too long.',
              outcome: 'client_error',
              anthropic: 'invalid_request_error',
              param: 'input',
            }),
            anthropic: { type: 'invalid_request_error', message: 'prompt is too long: Too long.' },
          },
        },
        {
          when: {
            fault: {
              kind: 'context_length_exceeded',
              message: 'Too long.',
              param: 'input',
              tokens: { sent: 300_000, maximum: 272_000 },
            },
          },
          told: {
            ...refusedHere(400, 'context_length_exceeded', {
              message: 'Too long.',
              outcome: 'client_error',
              anthropic: 'invalid_request_error',
              param: 'input',
            }),
            anthropic: {
              type: 'invalid_request_error',
              message: 'prompt is too long: 300000 tokens > 272000 maximum',
            },
          },
        },
      ],
    },
    {
      event: 'a policy that blocks the question',
      says: 'A 400 with its code, whatever the status was: the Codex CLI sends any other status again.',
      cases: [
        {
          when: { error: { code: 'cyber_policy', message: 'Not this.' } },
          told: handedOn(400, { message: 'Not this.', code: 'cyber_policy' }),
        },
        {
          when: { error: { code: 'bio_policy', message: 'Not this.' } },
          told: handedOn(400, { message: 'Not this.', code: 'bio_policy' }),
        },
        {
          when: { error: { code: 'misalignment_policy_violation', message: 'Not this.' } },
          told: handedOn(400, { message: 'Not this.', code: 'misalignment_policy_violation' }),
        },
        {
          when: { error: { code: 'invalid_prompt', message: 'Not this.' } },
          told: handedOn(400, { message: 'Not this.', code: 'invalid_prompt' }),
        },
        {
          when: { status: 403, body: { error: { code: 'cyber_policy', message: 'Not this.' } } },
          told: handedOn(400, { message: 'Not this.', code: 'cyber_policy' }),
        },
      ],
    },
    {
      event: 'sealed reasoning that cannot be opened',
      says: 'Asked once more without any; told only when that is refused too.',
      cases: [
        {
          when: {
            error: {
              code: 'invalid_encrypted_content',
              type: 'invalid_request_error',
              message: 'Not verified.',
            },
          },
          tries: 'without_reasoning',
          told: handedOn(400, { message: 'Not verified.', code: 'invalid_encrypted_content' }),
        },
      ],
    },
    {
      event: 'too many requests',
      says: 'With the time that the upstream names, else five seconds; the account rests as long if there is another.',
      cases: [
        {
          when: { error: { code: 'rate_limit_exceeded', type: 'requests', message: 'Slower.' } },
          told: {
            ...handedOn(
              429,
              { message: 'Slower.', type: 'requests', code: 'rate_limit_exceeded' },
              'rate_limit_error',
            ),
            headers: { 'retry-after': '5' },
          },
        },
        {
          when: { status: 429, body: '', retryAfterSeconds: 17 },
          told: {
            ...handedOn(
              429,
              { message: 'The upstream is limiting requests.', code: 'rate_limit_exceeded' },
              'rate_limit_error',
            ),
            headers: { 'retry-after': '17' },
          },
        },
        {
          when: { status: 429, body: { detail: 'Too many requests' }, retryAfterSeconds: 7200 },
          told: {
            ...handedOn(429, { message: 'Too many requests', code: null }, 'rate_limit_error'),
            headers: { 'retry-after': '60', 'x-should-retry': 'false' },
          },
        },
        {
          when: { error: { code: 'insufficient_quota', message: 'No quota.' } },
          told: {
            ...handedOn(429, { message: 'No quota.', code: 'insufficient_quota' }, 'rate_limit_error'),
            headers: { 'retry-after': '60', 'x-should-retry': 'false' },
          },
        },
        {
          file: 'services/gateway/test/upstream/accounts.test.ts',
          test: 'after a plain 429 the others serve for as long as it says',
        },
      ],
    },
    {
      event: 'an account that is used up',
      says: 'Another account serves. When all are used up nobody is asked until the first window opens; the Codex CLI reads type and time, and tells its user once.',
      cases: [
        {
          when: {
            error: {
              type: 'usage_limit_reached',
              message: 'Used up.',
              plan_type: 'plus',
              resets_at: 1_800_000_000,
              resets_in_seconds: 60,
            },
          },
          tries: 'other_account',
          told: {
            status: 429,
            error: {
              message: 'Used up.',
              type: 'usage_limit_reached',
              code: 'usage_limit_reached',
              resets_at: 1_800_000_000,
              resets_in_seconds: 60,
              plan_type: 'plus',
            },
            anthropic: { type: 'rate_limit_error' },
            outcome: 'usage_limit',
            headers: { 'retry-after': '60', 'x-should-retry': 'false' },
          },
        },
        {
          when: { error: { code: 'usage_limit_reached' } },
          tries: 'other_account',
          told: {
            status: 429,
            error: {
              message: 'The usage limit has been reached',
              type: 'usage_limit_reached',
              code: 'usage_limit_reached',
            },
            anthropic: { type: 'rate_limit_error' },
            outcome: 'usage_limit',
            headers: { 'retry-after': '60', 'x-should-retry': 'false' },
          },
        },
        {
          file: 'services/gateway/test/component/upstream-failures.component.test.ts',
          test: 'a usage limit tells when it ends, in a member and in words',
        },
        {
          file: 'services/gateway/test/upstream/accounts.test.ts',
          test: 'a limit that says only for how long it holds rests until then, and says when that is',
        },
      ],
    },
    {
      event: 'a request that is too large for the upstream',
      says: 'The client’s to make smaller, whoever on the way says so.',
      cases: [
        {
          when: { status: 413, body: '<html>Request Entity Too Large</html>' },
          told: refusedHere(413, 'request_too_large', {
            message: 'The request is larger than the upstream takes.',
            outcome: 'client_error',
            anthropic: 'request_too_large',
          }),
        },
      ],
    },
    {
      event: 'an account or a token that is refused',
      says: 'The gateway’s own affair: a fresh token, then another account; never the client’s 401 or 403.',
      cases: [
        {
          when: {
            status: 401,
            body: { error: { code: 'token_expired', message: 'Provided authentication token is expired.' } },
          },
          tries: 'fresh_token',
          told: noAccount,
        },
        {
          when: { status: 401, body: { detail: 'Unauthorized' } },
          tries: 'fresh_token',
          told: noAccount,
        },
        {
          when: { status: 402, body: { detail: { code: 'deactivated_workspace' } } },
          tries: 'other_account',
          told: noAccount,
        },
        {
          when: { status: 403, body: '<html>Just a moment...</html>' },
          tries: 'other_account',
          told: noAccount,
        },
        {
          when: { error: { code: 'usage_not_included', message: 'Upgrade.' } },
          tries: 'other_account',
          told: noAccount,
        },
        {
          file: 'services/gateway/test/component/upstream-failures.component.test.ts',
          test: 'what heals is not seen by the client, only counted',
        },
      ],
    },
    {
      event: 'a body that only the gateway can have made wrong',
      says: 'No client can mend it: a 502.',
      cases: [
        { when: { status: 400, body: { detail: 'Unsupported parameter: temperature' } }, told: ours },
        { when: { status: 400, body: { detail: 'Unsupported service_tier: flex' } }, told: ours },
        { when: { status: 400, body: { detail: 'System messages are not allowed' } }, told: ours },
        { when: { status: 400, body: { detail: 'Instructions are required' } }, told: ours },
        { when: { status: 400, body: { detail: 'Instructions are not valid' } }, told: ours },
        { when: { status: 400, body: { detail: 'Stream must be set to true' } }, told: ours },
        { when: { status: 400, body: { detail: 'Store must be set to false' } }, told: ours },
        { when: { status: 400, body: { detail: 'Input must be a list' } }, told: ours },
      ],
    },
    {
      event: 'an overload',
      says: 'Asked once more after a pause. A 503 without a code is one too: a proxy before the upstream says it so.',
      cases: [
        {
          when: { error: { code: 'server_is_overloaded', message: 'Busy.' } },
          tries: 'pause',
          told: overloaded('Busy.', '5'),
        },
        {
          when: { error: { code: 'slow_down', message: 'Busy.' } },
          tries: 'pause',
          told: overloaded('Busy.', '5'),
        },
        {
          when: {
            status: 503,
            body: { error: { code: 'slow_down', message: 'Busy.' } },
            retryAfterSeconds: 17,
          },
          tries: 'pause',
          told: overloaded('Busy.', '17'),
        },
        {
          when: { status: 503, body: '<html>Service unavailable</html>' },
          tries: 'pause',
          told: overloaded('The upstream is overloaded. Please try again later.', '5'),
        },
      ],
    },
    {
      event: 'anything else of an upstream that is broken',
      says: 'HTML and internals are never handed on; what an error inside a 200 says of itself is.',
      cases: [
        {
          when: { status: 500, body: { error: { message: 'secret internals', type: 'server_error' } } },
          told: broken('The upstream answered with status 500.'),
        },
        {
          when: { status: 502, body: '<html>Bad gateway</html>' },
          told: broken('The upstream answered with status 502.'),
        },
        {
          when: { status: 404, body: '<html>Not found</html>' },
          told: broken('The upstream answered with status 404 and no error that can be read.'),
        },
        {
          when: { event: { type: 'error', error: { code: 'server_error', message: 'Something broke.' } } },
          told: broken('Something broke.'),
        },
        {
          when: {
            event: {
              type: 'response.failed',
              response: { error: { code: 'server_error', message: 'Something broke.' } },
            },
          },
          told: broken('Something broke.'),
        },
        {
          when: { event: { type: 'response.failed', response: { status: 'failed' } } },
          told: broken('The upstream failed while it answered.'),
        },
      ],
    },
  ],
};
