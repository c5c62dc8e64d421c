import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { createExchangeCode } from '../src/oauth/code-exchange.ts';
import { createDeviceCodes, type DeviceCode } from '../src/oauth/device-code.ts';
import type { IssuerAnswer, IssuerCall } from '../src/oauth/issuer-client.ts';

const ISSUER = 'https://issuer.test';

const answer = (status: number, body?: unknown): IssuerAnswer => ({ kind: 'answer', status, body });

/** An issuer that gives one answer and remembers what it was asked. */
function issuerWith(given: IssuerAnswer) {
  const calls: IssuerCall[] = [];
  const post = async (call: IssuerCall) => {
    calls.push(call);
    return given;
  };
  return {
    calls,
    codes: createDeviceCodes(ISSUER, 'client-1', post),
    exchange: createExchangeCode(post, 'client-1'),
  };
}

const device: DeviceCode = {
  deviceAuthId: new Secret('device-1'),
  userCode: 'ABCD-1234',
  verificationUri: `${ISSUER}/codex/device`,
  intervalMs: 5_000,
};

async function intervalOf(interval: unknown): Promise<number> {
  const { codes, calls } = issuerWith(
    answer(200, { device_auth_id: 'device-1', user_code: 'ABCD-1234', interval }),
  );
  const started = await codes.start();
  assert.deepEqual(
    calls.map(({ path, body }) => [path, body]),
    [['/api/accounts/deviceauth/usercode', { json: { client_id: 'client-1' } }]],
  );
  assert.equal(started.kind, 'started');
  const { deviceAuthId, ...rest } = started.device;
  assert.equal(deviceAuthId.reveal(), 'device-1');
  assert.deepEqual(rest, {
    userCode: 'ABCD-1234',
    verificationUri: 'https://issuer.test/codex/device',
    intervalMs: rest.intervalMs,
  });
  return rest.intervalMs;
}

test('a code is asked for by the client id; the interval may be text, and is kept within reason', async () => {
  assert.deepEqual(
    await Promise.all(['7', 7, '0', 3_600, 'soon', undefined].map(intervalOf)),
    [7_000, 7_000, 1_000, 60_000, 5_000, 5_000],
  );
});

test('no code: switched off, refused, away, or nothing that could be shown to a person', async () => {
  const started = { device_auth_id: 'device-1', interval: '5' };
  const cases: readonly [IssuerAnswer, object][] = [
    [answer(404), { kind: 'switched_off' }],
    [
      answer(400, { error: 'invalid_client' }),
      { kind: 'failed', problem: 'the issuer answered 400 (invalid_client)' },
    ],
    [answer(403, { error: '<b>canary</b>' }), { kind: 'failed', problem: 'the issuer answered 403' }],
    [answer(502), { kind: 'failed', problem: 'the issuer answered 502' }],
    [
      { kind: 'unsent', code: 'ENOTFOUND' },
      { kind: 'failed', problem: 'the issuer cannot be reached (ENOTFOUND)' },
    ],
    [
      { kind: 'lost', cause: 'timeout' },
      { kind: 'failed', problem: 'the issuer did not answer (timeout)' },
    ],
    [answer(200, started), { kind: 'failed', problem: 'the issuer answered 200' }],
    [
      answer(200, { ...started, usercode: 'go to https://evil.test' }),
      { kind: 'failed', problem: 'the issuer answered 200' },
    ],
  ];
  for (const [given, expected] of cases) assert.deepEqual(await issuerWith(given).codes.start(), expected);
});

test('a poll is sorted by its code, else by its status; trouble on the way is waited out', async () => {
  const cases: readonly [IssuerAnswer, string][] = [
    [answer(403), 'pending'],
    [answer(404), 'pending'],
    [answer(403, { error: { code: 'authorization_pending' } }), 'pending'],
    [answer(400, { error: 'authorization_pending' }), 'pending'],
    [answer(400, { error: 'slow_down' }), 'slow_down'],
    [answer(429), 'slow_down'],
    [answer(400, { error: 'access_denied' }), 'denied'],
    [answer(403, { error: { code: 'access_denied' } }), 'denied'],
    [answer(400, { error: 'expired_token' }), 'expired'],
    [answer(500), 'pending'],
    [{ kind: 'unsent', code: 'ECONNREFUSED' }, 'pending'],
    [{ kind: 'lost', cause: 'reset' }, 'pending'],
    [answer(400, { error: 'invalid_grant' }), 'failed'],
    [answer(401), 'failed'],
    [answer(200, { authorization_code: 'code-1' }), 'failed'],
  ];
  for (const [given, kind] of cases)
    assert.equal((await issuerWith(given).codes.poll(device)).kind, kind, JSON.stringify(given));
});

test('an approved code is traded with the verifier of the issuer and the redirect of the device flow', async () => {
  const { codes, calls } = issuerWith(
    answer(200, { authorization_code: 'code-1', code_challenge: 'unused', code_verifier: 'verifier-1' }),
  );
  const poll = await codes.poll(device);
  assert.deepEqual(calls[0]?.body, { json: { device_auth_id: 'device-1', user_code: 'ABCD-1234' } });
  assert.equal(poll.kind, 'approved');
  const issuer = issuerWith(answer(200, { id_token: 'id-1', access_token: 'at-1', refresh_token: 'rt-1' }));
  const exchange = await issuer.exchange(poll.code);
  assert.deepEqual(
    issuer.calls.map(({ path, body }) => [path, body]),
    [
      [
        '/oauth/token',
        {
          form: {
            grant_type: 'authorization_code',
            code: 'code-1',
            redirect_uri: 'https://issuer.test/deviceauth/callback',
            client_id: 'client-1',
            code_verifier: 'verifier-1',
          },
        },
      ],
    ],
  );
  assert.equal(exchange.kind, 'issued');
  assert.deepEqual(
    [exchange.login.idToken, exchange.login.accessToken, exchange.login.refreshToken].map((token) =>
      token.reveal(),
    ),
    ['id-1', 'at-1', 'rt-1'],
  );
  const half = issuerWith(answer(200, { access_token: 'at-1', refresh_token: 'rt-1' }));
  assert.deepEqual(await half.exchange(poll.code), {
    kind: 'failed',
    problem: 'the issuer answered without all three tokens',
  });
});
