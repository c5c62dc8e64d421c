import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { startStack, type Stack } from './stack.ts';
import { createManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { readerOf, steppedStream, type Reader } from './stepped.ts';
import { chat, dialectCases, head, messages, open, responses, send, type DialectCase } from './client.ts';

const bounded = { timeout: 60_000 };

function script(...deltas: readonly string[]): readonly object[] {
  const place = { output_index: 0, item_id: 'msg_1', content_index: 0 };
  const text = deltas.join('');
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  const item = { id: 'msg_1', type: 'message', role: 'assistant' };
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1_800_000_000,
    model: 'gpt-5.5',
    output: [],
  };
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    { type: 'response.in_progress', response: { ...response, status: 'in_progress' } },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    ...deltas.map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part },
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: { ...item, status: 'completed', content: [part] },
    },
    { type: 'response.completed', response: { ...response, status: 'completed', usage } },
  ].map((event, index) => ({ ...event, sequence_number: index }));
}

/** Events before the first delta of a script. */
const OPENING = 4;

for (const dialect of dialectCases) {
  test(`${dialect.name}: each event reaches the client before the next one is sent`, bounded, async (t) => {
    const stack = await startStack(t);
    const { control } = stack.simulator;
    const deltas = Array.from({ length: 20 }, (_, index) => `word-${index}. `);
    control.set({ step: true });
    control.nextScript(script(...deltas));
    const answering = head(open(stack.url + dialect.path, { body: dialect.body('hi', { stream: true }) }));
    const id = await steppedStream(stack);
    await control.advance(id, OPENING);
    let reader: Reader | null = null;
    for (const delta of deltas) {
      const report = await control.advance(id, 1);
      assert.equal(report?.lastEvent, 'response.output_text.delta');
      reader ??= readerOf(await answering);
      await reader.untilSeen(delta.trim());
    }
    assert.ok(reader);
    const ended = once(reader.answer, 'end');
    await control.advance(id, 100);
    await ended;
  });

  test(`${dialect.name}: a client that leaves a stream is gone for the backend, too`, bounded, async (t) => {
    const stack = await startStack(t);
    const { control } = stack.simulator;
    control.set({ step: true });
    const controller = new AbortController();
    const sent = open(stack.url + dialect.path, {
      body: dialect.body('[[sim: stream events=50]]', { stream: true }),
      signal: controller.signal,
    });
    const answering = head(sent);
    const id = await steppedStream(stack);
    await control.advance(id, 10);
    (await answering).on('error', () => {});
    controller.abort();
    const { requests } = await control.until(({ requests: all }) =>
      all.some(({ ending }) => ending === 'client_gone'),
    );
    const gone = requests.find(({ ending }) => ending === 'client_gone');
    assert.deepEqual([gone?.sequence, gone?.eventsSent, gone?.clientDisconnected], [id, 10, true]);
  });

  test(
    `${dialect.name}: a client that leaves before an answer has begun is gone for the backend, too`,
    bounded,
    async (t) => {
      const stack = await startStack(t);
      const { control } = stack.simulator;
      for (const stream of [true, false]) {
        control.reset();
        const controller = new AbortController();
        const sent = open(stack.url + dialect.path, {
          body: dialect.body('[[sim: hang]]', { stream }),
          signal: controller.signal,
        });
        sent.on('error', () => {});
        await control.until(({ counts }) => counts.responses === 1);
        controller.abort();
        await control.until(({ requests }) => requests.some(({ clientDisconnected }) => clientDisconnected));
      }
    },
  );
}

test(
  'a client that leaves while the backend is at work on its whole answer is gone for it',
  bounded,
  async (t) => {
    const stack = await startStack(t);
    const { control } = stack.simulator;
    control.set({ step: true });
    const controller = new AbortController();
    const sent = open(stack.url + chat.path, {
      body: chat.body('[[sim: stream events=50]]'),
      signal: controller.signal,
    });
    sent.on('error', () => {});
    const id = await steppedStream(stack);
    await control.advance(id, 10);
    controller.abort();
    await control.until(({ requests }) => requests.some(({ ending }) => ending === 'client_gone'));
    await untilOutcome(stack, 'client_gone');
  },
);

/** Resolves when the one finished request has had this outcome. */
async function untilOutcome(stack: Stack, outcome: string): Promise<void> {
  while (!stack.logs().includes(`"outcome":"${outcome}"`))
    await new Promise((resolve) => setImmediate(resolve));
}

