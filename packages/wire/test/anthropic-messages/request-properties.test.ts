import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { InputItem } from '../../src/codex/items.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { messagesSchema } from '../../src/dialects/anthropic-messages/schema.ts';
import { sealSignature } from '../../src/dialects/anthropic-messages/signature.ts';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { FaultError, faultStatus } from '../../src/fault.ts';
import { openContext } from '../open-context.ts';
import { fieldsToRefuse } from '../upstream-fields.ts';

type Body = Readonly<Record<string, unknown>>;

const words = fc.string({ unit: 'grapheme', maxLength: 12 });
const id = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((number) => `call_${number}`),
  fc.string({ minLength: 1, maxLength: 90 }),
);
const name = fc.constantFrom('f', 'g', 'get.weather', 'n'.repeat(128));
const signature = fc.constantFrom(
  sealSignature({ encryptedContent: 'gAAAA', partLengths: [], model: 'gpt-5.5', account: 'account-1' }),
  sealSignature({ encryptedContent: 'gAAAB', partLengths: [2], model: 'gpt-6', account: 'account-2' }),
  'EqQBCgYIBhgC',
);
const text = words.map((said) => ({ type: 'text', text: said }));
const image = fc.constant({
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'aW1n' },
});
const document = fc.constantFrom(
  { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'cGRm' } },
  { type: 'document', title: 'T', source: { type: 'content', content: [{ type: 'text', text: 'x' }] } },
);
const search = fc.constant({
  type: 'search_result',
  title: 't',
  source: 's',
  content: [{ type: 'text', text: 'x' }],
});
const reference = name.map((tool_name) => ({ type: 'tool_reference', tool_name }));
const nested = fc.oneof(text, image, document, search, reference);
const result = fc.record({
  type: fc.constant('tool_result'),
  tool_use_id: id,
  content: fc.oneof(words, fc.array(nested, { maxLength: 3 })),
  is_error: fc.constantFrom(true, false, null),
});
const use = fc.record({
  type: fc.constant('tool_use'),
  id,
  name,
  input: fc.dictionary(fc.string({ maxLength: 5 }), fc.integer(), { maxKeys: 3 }),
});
const thought = fc.oneof(
  fc.record({ type: fc.constant('thinking'), thinking: words, signature }),
  signature.map((data) => ({ type: 'redacted_thinking', data })),
);
const change = fc.record({
  type: fc.constantFrom('tool_addition', 'tool_removal'),
  tool: name.map((changed) => ({ type: 'tool_reference', name: changed })),
});
const known = fc.oneof(text, image, document, search, result, use, thought, change);
/** Blocks of a later version: whatever they hold, they are no reason to refuse. */
const unheardOf = fc
  .tuple(
    fc.string({ maxLength: 12 }),
    fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue(), { maxKeys: 3 }),
  )
  .map(([type, members]) => ({ ...members, type: `later_${type}` }));

const message = fc.oneof(
  fc.record({
    role: fc.constantFrom('user', 'assistant'),
    content: fc.oneof(words, fc.array(fc.oneof(known, unheardOf), { maxLength: 4 })),
  }),
  fc.record({
    role: fc.constant('system'),
    content: fc.oneof(words, fc.array(fc.oneof(text, change, unheardOf), { maxLength: 3 })),
    clear_at: fc.constantFrom('next_user_message', 'never', null),
  }),
);

/** Values that fields may have, and values that they must not. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(0, 1, 2, '', 'auto', 'none', 'fast', true, false, null, [], {}),
  fc.constantFrom(
    [{ name: 'f', input_schema: { type: 'object' } }],
    [{ type: 'web_search_20250305', name: 'web_search' }],
    [{ name: 'g', input_schema: {}, defer_loading: true }],
    { type: 'auto' },
    { type: 'any' },
    { type: 'adaptive', display: 'updates' },
    { type: 'enabled', budget_tokens: 1024 },
    { effort: 'high', format: { type: 'json_schema', schema: {} } },
    { user_id: '{"session_id":"s"}' },
  ),
);
const field = fc.oneof(fc.constantFrom(...Object.keys(messagesSchema.shape)), fc.string({ maxLength: 9 }));

const asked = { role: 'user', content: 'Go.' };
const body: fc.Arbitrary<Body> = fc
  .record({
    messages: fc.array(message, { maxLength: 5 }),
    fields: fc.array(fc.tuple(field, value), { maxLength: 3 }),
  })
  .map(({ messages, fields }) => ({
    model: 'gpt-5.5',
    max_tokens: 100,
    messages: [asked, ...messages],
    ...Object.fromEntries(fields),
  }));

function upstreamOf(request: unknown) {
  return anthropicMessages.open(request, openContext()).codexRequest(nothingRecalled);
}

/** The place that a refusal names; fails for anything but a 400. */
function refusedAt(error: unknown): string | null {
  if (!(error instanceof FaultError)) throw error;
  assert.equal(faultStatus(error.fault), 400);
  const param = 'param' in error.fault ? error.fault.param : null;
  if (param !== null) assert.ok(error.message.startsWith(`${param}: `), error.message);
  return param;
}

