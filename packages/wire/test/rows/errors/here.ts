import type { ProvenCase, Section } from '../row.ts';
import { failedHere, refusedHere } from './told.ts';

const everyRefusal: ProvenCase = {
  file: 'services/gateway/test/component/errors.component.test.ts',
  test: 'every refusal of a request, in each dialect',
};
const message = 'What is wrong.';
const keyError = { message, outcome: 'unauthorized', anthropic: 'authentication_error' } as const;
const forbidden = { message, outcome: 'forbidden', anthropic: 'permission_error' } as const;
const badRequest = { message, outcome: 'client_error', anthropic: 'invalid_request_error' } as const;
const param = 'messages[1].role';

export const keys: Section = {
  title: 'Keys and models',
  rows: [
    {
      event: 'no key, an unknown key, an expired key',
      says: 'Before the body is read.',
      cases: [
        {
          when: { fault: { kind: 'missing_api_key', message } },
          told: refusedHere(401, 'missing_api_key', keyError),
        },
        {
          when: { fault: { kind: 'invalid_api_key', message } },
          told: refusedHere(401, 'invalid_api_key', keyError),
        },
        {
          when: { fault: { kind: 'api_key_expired', message } },
          told: refusedHere(401, 'api_key_expired', keyError),
        },
        everyRefusal,
      ],
    },
    {
      event: 'a disabled key, a model or a mode that the key may not use',
      says: 'Whether the model exists is said only to a key that may use it.',
      cases: [
        {
          when: { fault: { kind: 'api_key_disabled', message } },
          told: refusedHere(403, 'api_key_disabled', forbidden),
        },
        {
          when: { fault: { kind: 'model_not_allowed', message, param: 'model' } },
          told: refusedHere(403, 'model_not_allowed', { ...forbidden, param: 'model' }),
        },
        {
          when: { fault: { kind: 'raw_not_allowed', message } },
          told: refusedHere(403, 'raw_not_allowed', forbidden),
        },
        everyRefusal,
        {
          file: 'services/gateway/test/component/raw.component.test.ts',
          test: 'key, model and size are judged as for every other request',
        },
      ],
    },
    {
      event: 'a model that does not exist',
      says: 'Only where a list of models is known and lacks it.',
      cases: [
        {
          when: { fault: { kind: 'model_not_found', message, param: 'model' } },
          told: refusedHere(404, 'model_not_found', {
            ...badRequest,
            anthropic: 'not_found_error',
            param: 'model',
          }),
        },
        everyRefusal,
      ],
    },
  ],
};

