import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { startStack, type Stack } from './stack.ts';
import {
  chat,
  dialectCases,
  head,
  json,
  messages,
  open,
  responses,
  send,
  type DialectCase,
} from './client.ts';
import { assertFailedStream } from './legal-ending.ts';
import { readerOf, steppedStream } from './stepped.ts';

const bounded = { timeout: 120_000 };

const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const weather = { name: 'get_weather', parameters };
const tools: ReadonlyMap<DialectCase, readonly object[]> = new Map([
  [chat, [{ type: 'function', function: weather }]],
  [responses, [{ type: 'function', ...weather }]],
  [messages, [{ name: 'get_weather', input_schema: parameters }]],
]);

/** An answer with everything: reasoning, text and two calls. */
const everything = [
  '[[sim: reasoning parts=2 words=6]]',
  '[[sim: commentary]]',
  '[[sim: call get_weather {"city":"Oslo"}]]',
  '[[sim: call get_weather {"city":"Rome"}]]',
].join(' ');

function bodyOf(dialect: DialectCase, directive: string, stream: boolean): object {
  const thinking = { type: 'enabled', budget_tokens: 1_024 };
  return dialect.body(`${everything} ${directive}`, {
    stream,
    tools: tools.get(dialect),
    ...(dialect === responses && { reasoning: { summary: 'auto' } }),
    ...(dialect === messages && { thinking }),
  });
}

/** How many events a whole answer of the backend has. */
async function eventsOfWhole({ url, simulator }: Stack, dialect: DialectCase): Promise<number> {
  const answer = await send(url + dialect.path, { body: bodyOf(dialect, '', true) });
  assert.equal(answer.status, 200, answer.text);
  return (
    simulator.control.journal().requests.findLast(({ endpoint }) => endpoint === 'responses')?.eventsSent ?? 0
  );
}

const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_800_000_000,
  model: 'gpt-5.5',
  output: [],
};
/** A text, and arguments that belong to no item. */
const namelessCall = [
  { type: 'response.created', response: { ...response, status: 'in_progress' } },
  {
    type: 'response.output_text.delta',
    output_index: 0,
    item_id: 'msg_1',
    content_index: 0,
    delta: 'Let me see.',
  },
  {
    type: 'response.function_call_arguments.delta',
    output_index: 1,
    item_id: 'fc_1',
    delta: '{"city":"Oslo"}',
  },
  { type: 'response.completed', response: { ...response, status: 'completed' } },
];

for (const dialect of dialectCases) {
  for (const how of ['end', 'reset']) {
    test(`${dialect.name}: a stream that is cut (${how}) at any event ends legally`, bounded, async (t) => {
      const stack = await startStack(t);
      const count = await eventsOfWhole(stack, dialect);
      assert.ok(count > 30, String(count));
      const cuts = Array.from({ length: count }, (_, after) => after);
      const answers = await Promise.all(
        cuts.map((after) => {
          const body = bodyOf(dialect, `[[sim: cut after=${after} how=${how}]]`, true);
          return send(stack.url + dialect.path, { body });
        }),
      );
      for (const answer of answers) {
        if (answer.status === 200) assertFailedStream(dialect, answer.text, 'upstream_error');
        else assert.deepEqual([answer.status, answer.headers['x-gateway-outcome']], [502, 'upstream_error']);
      }
      const outcomes = stack.logs().match(/"outcome":"\w+"/g) ?? [];
      assert.deepEqual(new Set(outcomes.slice(1)), new Set(['"outcome":"upstream_error"']));
      const statuses = answers.map(({ status }) => status);
      assert.deepEqual(statuses.slice(0, 3), [502, 502, 502], 'before the first real event it is a status');
      assert.ok(statuses.includes(200));
      assert.equal(
        statuses.lastIndexOf(502),
        statuses.indexOf(200) - 1,
        'once there was output it is an ending',
      );
    });
  }

  test(`${dialect.name}: half an answer is never a whole one`, bounded, async (t) => {
    const stack = await startStack(t);
    const count = await eventsOfWhole(stack, dialect);
    const cuts = Array.from({ length: count }, (_, after) => after);
    await Promise.all(
      cuts.map(async (after) => {
        const body = bodyOf(dialect, `[[sim: cut after=${after}]]`, false);
        const answer = await send(stack.url + dialect.path, { body });
        assert.equal(answer.status, 502, `after ${after}: ${answer.text}`);
        assert.ok(JSON.stringify(json(answer)).includes('upstream_error'));
      }),
    );
  });

  for (const [directive, code] of [
    ['fail after=20', 'upstream_error'],
    ['overload after=20', 'server_is_overloaded'],
    ['error after=20', 'upstream_error'],
    ['error code=usage_limit_reached after=20', 'usage_limit_reached'],
  ] as const) {
    test(
      `${dialect.name}: after output, ${directive} is an ending and not asked again`,
      bounded,
      async (t) => {
        const stack = await startStack(t);
        const answer = await send(stack.url + dialect.path, {
          body: bodyOf(dialect, `[[sim: ${directive}]]`, true),
        });
        assert.equal(answer.status, 200, answer.text);
        assertFailedStream(dialect, answer.text, code);
        assert.equal(stack.simulator.control.journal().counts.responses, 1);
      },
    );
  }

  test(
    `${dialect.name}: a call whose name never came is no answer, and no part of one`,
    bounded,
    async (t) => {
      const stack = await startStack(t);
      const { control } = stack.simulator;
      control.nextScript(namelessCall);
      const whole = await send(stack.url + dialect.path, { body: dialect.body('hi') });
      assert.deepEqual([whole.status, whole.headers['x-gateway-outcome']], [502, 'upstream_error']);

      control.set({ step: true });
      control.nextScript(namelessCall);
      const answering = head(open(stack.url + dialect.path, { body: dialect.body('hi', { stream: true }) }));
      const id = await steppedStream(stack);
      await control.advance(id, 2);
      const { answer, seen, untilSeen } = readerOf(await answering);
      await untilSeen('Let me see.');
      const ended = once(answer, 'end');
      await control.advance(id, namelessCall.length);
      await ended;
      assertFailedStream(dialect, seen(), 'upstream_error');
    },
  );

  test(`${dialect.name}: silence in the middle is an ending, too`, bounded, async (t) => {
    const stack = await startStack(t, { environment: { UPSTREAM_IDLE_TIMEOUT_SECONDS: '1' } });
    const answer = await send(stack.url + dialect.path, {
      body: bodyOf(dialect, '[[sim: stall after=20]]', true),
    });
    assert.equal(answer.status, 200, answer.text);
    assertFailedStream(dialect, answer.text, 'upstream_timeout');
    assert.match(stack.logs(), /"outcome":"timeout"/);
  });

  test(`${dialect.name}: a broken event is skipped and counted, the answer goes on`, bounded, async (t) => {
    const stack = await startStack(t);
    for (const how of ['json', 'html']) {
      const answer = await send(stack.url + dialect.path, {
        body: dialect.body(`[[sim: malformed after=6 how=${how}]] Say exactly: whole`, { stream: true }),
      });
      assert.equal(answer.status, 200);
      assert.ok(answer.text.includes('whole') && !answer.text.includes('"error":{'), answer.text);
    }
    const { text } = await send(`${stack.opsUrl}/metrics`);
    assert.match(text, /^codex_gateway_upstream_unknown_events_total\{kind="malformed"\} [12]$/m);
  });
}
