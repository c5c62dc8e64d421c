import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { createManualClock, type ManualClock } from '@codex-gateway/testkit/manual-clock.ts';
import { stackBefore, type Respond } from './byte-upstream.ts';
import { chat, head, json, open, responses, send, type DialectCase } from './client.ts';
import { assertFailedStream } from './legal-ending.ts';
import type { Stack } from './stack.ts';

const bounded = { timeout: 20_000 };
const anEvent = /\r?\n\r?\n/;
const theEnd = /data: \[DONE\]\n\n|event: response.completed\n.*\n\n/;
const sse = { 'content-type': 'text/event-stream' };

function chunk(delta: object, finish: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'c1', choices: [{ index: 0, delta, finish_reason: finish }] })}\r\n\r\n`;
}

function event(type: string, sequence: number, more: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...more })}\n\n`;
}

const running = {
  id: 'resp_up',
  object: 'response',
  model: 'gpt-5.5-2026',
  status: 'in_progress',
  output: [],
};
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };

/** The events of an answer in their order, each as its own bytes. */
const answers: ReadonlyMap<DialectCase, readonly string[]> = new Map([
  [
    chat,
    [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo ☃' }),
      chunk({}, 'stop'),
      'data: [DONE]\n\n',
    ],
  ],
  [
    responses,
    [
      event('response.created', 0, { response: running }),
      event('response.in_progress', 1, { response: running }),
      event('response.output_item.added', 2, { output_index: 0, item }),
      event('response.output_text.delta', 3, { ...place, delta: 'Hel' }),
      event('response.output_text.delta', 4, { ...place, delta: 'lo ☃' }),
      event('response.completed', 5, { response: { ...running, status: 'completed' } }),
    ],
  ],
]);

function framesOf(dialect: DialectCase): readonly string[] {
  return answers.get(dialect) ?? [];
}

const cases: readonly DialectCase[] = [chat, responses];

function before(t: TestContext, respond: Respond, clock?: ManualClock) {
  return stackBefore(t, respond, { mode: 'openai_api', ...(clock && { clock }) });
}

/** A stream that the test writes, in front of a clock that the test moves. */
async function steered(t: TestContext, dialect: DialectCase, headers: Readonly<Record<string, string>> = {}) {
  const clock = createManualClock(Date.now());
  const begun = Promise.withResolvers<ServerResponse>();
  const { stack } = await before(
    t,
    (res) => {
      res.writeHead(200, sse);
      res.flushHeaders();
      begun.resolve(res);
    },
    clock,
  );
  const answering = head(
    open(stack.url + dialect.path, { headers, body: dialect.body('Go.', { stream: true }) }),
  );
  const upstream = await begun.promise;
  let text = '';
  const arrived = async (expected: RegExp): Promise<string> => {
    const answer = await answering;
    if (answer.listenerCount('data') === 0)
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    while (!expected.test(text)) await once(answer, 'data');
    return text;
  };
  return { clock, stack, upstream, answering, arrived };
}

const heartbeats: ReadonlyMap<DialectCase, string> = new Map([
  [chat, ': ping\n\n'],
  [
    responses,
    `event: response.in_progress\ndata: {"type":"response.in_progress","response":${JSON.stringify(running)},"sequence_number":3}\n\n`,
  ],
]);