export const requests: Section = {
  title: 'Requests',
  rows: [
    {
      event: 'a body that is no JSON, a field that is missing or malformed',
      says: '`param` names the field as the client writes it. In Messages the sentence begins with its place.',
      cases: [
        {
          when: { fault: { kind: 'invalid_request', message, param } },
          told: refusedHere(400, 'invalid_request', { ...badRequest, param }),
        },
        everyRefusal,
        {
          file: 'services/gateway/test/component/errors.component.test.ts',
          test: 'a refusal names the field at fault as its client writes it',
        },
      ],
    },
    {
      event: 'a field or a value that cannot be served',
      says: 'Where silence would change what the answer means; of a strict key every field that has no effect, all in one.',
      cases: [
        {
          when: { fault: { kind: 'unsupported_parameter', message, param } },
          told: refusedHere(400, 'unsupported_parameter', { ...badRequest, param }),
        },
        {
          when: { fault: { kind: 'unsupported_value', message, param } },
          told: refusedHere(400, 'unsupported_value', { ...badRequest, param }),
        },
        {
          file: 'services/gateway/test/component/operator-choices.component.test.ts',
          test: 'a key is told of what was not honoured, refused, or left in peace',
        },
      ],
    },
    {
      event: 'more tokens than the key allows',
      says: 'The largest limit that the request names counts.',
      cases: [
        {
          when: { fault: { kind: 'max_tokens_exceeded', message, param: 'max_tokens' } },
          told: refusedHere(400, 'max_tokens_exceeded', { ...badRequest, param: 'max_tokens' }),
        },
        {
          file: 'services/gateway/test/component/max-tokens.component.test.ts',
          test: 'a request for more tokens than the key allows is refused, and the field that asks for most is named',
        },
      ],
    },
    {
      event: 'a response that is not remembered',
      says: 'A conversation that cannot be gone on from is a 400, a stored answer that is asked for a 404.',
      cases: [
        {
          when: { fault: { kind: 'previous_response_not_found', message, param: 'previous_response_id' } },
          told: refusedHere(400, 'previous_response_not_found', {
            ...badRequest,
            param: 'previous_response_id',
          }),
        },
        {
          when: { fault: { kind: 'response_not_found', message, param: 'id' } },
          told: refusedHere(404, 'response_not_found', {
            ...badRequest,
            anthropic: 'not_found_error',
            param: 'id',
          }),
        },
        {
          file: 'services/gateway/test/component/paths.component.test.ts',
          test: 'an answer that a client wants to fetch, delete or cancel is not stored, and that is said',
        },
      ],
    },
    {
      event: 'a thread of the Anthropic SDK',
      says: 'There are none; the SDK then goes on without one.',
      cases: [
        {
          when: { fault: { kind: 'thread_unsupported_request', message } },
          told: {
            ...refusedHere(400, 'thread_unsupported_request', badRequest),
            anthropic: {
              type: 'invalid_request_error',
              details: { error_code: 'thread_unsupported_request', unsupported: [] },
            },
          },
        },
      ],
    },
    {
      event: 'a path that does not exist, a wrong method, an upgrade',
      says: 'In the envelope of the dialect that the path belongs to, else of the client’s own header. A WebSocket upgrade is refused so that the Codex CLI goes on with HTTP at once.',
      cases: [
        {
          when: { fault: { kind: 'unknown_url', message } },
          told: refusedHere(404, 'unknown_url', { ...badRequest, anthropic: 'not_found_error' }),
        },
        {
          when: { fault: { kind: 'method_not_allowed', message, allow: 'POST' } },
          told: { ...refusedHere(405, 'method_not_allowed', badRequest), headers: { allow: 'POST' } },
        },
        {
          when: { fault: { kind: 'upgrade_required', message } },
          told: {
            ...refusedHere(426, 'method_not_allowed', badRequest),
            headers: { upgrade: 'HTTP/1.1', connection: 'close, upgrade' },
          },
        },
        {
          file: 'services/gateway/test/component/paths.component.test.ts',
          test: 'unknown paths are not found, in the envelope of who asks, with and without a key',
        },
      ],
    },
    {
      event: 'a body that is too large or packed in an unknown way, a request that is no HTTP',
      says: 'Size counts after decompression. What Node cannot read as HTTP gets the OpenAI envelope without an id.',
      cases: [
        {
          when: { fault: { kind: 'request_too_large', message } },
          told: refusedHere(413, 'request_too_large', { ...badRequest, anthropic: 'request_too_large' }),
        },
        {
          when: { fault: { kind: 'unsupported_encoding', message } },
          told: {
            ...refusedHere(415, 'unsupported_encoding', badRequest),
            anthropic: {
              type: 'invalid_request_error',
              details: { error_code: 'request_body_encoding_unsupported' },
            },
          },
        },
        everyRefusal,
        {
          file: 'packages/service-kit/test/lifecycle.test.ts',
          test: 'is refused in the envelope of every other error',
        },
      ],
    },
  ],
};

const limited = { message, outcome: 'rate_limited', anthropic: 'rate_limit_error' } as const;

export const limits: Section = {
  title: 'Limits of a key',
  rows: [
    {
      event: 'requests and tokens a minute, requests at once',
      says: '`retry-after` says when there is room again, at most 60 seconds.',
      cases: [
        {
          when: { fault: { kind: 'rate_limit_rpm', message, retryAfterSeconds: 12.2 } },
          told: { ...refusedHere(429, 'rate_limit_rpm', limited), headers: { 'retry-after': '13' } },
        },
        {
          when: { fault: { kind: 'rate_limit_tpm', message, retryAfterSeconds: 61 } },
          told: { ...refusedHere(429, 'rate_limit_tpm', limited), headers: { 'retry-after': '60' } },
        },
        {
          when: { fault: { kind: 'concurrent_limit', message, retryAfterSeconds: 0 } },
          told: { ...refusedHere(429, 'concurrent_limit', limited), headers: { 'retry-after': '1' } },
        },
      ],
    },
    {
      event: 'requests a day, a quota',
      says: 'No try again is worth while: `x-should-retry: false`, and the sentence names the time. The Anthropic SDK would sleep for hours, the OpenAI SDK would try at once.',
      cases: [
        {
          when: { fault: { kind: 'rate_limit_rpd', message, retryAfterSeconds: 7200 } },
          told: {
            ...refusedHere(429, 'rate_limit_rpd', limited),
            headers: { 'retry-after': '60', 'x-should-retry': 'false' },
          },
        },
        {
          when: { fault: { kind: 'quota_exceeded', message, retryAfterSeconds: 86_400 } },
          told: {
            ...refusedHere(429, 'quota_exceeded', { ...limited, outcome: 'quota_exceeded' }),
            headers: { 'retry-after': '60', 'x-should-retry': 'false' },
          },
        },
        {
          file: 'services/gateway/test/component/limits.component.test.ts',
          test: 'a refused request takes nothing of any limit, and invalid requests take nothing at all',
        },
      ],
    },
  ],
};

