import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyRefusal } from '../src/oauth/classify.ts';

const permanent = (reason: string) => ({ kind: 'permanent', reason });
const transient = (cause: string) => ({ kind: 'transient', cause });

test('refusals are sorted by status and code, wherever the code stands', () => {
  const cases: readonly [number, unknown, object][] = [
    [401, { error: { code: 'refresh_token_expired', message: 'm' } }, permanent('expired')],
    [401, { error: { code: 'refresh_token_reused', param: null } }, permanent('reused')],
    [401, { error: { code: 'refresh_token_invalidated' } }, permanent('revoked')],
    [400, { error: 'refresh_token_reused' }, permanent('reused')],
    [400, { code: 'refresh_token_expired' }, permanent('expired')],
    [401, { error: { code: 'something_new' } }, permanent('refused')],
    [401, undefined, permanent('refused')],
    [401, '<html>', permanent('refused')],
    [400, { error: 'invalid_grant', error_description: 'd' }, permanent('refused')],
    [400, { error: { code: 'invalid_grant' } }, permanent('refused')],
    [400, { error: 'invalid_request' }, transient('http_4xx')],
    [400, { error: { message: 'invalid_grant refresh_token_reused' } }, transient('http_4xx')],
    [403, undefined, transient('http_4xx')],
    [302, undefined, transient('http_4xx')],
    [429, { error: { code: 'rate_limit' } }, transient('http_429')],
    [500, { error: { code: null } }, transient('http_5xx')],
    [502, undefined, transient('http_5xx')],
    [503, { error: 17 }, transient('http_5xx')],
  ];
  for (const [status, body, expected] of cases)
    assert.deepEqual(classifyRefusal(status, body), expected, `${status} ${JSON.stringify(body)}`);
});
