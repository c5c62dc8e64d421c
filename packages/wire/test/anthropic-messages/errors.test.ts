import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APIError } from '@anthropic-ai/sdk';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { faultRules, type Fault, type FaultKind } from '../../src/fault.ts';
import { isRecord } from '../../src/record.ts';
import { golden, json } from './golden.ts';
import { sdkClient } from './sdk-client.ts';

const message = 'What is wrong.';
const refused = { kind: 'upstream_refused', message, type: 'x', code: 'odd', param: null } as const;

/** Members that some kinds have; the others ignore them. */
const members = {
  message,
  param: 'messages.0.role',
  retryAfterSeconds: 5,
  allow: 'POST',
  resetsAt: null,
  resetsInSeconds: null,
  planType: null,
  status: 400,
  type: 'invalid_request_error',
  code: 'odd',
};

function isKind(kind: string): kind is FaultKind {
  return Object.hasOwn(faultRules, kind);
}

/** It has the members of every kind, and `isKind` has seen the kind: only the compiler cannot put the two together. */
function sample(kind: FaultKind): Fault {
  return { ...members, kind } as Fault;
}

const kinds = Object.keys(faultRules).filter(isKind);

function reply(fault: Fault) {
  return anthropicMessages.errorReply(fault, 'req_1');
}

test('every fault has its status, its type and its code', (t) => {
  const rows = kinds.map((kind) => {
    const { status, body } = reply(sample(kind));
    return `${kind}: ${status} ${JSON.stringify(body)}`;
  });
  golden(t, `${rows.join('\n')}\n`, 'errors.txt');
});

for (const kind of kinds) {
  test(`the SDK reads type, code and request id of ${kind}`, async () => {
    const { status, body } = reply(sample(kind));
    const client = sdkClient(JSON.stringify(body), 'application/json', status);
    const params = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'Hi.' }] };
    await assert.rejects(client.messages.create(params), (error) => {
      assert.ok(error instanceof APIError);
      assert.equal(error.status, status);
      assert.match(error.type ?? '', /^(request_too_large|[a-z_]+_error)$/);
      assert.ok(error.errorCode);
      assert.equal(error.requestID, 'req_1');
      return true;
    });
  });
}

function typeOf(status: number): unknown {
  const { body } = reply({ ...refused, status, retryAfterSeconds: null });
  assert.ok(isRecord(body) && isRecord(body['error']));
  return body['error']['type'];
}

test('a refusal of the upstream keeps its status and gets the type of that status', () => {
  assert.deepEqual(
    [400, 401, 403, 404, 409, 413, 422, 429, 500, 504].map((status) => typeOf(status)),
    [
      'invalid_request_error',
      'authentication_error',
      'permission_error',
      'not_found_error',
      'invalid_request_error',
      'request_too_large',
      'invalid_request_error',
      'rate_limit_error',
      'api_error',
      'timeout_error',
    ],
  );
});

test('a refusal without a code has no details', () => {
  const { body } = reply({ ...refused, code: null, status: 400, retryAfterSeconds: null });
  assert.deepEqual(body, {
    type: 'error',
    error: { type: 'invalid_request_error', message },
    request_id: 'req_1',
  });
});

test('an overflow is said in the words that Claude Code knows, with the numbers where they are known', (t) => {
  const overflow = { kind: 'context_length_exceeded', message: 'Too much.', param: 'input' } as const;
  const replies = [overflow, { ...overflow, tokens: { sent: 300_000, maximum: 272_000 } }].map(reply);
  golden(t, json(replies), 'overflow.json');
});