export const failures: Section = {
  title: 'What fails here',
  rows: [
    {
      event: 'no account can be used',
      says: 'The sentence says what the operator has to do.',
      cases: [
        {
          when: { fault: { kind: 'oauth_unavailable', message } },
          told: failedHere(503, 'oauth_unavailable', message, 'oauth_unavailable'),
        },
        {
          file: 'services/gateway/test/component/upstream-failures.component.test.ts',
          test: 'a failure before any output is a real status, in each dialect, also for a stream',
        },
      ],
    },
    {
      event: 'the upstream cannot be reached, is broken, or says nothing',
      says: 'After the head of a stream it is the stream’s ending.',
      cases: [
        {
          when: { fault: { kind: 'upstream_unavailable', message } },
          told: failedHere(502, 'upstream_unavailable', message, 'upstream_unavailable'),
        },
        {
          when: { fault: { kind: 'upstream_error', message } },
          told: failedHere(502, 'upstream_error', message, 'upstream_error'),
        },
        {
          when: { fault: { kind: 'upstream_timeout', message } },
          told: {
            ...failedHere(504, 'upstream_timeout', message, 'timeout'),
            anthropic: { type: 'timeout_error' },
          },
        },
        {
          file: 'services/gateway/test/component/upstream-failures.component.test.ts',
          test: 'a connection that is reset before an answer is told as such, and never tried again',
        },
      ],
    },
    {
      event: 'this pod has too much to do, or goes',
      says: 'To a client both are an overload: another pod will serve it.',
      cases: [
        {
          when: { fault: { kind: 'server_is_overloaded', message, retryAfterSeconds: 1 } },
          told: {
            ...failedHere(503, 'server_is_overloaded', message, 'overloaded'),
            anthropic: { type: 'overloaded_error', status: 529 },
            headers: { 'retry-after': '1' },
          },
        },
        {
          when: { fault: { kind: 'drain_deadline', message } },
          told: {
            ...failedHere(503, 'server_is_overloaded', message, 'drain_deadline'),
            anthropic: { type: 'overloaded_error', status: 529 },
          },
        },
      ],
    },
    {
      event: 'limits that cannot be counted',
      says: 'Where the operator wants no request without them.',
      cases: [
        {
          when: { fault: { kind: 'limits_unavailable', message } },
          told: failedHere(503, 'limits_unavailable', message, 'internal'),
        },
      ],
    },
    {
      event: 'conversations that cannot be read',
      says: 'Redis is away, and the request goes on from an earlier response: it is not lost, so the request is to be sent again.',
      cases: [
        {
          when: { fault: { kind: 'conversation_unavailable', message, retryAfterSeconds: 1 } },
          told: {
            ...failedHere(503, 'server_is_overloaded', message, 'internal'),
            headers: { 'retry-after': '1' },
          },
        },
      ],
    },
    {
      event: 'a bug',
      says: 'One sentence for all of them, and the request id; what happened stands in the log alone.',
      cases: [
        {
          when: { fault: { kind: 'internal_error', message } },
          told: failedHere(500, 'internal_error', message, 'internal'),
        },
      ],
    },
    {
      event: 'a client that has left',
      says: 'Nobody hears it; the log and the metrics do.',
      cases: [
        {
          when: { fault: { kind: 'client_gone', message } },
          told: {
            ...refusedHere(499, 'client_gone', { ...badRequest, outcome: 'client_gone' }),
            anthropic: { type: 'api_error' },
          },
        },
      ],
    },
  ],
};