test('every body becomes one that the upstream takes, or a 400 that says where', () => {
  let taken = 0;
  fc.assert(
    fc.property(body, (request) => {
      try {
        assert.deepEqual(fieldsToRefuse(upstreamOf(request)), []);
        taken += 1;
      } catch (error) {
        const isThread = (request['thread'] ?? null) !== null;
        assert.ok(isThread || refusedAt(error) !== null);
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(taken > 100, 'many of them are taken');
});

test('whatever is in the content of a conversation, blocks of a known form are never refused', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), (messages) => {
      assert.deepEqual(
        fieldsToRefuse(upstreamOf({ model: 'gpt-5.5', max_tokens: 1, messages: [asked, ...messages] })),
        [],
      );
    }),
    { numRuns: 300 },
  );
});

/** Every place within a value, as its path. */
function placesIn(
  inner: unknown,
  at: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof inner !== 'object' || inner === null) return [at];
  return [
    at,
    ...Object.entries(inner).flatMap(([key, each]) =>
      placesIn(each, [...at, Array.isArray(inner) ? Number(key) : key]),
    ),
  ];
}

function replaced(inner: unknown, [step, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(inner))
    return inner.map((each, index) => (index === step ? replaced(each, rest, by) : each));
  return Object.fromEntries(
    Object.entries(Object(inner)).map(([key, each]) => [key, key === step ? replaced(each, rest, by) : each]),
  );
}

test('a block that is broken anywhere is taken, or refused at the place that is broken', () => {
  const broken = fc
    .tuple(fc.oneof(text, image, document, search, result, use), fc.nat(), fc.jsonValue({ maxDepth: 1 }))
    .map(([block, pick, by]) => {
      const places = placesIn(block).slice(1);
      const place = places[pick % places.length] ?? [];
      return { block: replaced(block, place, by), place };
    });
  fc.assert(
    fc.property(broken, ({ block, place }) => {
      const messages = [asked, { role: 'user', content: [{ type: 'text', text: 'See:' }, block] }];
      try {
        assert.deepEqual(fieldsToRefuse(upstreamOf({ model: 'gpt-5.5', max_tokens: 1, messages })), []);
      } catch (error) {
        const at = refusedAt(error) ?? '';
        const blockAt = 'messages.1.content.1';
        assert.ok(at.startsWith(blockAt), at);
        // what is wrong stands at the place that was broken, or within or around it
        const path = [blockAt, ...place].join('.');
        assert.ok(path.startsWith(at) || at.startsWith(path) || isSibling(at, path), `${at} for ${path}`);
      }
    }),
    { numRuns: 500 },
  );
});

/** Another `type` makes another member wrong. */
function isSibling(left: string, right: string): boolean {
  return right.endsWith('.type') && left.startsWith(right.slice(0, -'.type'.length));
}

const options = fc.constantFrom<Body>(
  {},
  { tools: [{ name: 'f', input_schema: { type: 'object' } }] },
  { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
  { thinking: { type: 'adaptive' } },
);

const said = fc.oneof(
  words.map((each): string => `> ${each}`),
  words.map((each) => [{ type: 'text', text: `> ${each}` }]),
);

/** What a client appends in one round: calls with their results, an answer and what is asked next, or a note. */
const round = fc.oneof(
  fc
    .array(fc.tuple(use, fc.oneof(words, fc.array(nested, { minLength: 1, maxLength: 2 }))), {
      minLength: 1,
      maxLength: 3,
    })
    .map((calls) => [
      { role: 'assistant', content: calls.map(([each]) => each) },
      {
        role: 'user',
        content: calls.map(([{ id: tool_use_id }, content]) => ({
          type: 'tool_result',
          tool_use_id,
          content,
        })),
      },
    ]),
  fc.tuple(words, said).map(([answer, next]) => [
    { role: 'assistant', content: [{ type: 'text', text: answer }] },
    { role: 'user', content: next },
  ]),
  fc.tuple(said, said).map(([note, next]) => [
    { role: 'system', content: note },
    { role: 'user', content: next },
  ]),
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
      const sent = rounds.map((_, index) => {
        const messages = [asked, ...rounds.slice(0, index + 1).flat()];
        const request = { model: 'gpt-5.5', max_tokens: 9, system: 'Be brief.', messages, ...more };
        const { input, ...rest } = anthropicMessages
          .open(request, openContext())
          .codexRequest({ ...nothingRecalled, reasoningByCallId: thoughts });
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

test('a system text is the same bytes upstream as a string and as blocks, at the top and within a conversation', () => {
  fc.assert(
    fc.property(words, (note) => {
      const forms = [note, [{ type: 'text', text: note, cache_control: { type: 'ephemeral' } }]];
      const [asText, asBlocks] = forms.map((content) =>
        JSON.stringify(
          upstreamOf({
            model: 'gpt-5.5',
            max_tokens: 9,
            system: content,
            messages: [asked, { role: 'system', content }],
          }),
        ),
      );
      assert.equal(asBlocks, asText);
    }),
  );
});