test('a slot is free as soon as its client has left', bounded, async (t) => {
  const stack = await startStack(t, { keys: { one: { limits: { concurrency: 1 } } } });
  const { control } = stack.simulator;
  control.set({ step: true });
  const controller = new AbortController();
  const body = chat.body('[[sim: stream events=50]]', { stream: true });
  const sent = open(stack.url + chat.path, { key: 'sk-one', body, signal: controller.signal });
  sent.on('error', () => {});
  await control.advance(await steppedStream(stack), 10);
  assert.equal((await send(stack.url + chat.path, { key: 'sk-one', body })).status, 429);
  controller.abort();
  await control.until(({ requests }) => requests.some(({ ending }) => ending === 'client_gone'));
  control.set({ step: false });
  assert.equal((await send(stack.url + chat.path, { key: 'sk-one', body })).status, 200);
});

test(
  'a client that does not read stops the backend after what the buffers hold, and gets everything when it reads',
  bounded,
  async (t) => {
    const stack = await startStack(t);
    const [events, bytes] = [15_000, 4_000];
    const body = chat.body(`[[sim: stream events=${events} bytes=${bytes}]]`, { stream: true });
    const answer = await head(open(stack.url + chat.path, { body }));
    // nobody reads: the backend comes to a stand at a place that does not move any more
    const stand = await untilStill(stack);
    assert.ok(stand > 0 && stand < (events * bytes) / 2, `${stand} bytes were taken from the backend`);
    assert.equal(endingOf(stack), undefined);
    let received = 0;
    for await (const chunk of answer) received += (chunk as Buffer).length; // no encoding is set
    assert.ok(received > events * bytes);
    assert.equal(endingOf(stack), 'complete');
  },
);

function endingOf({ simulator }: Stack): string | undefined {
  return simulator.control.journal().requests.findLast(({ endpoint }) => endpoint === 'responses')?.ending;
}

/** The bytes that the backend could send until it had to wait for its reader. */
async function untilStill({ simulator: { control } }: Stack): Promise<number> {
  const sentBytes = (): number =>
    control.journal().requests.findLast(({ endpoint }) => endpoint === 'responses')?.bytesSent ?? 0;
  let [last, rounds] = [-1, 0];
  while (rounds < 200) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = sentBytes();
    rounds = now === last ? rounds + 1 : 0;
    last = now;
  }
  return last;
}

const heartbeatOf: ReadonlyMap<DialectCase, string> = new Map([
  [chat, ': ping\n\n'],
  [responses, 'event: response.in_progress\n'],
  [messages, 'event: ping\n'],
]);

for (const dialect of dialectCases) {
  test(
    `${dialect.name}: a slow upstream gets its head out after five seconds, and heartbeats keep the client`,
    bounded,
    async (t) => {
      const clock = createManualClock();
      const stack = await startStack(t, { clock });
      const { control } = stack.simulator;
      await send(stack.url + chat.path, { body: chat.body('hi') }); // the token is in hand
      control.set({ step: true });
      control.nextScript(script('late'));
      const sent = open(stack.url + dialect.path, { body: dialect.body('hi', { stream: true }) });
      const answering = head(sent);
      const id = await steppedStream(stack);
      await control.advance(id, 2);
      const heads = new Set<IncomingMessage>();
      sent.once('response', (answer) => heads.add(answer));
      // nobody can see when the gateway has taken the two events, so seconds pass until its head comes
      for (; heads.size === 0; clock.advance(1_000)) await new Promise((resolve) => setImmediate(resolve));
      const reader = readerOf(await answering);
      assert.equal(reader.answer.statusCode, 200);
      const before = count(reader.seen(), heartbeatOf.get(dialect) ?? '');
      clock.advance(15_000);
      await untilMore(reader, heartbeatOf.get(dialect) ?? '', before);
      clock.advance(15_000);
      await untilMore(reader, heartbeatOf.get(dialect) ?? '', before + 1);
      await control.advance(id, 100);
      await reader.untilSeen('late');
      if (!reader.answer.complete) await once(reader.answer, 'end');
    },
  );
}

function count(text: string, piece: string): number {
  return text.split(piece).length - 1;
}

async function untilMore(reader: Reader, piece: string, than: number): Promise<void> {
  while (count(reader.seen(), piece) <= than) await once(reader.answer, 'data');
}
