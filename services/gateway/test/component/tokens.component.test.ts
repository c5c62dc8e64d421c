import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { startStack, type Stack } from './stack.ts';
import { chat, send } from './client.ts';

const bounded = { timeout: 60_000 };
const GATEWAYS = 5;
const REQUESTS = 200;
const LIFE_SECONDS = 600;

/** Requests spread over all gateways, all at once. */
function storm({ gateways }: Stack): Promise<readonly number[]> {
  return Promise.all(
    Array.from({ length: REQUESTS }, async (_, index) => {
      const url = gateways[index % gateways.length]?.url;
      const { status } = await send(`${url}${chat.path}`, {
        body: chat.body('hi', { stream: index % 2 === 0 }),
      });
      return status;
    }),
  );
}

/** The requests that the gateways are at work on. */
function running({ gateways }: Stack): number {
  return gateways.reduce((sum, { gateway }) => sum + gateway.open().size, 0);
}

const allServed = Array.from({ length: REQUESTS }, () => 200);

/** Every gateway has a token in hand. */
async function warm({ gateways, simulator }: Stack): Promise<void> {
  for (const { url } of gateways) await send(url + chat.path, { body: chat.body('hi') });
  assert.equal(simulator.control.journal().refreshes.calls, 0);
}

test('two hundred requests at the moment of expiry cause one refresh', bounded, async (t) => {
  const clock = createManualClock();
  const stack = await startStack(t, { clock, gateways: GATEWAYS, accessTokenSeconds: LIFE_SECONDS });
  const { control } = stack.simulator;
  await warm(stack);
  control.hold('refresh');
  clock.advance(LIFE_SECONDS * 1000);
  await control.until(() => control.waiting('refresh') === 1);
  const answers = storm(stack);
  while (running(stack) < REQUESTS) await new Promise((resolve) => setImmediate(resolve));
  control.release('refresh');
  assert.deepEqual(await answers, allServed);
  const { refreshes, violations } = control.journal();
  assert.deepEqual([refreshes.calls, refreshes.maxConcurrentWithOneToken, violations], [1, 1, []]);
});

test('two hundred requests with a token that the backend refuses cause one refresh', bounded, async (t) => {
  const stack = await startStack(t, { gateways: GATEWAYS });
  const { control } = stack.simulator;
  await warm(stack);
  control.revokeAccessTokens();
  control.hold('refresh');
  const answers = storm(stack);
  await control.until(({ requests }) => requests.filter(({ status }) => status === 401).length === REQUESTS);
  control.release('refresh');
  assert.deepEqual(await answers, allServed);
  const { refreshes, counts, violations } = control.journal();
  assert.deepEqual([refreshes.calls, counts.token, violations], [1, 1, []]);
  assert.equal(counts.responses, GATEWAYS + 2 * REQUESTS);
});

test('an issuer that is away costs nothing while the token lasts', bounded, async (t) => {
  const clock = createManualClock();
  const stack = await startStack(t, { clock, accessTokenSeconds: LIFE_SECONDS });
  await warm(stack);
  stack.simulator.control.nextRefreshes({ kind: 'status', status: 503 }, 1_000);
  clock.advance((LIFE_SECONDS - 10) * 1000);
  assert.equal((await send(stack.url + chat.path, { body: chat.body('hi') })).status, 200);
});
