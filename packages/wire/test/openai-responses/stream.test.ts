import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeEvent, type CodexEvent } from '../../src/codex/events.ts';
import type { StreamEncoder } from '../../src/dialects/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import type { Fault } from '../../src/fault.ts';
import { openContext, stamp } from '../open-context.ts';
import { begin, completed, failed, message, upstream } from '../upstream-events.ts';
import { bodyOf, cases } from './cases.ts';
import { readFrames } from './frames.ts';
import { assertLegal, assertReadable, responseOf } from './legal.ts';

const cut: Fault = { kind: 'upstream_error', message: 'The upstream ended early.' };

function encoder(body: object = {}): StreamEncoder {
  return openaiResponses
    .open({ model: 'gpt-5.5', input: 'Go.', stream: true, ...body }, openContext())
    .encoder(stamp);
}

/** The whole stream for these events; when they do not end it, it ends with a fault. */
function told(events: readonly CodexEvent[], encoding = encoder()): string {
  return encoding.push(events) + encoding.fail(cut);
}

for (const answer of cases) {
  test(`"${answer.name}" cut after any event ends legally`, async () => {
    for (let count = 0; count <= answer.events.length; count += 1) {
      const open = openaiResponses.open(bodyOf(answer, true), openContext()).encoder(stamp);
      const text = told(answer.events.slice(0, count), open);
      assertLegal(text);
      await assertReadable(text);
    }
  });

  test(`"${answer.name}" is the same text however its events are batched`, () => {
    const whole = encoder().push(answer.events);
    fc.assert(
      fc.property(fc.array(fc.nat(answer.events.length), { maxLength: 6 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), answer.events.length];
        const encoding = encoder();
        const batches = places.slice(1).map((end, index) => answer.events.slice(places[index], end));
        assert.equal(batches.map((batch) => encoding.push(batch)).join(''), whole);
      }),
      { numRuns: 30 },
    );
  });
}

const itemTypes = [
  'message',
  'reasoning',
  'function_call',
  'custom_tool_call',
  'web_search_call',
  'shell_call',
  'x',
];
const index = fc.constantFrom(0, 0, 0, 0, 1, 1, 1, 2, -1, 0.5);
const id = fc.constantFrom('a', 'b', 'c', '', null);
const words = fc.constantFrom('', 'one', ' two', '"\u2028\\');
const part = fc.oneof(
  fc.record({ type: fc.constantFrom('output_text', 'reasoning_text', 'summary_text', 'other'), text: words }),
  fc.record({ type: fc.constant('refusal'), refusal: words }),
);
const item = fc.record(
  {
    type: fc.constantFrom(...itemTypes),
    id,
    call_id: id,
    name: fc.constantFrom('f', 'g'),
    arguments: words,
    input: words,
    content: fc.option(fc.array(part, { maxLength: 3 })),
    summary: fc.array(fc.record({ type: fc.constant('summary_text'), text: words }), { maxLength: 2 }),
    action: fc.constant({ commands: ['ls'] }),
  },
  { requiredKeys: ['type'] },
);
const place = { output_index: index, item_id: id, content_index: index, summary_index: index };
const strange = fc.oneof(
  fc.record({
    type: fc.constantFrom('response.output_item.added', 'response.output_item.done'),
    output_index: index,
    item,
  }),
  fc.record({
    type: fc.constantFrom(
      'response.output_text.delta',
      'response.refusal.delta',
      'response.reasoning_text.delta',
      'response.reasoning_summary_text.delta',
      'response.function_call_arguments.delta',
      'response.custom_tool_call_input.delta',
      'response.shell_call_command.delta',
    ),
    ...place,
    command_index: index,
    delta: words,
  }),
  fc.record({
    type: fc.constantFrom(
      'response.output_text.done',
      'response.refusal.done',
      'response.reasoning_text.done',
      'response.reasoning_summary_text.done',
      'response.function_call_arguments.done',
      'response.custom_tool_call_input.done',
      'response.shell_call_command.added',
      'response.shell_call_command.done',
      'response.web_search_call.searching',
      'response.mcp_call.completed',
      'response.shell_call_output_content.delta',
      'codex.rate_limits',
      'keepalive',
    ),
    ...place,
    command_index: index,
    command: words,
    text: words,
    refusal: words,
    arguments: words,
    input: words,
  }),
  fc.record({
    type: fc.constantFrom('response.created', 'response.queued', 'response.in_progress'),
    response: fc.constant({ id: 'resp_changing' }),
  }),
  fc.record({
    type: fc.constantFrom(
      'response.content_part.added',
      'response.content_part.done',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_part.done',
    ),
    ...place,
    part,
  }),
  fc.record({
    type: fc.constant('response.output_text.annotation.added'),
    ...place,
    annotation_index: index,
    annotation: fc.constant({ type: 'url_citation', url: 'https://example.com' }),
  }),
);
const endings = fc.constantFrom(
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
  null,
);