for (const dialect of cases) {
  const frames = framesOf(dialect);

  for (const how of ['end', 'reset'] as const) {
    test(
      `${dialect.name}: a stream that is cut (${how}) after any event ends legally`,
      bounded,
      async (t) => {
        const { stack } = await before(t, (res, _received, count) => {
          const half = frames[count]?.slice(0, -3) ?? '';
          const text = frames.slice(0, count).join('') + half;
          res
            .writeHead(200, sse)
            .write(text, () => (how === 'end' ? res.end() : res.socket?.resetAndDestroy()));
        });
        const begun = dialect === chat ? frames.length - 2 : frames.length - 1;
        for (let count = 1; count <= begun; count += 1) {
          const { text } = await send(stack.url + dialect.path, {
            body: dialect.body('Go.', { stream: true }),
          });
          const passed = frames.slice(0, count).join('');
          assert.equal(
            text.slice(0, passed.length),
            passed,
            'what came whole is there, the rest is left out',
          );
          assertFailedStream(dialect, text.replaceAll('\r\n', '\n'), 'upstream_error');
        }
        const [line] = stack
          .logs()
          .split('\n')
          .filter((text) => text.includes('"upstream_error"'));
        assert.match(line ?? '', /"outcome":"upstream_error"/);
      },
    );
  }

  test(`${dialect.name}: a stream that is cut before its first event is a status`, bounded, async (t) => {
    const { stack } = await before(t, (res) => {
      res.writeHead(200, sse).write('data: {"ty', () => res.socket?.resetAndDestroy());
    });
    const answer = await send(stack.url + dialect.path, { body: dialect.body('Go.', { stream: true }) });
    const { error } = json(answer) as { readonly error: { readonly code: string } }; // as documented
    assert.deepEqual(
      [answer.status, error.code, answer.headers['content-type']],
      [502, 'upstream_error', 'application/json; charset=utf-8'],
    );
  });

  test(`${dialect.name}: half an answer in JSON is none`, bounded, async (t) => {
    const { stack } = await before(t, (res, _received, count) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.write('{"id":', () => (count === 1 ? res.end() : res.socket?.resetAndDestroy()));
    });
    for (let count = 0; count < 2; count++) {
      const answer = await send(stack.url + dialect.path, { body: dialect.body('Go.') });
      const { error } = json(answer) as { readonly error: { readonly code: string } }; // as documented
      assert.deepEqual([answer.status, error.code], [502, 'upstream_error']);
    }
  });

  test(`${dialect.name}: silence is filled between events, and only there`, bounded, async (t) => {
    const { clock, upstream, arrived } = await steered(t, dialect);
    const [sent, rest] = [frames.slice(0, 4).join(''), frames.slice(4).join('')];
    upstream.write(sent + rest.slice(0, 9));
    await arrived(/Hel/);
    for (let second = 0; second < 45; second++) clock.advance(1_000);
    upstream.end(rest.slice(9));
    const beat = heartbeats.get(dialect) ?? '';
    assert.equal(await arrived(theEnd), sent + beat.repeat(3) + rest);
  });

  test(`${dialect.name}: a slow upstream gets its head out after five seconds`, bounded, async (t) => {
    const { clock, stack, upstream, answering, arrived } = await steered(t, dialect);
    await untilTaken(stack);
    let isHere = false;
    void answering.then(() => (isHere = true));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isHere, false);
    clock.advance(5_000);
    assert.equal((await answering).statusCode, 200);
    for (let second = 0; second < 15; second++) clock.advance(1_000);
    assert.equal(await arrived(anEvent), ': ping\n\n');
    upstream.end();
    await once(await answering, 'end');
    const text = await arrived(/DONE/);
    assertFailedStream(dialect, text, 'upstream_error');
  });

  test(`${dialect.name}: an upstream that has told its end is not waited for`, bounded, async (t) => {
    const { clock, upstream, answering, arrived } = await steered(t, dialect);
    upstream.write(frames.join(''));
    await arrived(theEnd);
    const closed = once(upstream, 'close');
    upstream.write('data: more\n\n'); // what still comes in time is passed on
    assert.match(await arrived(/more/), /more\n\n$/);
    clock.advance(1_000);
    await Promise.all([once(await answering, 'end'), closed]);
    assert.match(await arrived(/more/), /more\n\n$/);
  });

  test(
    `${dialect.name}: the end of a request ends its stream legally, and the upstream`,
    bounded,
    async (t) => {
      const { stack, upstream, answering, arrived } = await steered(t, dialect);
      upstream.write(frames.slice(0, 2).join(''));
      await arrived(anEvent);
      const closed = once(upstream, 'close');
      const message = 'The server is shutting down. Please try again.';
      for (const scope of stack.gateways[0]?.gateway.open() ?? [])
        scope.end({ kind: 'drain_deadline', message });
      await Promise.all([once(await answering, 'end'), closed]);
      assertFailedStream(dialect, (await arrived(/DONE/)).replaceAll('\r\n', '\n'), 'server_is_overloaded');
    },
  );

  test(`${dialect.name}: a client that leaves takes the upstream with it`, bounded, async (t) => {
    const { upstream, answering, arrived } = await steered(t, dialect);
    upstream.write(frames[0] ?? '');
    await arrived(anEvent);
    const closed = once(upstream, 'close');
    (await answering).destroy();
    await closed;
  });

  test(`${dialect.name}: a client that does not read holds the upstream back`, bounded, async (t) => {
    const { upstream, answering } = await steered(t, dialect);
    const piece = `: ${'x'.repeat(65_536)}\n\n`;
    upstream.write(frames[0] ?? '');
    (await answering).pause();
    let written = 0;
    while (upstream.write(piece) || (await flushed(upstream))) written += piece.length;
    assert.ok(written < 64 * 1024 * 1024, String(written));
  });
}

/** The gateway has the head of the upstream's answer. */
async function untilTaken({ gateways }: Stack): Promise<void> {
  const isTaken = (): boolean =>
    [...(gateways[0]?.gateway.open() ?? [])].some(({ record }) => record.firstEventMs !== null);
  while (!isTaken()) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether the other side took all that was written, within a while in which it would have by far. */
async function flushed(upstream: ServerResponse): Promise<boolean> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (!upstream.writableNeedDrain) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return false;
}
