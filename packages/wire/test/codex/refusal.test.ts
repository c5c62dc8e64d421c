import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOfEvent, refusalOfReply, type Refusal, type Remedy } from '../../src/codex/refusal.ts';
import type { Fault } from '../../src/fault.ts';
import {
  begin,
  completed,
  errorEvent,
  failed,
  incomplete,
  message,
  noise,
  upstream,
} from '../upstream-events.ts';

const unusable: Refusal = {
  fault: { kind: 'oauth_unavailable', message: 'oauth token unavailable, run auth login' },
  remedy: 'other_account',
};

function broken(sentence: string): Refusal {
  return { fault: { kind: 'upstream_error', message: sentence }, remedy: 'none' };
}

const ours = broken('The gateway sent a request that the upstream does not take.');

interface Refused {
  readonly status: number;
  readonly message: string;
  readonly type?: string;
  readonly code?: string | null;
  readonly param?: string | null;
  readonly retryAfterSeconds?: number | null;
  readonly remedy?: Remedy;
}

function handedOn({ remedy = 'none', ...more }: Refused): Refusal {
  const fault: Fault = {
    kind: 'upstream_refused',
    type: 'invalid_request_error',
    code: null,
    param: null,
    retryAfterSeconds: null,
    ...more,
  };
  return { fault, remedy };
}

function modelNotFound(sentence: string): Refusal {
  return { fault: { kind: 'model_not_found', message: sentence, param: 'model' }, remedy: 'none' };
}

const overloaded: Refusal = {
  fault: { kind: 'server_is_overloaded', message: 'Busy.', retryAfterSeconds: 5 },
  remedy: 'pause',
};

/** Codes that mean the same in an HTTP body, in an error event and in a failed response. */
const byCode: readonly {
  readonly error: Readonly<Record<string, unknown>>;
  readonly refusal: Refusal;
}[] = [
  {
    error: {
      type: 'usage_limit_reached',
      message: 'Used up.',
      plan_type: 'plus',
      resets_at: 1_800_000_000,
      resets_in_seconds: 60,
    },
    refusal: {
      fault: {
        kind: 'usage_limit_reached',
        message: 'Used up.',
        resetsAt: 1_800_000_000,
        resetsInSeconds: 60,
        planType: 'plus',
      },
      remedy: 'other_account',
    },
  },
  {
    error: { code: 'usage_limit_reached' },
    refusal: {
      fault: {
        kind: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        resetsAt: null,
        resetsInSeconds: null,
        planType: null,
      },
      remedy: 'other_account',
    },
  },
  { error: { code: 'usage_not_included', message: 'Upgrade.' }, refusal: unusable },
  { error: { code: 'server_is_overloaded', message: 'Busy.' }, refusal: overloaded },
  { error: { code: 'slow_down', message: 'Busy.' }, refusal: overloaded },
  {
    error: { code: 'context_length_exceeded', message: 'Too long.' },
    refusal: {
      fault: { kind: 'context_length_exceeded', message: 'Too long.', param: 'input' },
      remedy: 'none',
    },
  },
  {
    error: { code: 'invalid_encrypted_content', type: 'invalid_request_error', message: 'Not verified.' },
    refusal: handedOn({
      status: 400,
      code: 'invalid_encrypted_content',
      message: 'Not verified.',
      remedy: 'without_reasoning',
    }),
  },
  {
    error: { code: 'rate_limit_exceeded', type: 'requests', message: 'Slower.' },
    refusal: handedOn({
      status: 429,
      type: 'requests',
      code: 'rate_limit_exceeded',
      message: 'Slower.',
      retryAfterSeconds: 5,
    }),
  },
  {
    error: { code: 'insufficient_quota', message: 'No quota.' },
    refusal: handedOn({
      status: 429,
      code: 'insufficient_quota',
      message: 'No quota.',
      retryAfterSeconds: 5,
    }),
  },
  ...['cyber_policy', 'bio_policy', 'misalignment_policy_violation', 'invalid_prompt'].map((code) => ({
    error: { code, message: 'Not this.' },
    refusal: handedOn({ status: 400, code, message: 'Not this.' }),
  })),
  { error: { code: 'model_not_found', message: 'No such model.' }, refusal: modelNotFound('No such model.') },
];

