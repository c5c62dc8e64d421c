import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { createLogger } from '@codex-gateway/service-kit/logger.ts';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { createDeviceLogins, type DeviceLoginsDeps } from '../src/logins/device-logins.ts';
import { LoginError } from '../src/logins/login-error.ts';
import type { DevicePoll, DeviceStart } from '../src/oauth/device-code.ts';
import { START_MS } from './logins.ts';

const APPROVED: DevicePoll = {
  kind: 'approved',
  code: { code: new Secret('code-1'), redirectUri: 'https://issuer.test/cb', verifier: new Secret('v-1') },
};

function createBench(polls: readonly DevicePoll[], changes: Partial<DeviceLoginsDeps> = {}) {
  const clock = createManualClock(START_MS);
  const polledAt: number[] = [];
  const adopted: string[] = [];
  const started: DeviceStart = {
    kind: 'started',
    device: {
      deviceAuthId: new Secret('device-1'),
      userCode: 'ABCD-1234',
      verificationUri: 'https://issuer.test/codex/device',
      intervalMs: 5_000,
    },
  };
  const logins = createDeviceLogins({
    deviceCodes: {
      start: async () => started,
      poll: async () => {
        polledAt.push((clock.now() - START_MS) / 1_000);
        return polls[polledAt.length - 1] ?? { kind: 'pending' };
      },
    },
    exchangeCode: async () => ({
      kind: 'issued',
      login: { idToken: new Secret('id'), accessToken: new Secret('at'), refreshToken: new Secret('rt') },
    }),
    adopt: async (alias, { refreshToken }) => void adopted.push(`${alias}: ${refreshToken.reveal()}`),
    clock,
    newId: () => 'login-1',
    log: createLogger({ name: 'auth', level: 'silent', format: 'json' }),
    ...changes,
  });
  const seconds = async (count: number) => {
    for (let second = 0; second < count; second += 1) {
      clock.advance(1_000);
      await setImmediate();
    }
  };
  return { logins, polledAt, adopted, seconds };
}

test('an issuer that says slow down is asked less often from then on', async () => {
  const { logins, polledAt, adopted, seconds } = createBench([
    { kind: 'pending' },
    { kind: 'slow_down' },
    { kind: 'pending' },
    { kind: 'slow_down' },
    APPROVED,
  ]);
  await logins.start('default', { replace: false });
  await seconds(60);
  assert.deepEqual(polledAt, [5, 10, 20, 30, 45]);
  assert.equal(logins.find('login-1').intervalSeconds, 15);
  assert.deepEqual(adopted, ['default: rt']);
});

test('an end leaves pending logins behind, but waits for tokens that are on their way', async () => {
  const { promise: stored, resolve: store } = Promise.withResolvers<void>();
  const steps: string[] = [];
  const { logins, polledAt, seconds } = createBench([APPROVED], {
    adopt: async () => {
      steps.push('tokens came');
      await stored;
      steps.push('adopted');
    },
  });
  await logins.start('default', { replace: false });
  await seconds(5);
  const closed = logins.close().then(() => steps.push('closed'));
  await setImmediate();
  store();
  await closed;
  assert.deepEqual(steps, ['tokens came', 'adopted', 'closed']);
  assert.equal(logins.find('login-1').state, 'complete');

  const pending = createBench([]);
  await pending.logins.start('default', { replace: false });
  await pending.logins.close();
  await pending.seconds(30);
  assert.deepEqual(pending.polledAt, []);
  assert.deepEqual(polledAt, [5]);
});

async function endOf(polls: readonly DevicePoll[], changes: Partial<DeviceLoginsDeps> = {}) {
  const { logins, seconds } = createBench(polls, changes);
  await logins.start('default', { replace: false });
  await seconds(6);
  const { state, message } = logins.find('login-1');
  return [state, message];
}

test('a poll that gets no good, an exchange that fails, a store that fails: each is the end, with its reason', async () => {
  assert.deepEqual(
    [
      await endOf([{ kind: 'failed', problem: 'the issuer answered 400 (invalid_grant)' }]),
      await endOf([APPROVED], {
        exchangeCode: async () => ({ kind: 'failed', problem: 'the issuer answered 502' }),
      }),
      await endOf([APPROVED], {
        adopt: async () => {
          throw new LoginError('store_failed', 'the token store failed (ENOSPC); try again');
        },
      }),
      await endOf([APPROVED], {
        adopt: async () => {
          throw new TypeError('a bug with rt-canary');
        },
      }),
      await endOf([{ kind: 'expired' }]),
    ],
    [
      ['failed', 'the issuer answered 400 (invalid_grant)'],
      ['failed', 'the issuer answered 502'],
      ['failed', 'the token store failed (ENOSPC); try again'],
      ['failed', 'internal error'],
      ['expired', 'nobody entered the code in time; start another login'],
    ],
  );
});
