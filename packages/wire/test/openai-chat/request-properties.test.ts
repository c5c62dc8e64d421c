import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { InputItem } from '../../src/codex/items.ts';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { chatRequestSchema } from '../../src/dialects/openai-chat/schema.ts';
import { FaultError, faultStatus } from '../../src/fault.ts';
import { openContext } from '../open-context.ts';
import { fieldsToRefuse } from '../upstream-fields.ts';

type Body = Readonly<Record<string, unknown>>;

/** JSON is a word that changes what is sent, in some places. */
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constant('as JSON'));
const id = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((number) => `call_${number}`),
  fc.string({ minLength: 1, maxLength: 90 }),
);
const name = fc.constantFrom('f', 'g', 'get.weather', 'n'.repeat(80));
const part = fc.oneof(
  text,
  text.map((words) => ({ type: 'text', text: words })),
  fc.constant({ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }),
);
const content = fc.oneof(text, part, fc.array(part, { maxLength: 3 }));
const spoken = fc.oneof(text, fc.array(text, { maxLength: 3 }));

const functionCall = fc.record({
  id,
  type: fc.constant('function'),
  function: fc.record({ name, arguments: fc.oneof(text, fc.dictionary(fc.string(), fc.integer())) }),
});
const customCall = fc.record({
  id,
  type: fc.constant('custom'),
  custom: fc.record({ name, input: text }),
});
const call = fc.oneof(functionCall, customCall);

const message = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer'), content: spoken }),
  fc.record({ role: fc.constant('user'), content }),
  fc.record({
    role: fc.constant('assistant'),
    content: spoken,
    tool_calls: fc.array(call, { maxLength: 3 }),
  }),
  fc.record({ role: fc.constant('tool'), tool_call_id: id, content }),
);

/** Values that fields may have, and values that they must not. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(0, 1, 2, '', 'auto', 'none', 'low', 'high', true, false, null, [], {}),
  fc.constantFrom(
    [{ type: 'function', function: { name: 'f' } }],
    [{ type: 'web_search' }],
    { type: 'json_object' },
    { include_usage: true },
    { effort: 'high' },
  ),
);
const field = fc.oneof(fc.constantFrom(...Object.keys(chatRequestSchema.shape)), fc.string({ maxLength: 9 }));

const body: fc.Arbitrary<Body> = fc
  .record({
    messages: fc.array(message, { minLength: 1, maxLength: 5 }),
    fields: fc.array(fc.tuple(field, value), { maxLength: 4 }),
  })
  .map(({ messages, fields }) => ({ model: 'gpt-5.5', messages, ...Object.fromEntries(fields) }));

test('every body becomes one that the upstream takes, or a 4xx that names its field', () => {
  let taken = 0;
  fc.assert(
    fc.property(body, (request) => {
      try {
        const upstream = openaiChat.open(request, openContext()).codexRequest(nothingRecalled);
        assert.deepEqual(fieldsToRefuse(upstream), []);
        taken += 1;
      } catch (error) {
        if (!(error instanceof FaultError)) throw error;
        assert.equal(faultStatus(error.fault), 400);
        assert.ok('param' in error.fault && error.fault.param);
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(taken > 100, 'many of them are taken');
});

/** What the client appends to its messages in one round of its tool loop. */
const round = fc.oneof(
  fc
    .array(fc.record({ call, result: fc.oneof(spoken, fc.array(part, { minLength: 1, maxLength: 2 })) }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((calls) => [
      { role: 'assistant', content: null, tool_calls: calls.map((each) => each.call) },
      ...calls.map((each) => ({ role: 'tool', tool_call_id: each.call.id, content: each.result })),
    ]),
  fc.tuple(text, text).map(([said, next]) => [
    { role: 'assistant', content: said },
    { role: 'user', content: `> ${next}` },
  ]),
  fc.tuple(text, text).map(([later, next]) => [
    { role: 'system', content: later },
    { role: 'user', content: `> ${next}` },
  ]),
);

const options = fc.constantFrom<Body>(
  {},
  { tools: [{ type: 'function', function: { name: 'f' } }] },
  { response_format: { type: 'json_object' } },
);

/** Reasoning that the gateway remembers of each call. */
const thoughts = new Map<string, readonly InputItem[]>(
  [0, 1, 2, 3].map((number) => [
    `call_${number}`,
    [{ type: 'reasoning', summary: [], encrypted_content: `sealed-${number}` }],
  ]),
);

test('what a request sends upstream is the beginning of what the next one of its conversation sends', () => {
  fc.assert(
    fc.property(fc.array(round, { minLength: 2, maxLength: 5 }), options, (rounds, more) => {
      const beginning = [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Go.' },
      ];
      const sent = rounds.map((_, index) => {
        const messages = [...beginning, ...rounds.slice(0, index + 1).flat()];
        const exchange = openaiChat.open({ model: 'gpt-5.5', messages, ...more }, openContext());
        const { input, ...rest } = exchange.codexRequest({
          ...nothingRecalled,
          reasoningByCallId: thoughts,
        });
        return { bytes: JSON.stringify(input).slice(0, -1), rest: { ...rest, tools: null } };
      });
      for (const [index, { bytes, rest }] of sent.entries()) {
        const before = sent[index - 1];
        if (!before) continue;
        assert.ok(bytes.startsWith(`${before.bytes},`));
        assert.deepEqual(rest, before.rest);
      }
    }),
  );
});