for (const { error, refusal } of byCode) {
  const name = String(error['code'] ?? error['type']);
  test(`${name} means the same in an HTTP body, an error event and a failed response`, () => {
    const body = JSON.stringify({ error });
    assert.deepEqual(refusalOfReply({ status: 400, body, retryAfterSeconds: null }), refusal);
    const [event] = upstream(errorEvent(error));
    const [response] = upstream(failed(error));
    assert.ok(event && response);
    assert.deepEqual(refusalOfEvent(event), refusal);
    assert.deepEqual(refusalOfEvent(response), refusal);
  });
}

const replies: readonly {
  readonly what: string;
  readonly status: number;
  readonly body: unknown;
  readonly retryAfterSeconds?: number;
  readonly refusal: Refusal;
}[] = [
  {
    what: 'a refused token asks for a fresh one',
    status: 401,
    body: { error: { code: 'token_expired', message: 'Provided authentication token is expired.' } },
    refusal: { ...unusable, remedy: 'fresh_token' },
  },
  {
    what: 'an unauthorized request without an error asks for a fresh token',
    status: 401,
    body: { detail: 'Unauthorized' },
    refusal: { ...unusable, remedy: 'fresh_token' },
  },
  {
    what: 'a workspace that was closed makes the account unusable',
    status: 402,
    body: { detail: { code: 'deactivated_workspace' } },
    refusal: unusable,
  },
  {
    what: 'a challenge page makes the account unusable',
    status: 403,
    body: '<html>Just a moment...</html>',
    refusal: unusable,
  },
  {
    what: 'a forbidden request that names a policy is the client’s',
    status: 403,
    body: { error: { code: 'cyber_policy', message: 'Not this.' } },
    refusal: handedOn({ status: 400, code: 'cyber_policy', message: 'Not this.' }),
  },
  {
    what: 'a refusal with code and param is handed on as it is',
    status: 400,
    body: {
      error: {
        message: "Invalid value: 'x'.",
        type: 'invalid_request_error',
        param: 'reasoning.effort',
        code: 'invalid_value',
      },
    },
    refusal: handedOn({
      status: 400,
      message: "Invalid value: 'x'.",
      code: 'invalid_value',
      param: 'reasoning.effort',
    }),
  },
  {
    what: 'an error object without members is still a refusal',
    status: 422,
    body: { error: {} },
    refusal: handedOn({ status: 422, message: 'The upstream refused the request with status 422.' }),
  },
  {
    what: 'a code that is a member of every object is only a code',
    status: 400,
    body: { error: { code: 'constructor', message: 'Odd.' } },
    refusal: handedOn({ status: 400, code: 'constructor', message: 'Odd.' }),
  },
  {
    what: 'an item that was not stored is handed on',
    status: 404,
    body: { error: { message: "Item with id 'rs_1' not found.", type: 'invalid_request_error' } },
    refusal: handedOn({ status: 404, message: "Item with id 'rs_1' not found." }),
  },
  {
    what: 'a model that the plan lacks does not exist for the client',
    status: 400,
    body: { detail: "The 'gpt-9' model is not supported when using Codex with a ChatGPT account." },
    refusal: modelNotFound("The 'gpt-9' model is not supported when using Codex with a ChatGPT account."),
  },
  {
    what: 'a model that is too new does not exist for the client',
    status: 400,
    body: { detail: "The 'gpt-9' model requires a newer version of Codex. Please upgrade." },
    refusal: modelNotFound("The 'gpt-9' model requires a newer version of Codex. Please upgrade."),
  },
  {
    what: 'a model that is not found does not exist for the client',
    status: 404,
    body: { detail: 'Model not found' },
    refusal: modelNotFound('Model not found'),
  },
  ...[
    'Unsupported parameter: temperature',
    'Unsupported service_tier: flex',
    'System messages are not allowed',
    'Instructions are required',
    'Instructions are not valid',
    'Stream must be set to true',
    'Store must be set to false',
    'Input must be a list',
  ].map((detail) => ({
    what: `"${detail}" is the gateway’s own fault`,
    status: 400,
    body: { detail },
    refusal: ours,
  })),
  {
    what: 'another sentence is handed on',
    status: 400,
    body: { detail: 'Something about your request.' },
    refusal: handedOn({ status: 400, message: 'Something about your request.' }),
  },
  {
    what: 'a detail that is no sentence is not handed on',
    status: 400,
    body: { detail: [{ loc: ['body'] }] },
    refusal: broken('The upstream answered with status 400 and no error that can be read.'),
  },
  {
    what: 'a plain limit names when to come back',
    status: 429,
    body: '',
    retryAfterSeconds: 17,
    refusal: handedOn({
      status: 429,
      message: 'The upstream is limiting requests.',
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 17,
    }),
  },
  {
    what: 'a plain limit without a time gets one',
    status: 429,
    body: '',
    refusal: handedOn({
      status: 429,
      message: 'The upstream is limiting requests.',
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 5,
    }),
  },
  {
    what: 'a limit with a code keeps the time that the upstream named',
    status: 429,
    body: { error: { code: 'rate_limit_exceeded', message: 'Slower.' } },
    retryAfterSeconds: 17,
    refusal: handedOn({
      status: 429,
      message: 'Slower.',
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 17,
    }),
  },
  {
    what: 'an overload with its code is an overload',
    status: 503,
    body: { error: { code: 'server_is_overloaded', message: 'Busy.' } },
    refusal: overloaded,
  },
  {
    what: 'an overload says when to come back',
    status: 503,
    body: { error: { code: 'slow_down', message: 'Busy.' } },
    retryAfterSeconds: 17,
    refusal: {
      fault: { kind: 'server_is_overloaded', message: 'Busy.', retryAfterSeconds: 17 },
      remedy: 'pause',
    },
  },
  {
    what: 'a service that is not available is overloaded, whoever says so',
    status: 503,
    body: '<html>Service unavailable</html>',
    refusal: {
      fault: {
        kind: 'server_is_overloaded',
        message: 'The upstream is overloaded. Please try again later.',
        retryAfterSeconds: 5,
      },
      remedy: 'pause',
    },
  },
  {
    what: 'a request that is too large for the upstream is too large',
    status: 413,
    body: '<html>Request Entity Too Large</html>',
    refusal: {
      fault: { kind: 'request_too_large', message: 'The request is larger than the upstream takes.' },
      remedy: 'none',
    },
  },
  {
    what: 'a failure with an error object is a broken upstream',
    status: 500,
    body: { error: { message: 'secret internals', type: 'server_error' } },
    refusal: broken('The upstream answered with status 500.'),
  },
  {
    what: 'the HTML of a proxy is never handed on',
    status: 502,
    body: '<html>Bad gateway</html>',
    refusal: broken('The upstream answered with status 502.'),
  },
  {
    what: 'HTML with a client’s status is never handed on',
    status: 404,
    body: '<html>Not found</html>',
    refusal: broken('The upstream answered with status 404 and no error that can be read.'),
  },
];

for (const { what, status, body, retryAfterSeconds = null, refusal } of replies) {
  test(what, () => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    assert.deepEqual(refusalOfReply({ status, body: text, retryAfterSeconds }), refusal);
  });
}

test('a failure without a known code is a broken upstream, in its own words', () => {
  const [event] = upstream(errorEvent({ code: 'server_error', message: 'Something broke.' }));
  const [response] = upstream(failed({ code: 'server_error', message: 'Something broke.' }));
  assert.ok(event && response);
  assert.deepEqual(refusalOfEvent(event), broken('Something broke.'));
  assert.deepEqual(refusalOfEvent(response), broken('Something broke.'));
});

test('a failed response without an error is a broken upstream', () => {
  const [response] = upstream([{ type: 'response.failed', response: { status: 'failed' } }]);
  assert.ok(response);
  assert.deepEqual(refusalOfEvent(response), broken('The upstream failed while it answered.'));
});

test('no other event is a refusal', () => {
  const events = upstream(
    begin(),
    noise(),
    message({ at: 0, deltas: ['Hi'] }),
    completed(),
    incomplete('content_filter'),
  );
  assert.deepEqual(events.map(refusalOfEvent).filter(Boolean), []);
});