test('whatever the upstream sends, the stream is legal and the SDK can read it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(strange, { maxLength: 25 }),
      endings,
      fc.boolean(),
      async (events, ending, begun) => {
        const last =
          ending === 'error' ? { type: ending, error: { message: 'No.' } } : { type: ending, response: {} };
        const raw = [
          ...(begun ? [{ type: 'response.created', response: {} }] : []),
          ...events,
          ...(ending ? [last] : []),
        ];
        const text = told(raw.map((event) => decodeEvent(JSON.stringify(event))));
        assertLegal(text);
        await assertReadable(text);
      },
    ),
    { numRuns: 400 },
  );
});

test('a delta is written as plain JSON would write it', () => {
  const strangeWords = 'a "quote" \\ \n \u2028 \ud83c\udf0d \ud800 </script>';
  const frames = encoder()
    .push(upstream(message({ at: 0, deltas: [strangeWords] })))
    .split('\n\n');
  const delta = frames.find((frame) => frame.startsWith('event: response.output_text.delta'));
  const expected = JSON.stringify({
    type: 'response.output_text.delta',
    item_id: 'msg_0',
    output_index: 0,
    content_index: 0,
    logprobs: [],
    delta: strangeWords,
    sequence_number: 3,
  });
  assert.equal(delta, `event: response.output_text.delta\ndata: ${expected}`);
});

test('a heartbeat is a comment until the response was announced, then an event with the next number', () => {
  const encoding = encoder();
  assert.equal(encoding.heartbeat(), ': ping\n\n');
  const head = encoding.push(upstream(begin()));
  const beats = encoding.heartbeat() + encoding.heartbeat();
  const end = encoding.push(upstream(completed()));
  const frames = readFrames(head + beats + end);
  assert.deepEqual(
    frames.map(({ event }) => event),
    [
      'response.created',
      'response.in_progress',
      'response.in_progress',
      'response.in_progress',
      'response.completed',
    ],
  );
  assert.deepEqual(frames[2]?.data, { ...frames[1]?.data, sequence_number: 2 });
  assert.equal(encoding.heartbeat(), '');
});

test('a failure that the gateway reports is an error event and a failed response with what was told so far', () => {
  const encoding = encoder();
  encoding.push(upstream(begin(), message({ at: 0, deltas: ['Half'] }).slice(0, 3)));
  const [error, failure] = readFrames(encoding.fail({ kind: 'drain_deadline', message: 'Shutting down.' }));
  const fault = {
    message: 'Shutting down.',
    type: 'gateway_error',
    param: null,
    code: 'server_is_overloaded',
  };
  assert.deepEqual(error?.data, {
    type: 'error',
    code: fault.code,
    message: fault.message,
    param: null,
    error: fault,
    sequence_number: 5,
  });
  assert.ok(failure);
  const { status, error: cause, output } = responseOf(failure);
  assert.deepEqual(
    { status, cause, output },
    {
      status: 'failed',
      cause: { code: 'server_is_overloaded', message: 'Shutting down.' },
      output: [
        {
          id: 'msg_0',
          type: 'message',
          role: 'assistant',
          status: 'incomplete',
          content: [{ type: 'output_text', text: 'Half', annotations: [] }],
        },
      ],
    },
  );
});

test('nothing follows the end', () => {
  const encoding = encoder();
  encoding.push(upstream(begin(), failed({ code: 'invalid_prompt', message: 'No.' })));
  assert.equal(encoding.ended(), true);
  assert.equal(encoding.push(upstream(message({ at: 0, deltas: ['Late'] }))), '');
  assert.equal(encoding.fail(cut), '');
});
