import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { startStack, type Stack } from './stack.ts';
import { chat, dialectCases, head, messages, open, send } from './client.ts';
import { assertFailedStream } from './legal-ending.ts';
import { steppedStream } from './stepped.ts';

const bounded = { timeout: 60_000 };
const DEADLINE_MS = 600_000;
const environment = { REQUEST_TIMEOUT_SECONDS: '600' };

/** The backend has lost the gateway. */
async function untilUpstreamGone({ simulator: { control } }: Stack): Promise<void> {
  await control.until(({ requests }) => requests.some(({ clientDisconnected }) => clientDisconnected));
}

for (const dialect of dialectCases) {
  test(
    `${dialect.name}: the deadline of a request ends its stream legally, and the upstream`,
    bounded,
    async (t) => {
      const clock = createManualClock();
      const stack = await startStack(t, { clock, environment });
      const { control } = stack.simulator;
      const body = dialect.body('[[sim: step]] [[sim: stream events=50]]', { stream: true });
      const answering = head(open(stack.url + dialect.path, { body }));
      await control.advance(await steppedStream(stack), 10);
      const answer = await answering;
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      await once(answer, 'data');
      clock.advance(DEADLINE_MS);
      await once(answer, 'end');
      assertFailedStream(dialect, text, 'upstream_timeout');
      await untilUpstreamGone(stack);
    },
  );

  test(
    `${dialect.name}: the deadline of a drain ends a stream legally, as an overload`,
    bounded,
    async (t) => {
      const stack = await startStack(t);
      const { control } = stack.simulator;
      const body = dialect.body('[[sim: step]] [[sim: stream events=50]]', { stream: true });
      const answering = head(open(stack.url + dialect.path, { body }));
      await control.advance(await steppedStream(stack), 10);
      const answer = await answering;
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      await once(answer, 'data');
      const message = 'The server is shutting down. Please try again.';
      for (const scope of stack.gateways[0]?.gateway.open() ?? [])
        scope.end({ kind: 'drain_deadline', message });
      await once(answer, 'end');
      assertFailedStream(dialect, text, 'server_is_overloaded');
      await untilUpstreamGone(stack);
      assert.match(stack.logs(), /"outcome":"drain_deadline"/);
    },
  );

  test(`${dialect.name}: before any output the deadline is a status`, bounded, async (t) => {
    const clock = createManualClock();
    const stack = await startStack(t, { clock, environment });
    const { control } = stack.simulator;
    for (const stream of [false, true]) {
      control.reset();
      const asking = send(stack.url + dialect.path, { body: dialect.body('[[sim: hang]]', { stream }) });
      await control.until(({ counts }) => counts.responses === 1);
      clock.advance(DEADLINE_MS);
      const answer = await asking;
      assert.deepEqual([answer.status, answer.headers['x-gateway-outcome']], [504, 'timeout'], answer.text);
      assert.match(answer.text, /The request has reached its deadline\./);
      await untilUpstreamGone(stack);
    }
  });

  test(`${dialect.name}: before any output the deadline of a drain is an overload`, bounded, async (t) => {
    const stack = await startStack(t);
    const { control } = stack.simulator;
    const asking = send(stack.url + dialect.path, { body: dialect.body('[[sim: hang]]') });
    await control.until(({ counts }) => counts.responses === 1);
    const message = 'The server is shutting down. Please try again.';
    for (const scope of stack.gateways[0]?.gateway.open() ?? [])
      scope.end({ kind: 'drain_deadline', message });
    const answer = await asking;
    const expected = [dialect === messages ? 529 : 503, 'drain_deadline'];
    assert.deepEqual([answer.status, answer.headers['x-gateway-outcome']], expected, answer.text);
    assert.match(answer.text, /server_is_overloaded/);
  });
}

test(
  'a client that never reads is ended by the deadline of its request, and so is the upstream',
  bounded,
  async (t) => {
    const clock = createManualClock();
    const stack = await startStack(t, { clock, environment });
    const body = chat.body('[[sim: stream events=30000 bytes=4000]]', { stream: true });
    const answer = await head(open(stack.url + chat.path, { body }));
    const closed = new Promise((resolve) => answer.once('close', resolve).on('error', () => {}));
    await untilStill(stack);
    clock.advance(DEADLINE_MS);
    await untilUpstreamGone(stack);
    answer.resume();
    await closed;
    assert.equal(answer.complete, false);
    assert.equal(stack.gateways[0]?.gateway.open().size, 0);
  },
);

/** Waits until the backend has to wait for its reader. */
async function untilStill({ simulator: { control } }: Stack): Promise<void> {
  const sentBytes = (): number =>
    control.journal().requests.findLast(({ endpoint }) => endpoint === 'responses')?.bytesSent ?? 0;
  let [last, rounds] = [-1, 0];
  while (rounds < 200) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = sentBytes();
    rounds = now === last ? rounds + 1 : 0;
    last = now;
  }
}
