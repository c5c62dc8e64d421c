import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createFold, type Folded } from '../../src/codex/fold.ts';
import { createEmulation } from '../../src/emulation/emulation.ts';
import { enforcesNothing, type EmulationRules } from '../../src/emulation/rules.ts';
import { createToolTextReader, type ToolText } from '../../src/emulation/tool-text.ts';
import {
  begin,
  completed,
  functionCall,
  incomplete,
  message,
  upstream,
  type RawEvent,
} from '../upstream-events.ts';
import { o200k } from './o200k.ts';
import { asked } from './run.ts';

const names = new Set(['read', 'list']);

/** The text that stays and what was found in it, when it comes in these pieces. */
function read(pieces: readonly string[]): { readonly text: string; readonly found: Omit<ToolText, 'names'> } {
  const toolText: ToolText = { names, calls: [], kept: 0 };
  const reader = createToolTextReader(toolText);
  const text = [...pieces.map((piece) => reader.push(piece, false)), reader.push('', true)].join('');
  return { text, found: { calls: toolText.calls, kept: toolText.kept } };
}

const block = (inner: string) => `<tool_use>${inner}</tool_use>`;
const call = { name: 'read', arguments: '{"path":"a"}' };

const wellFormed: readonly (readonly [string, string])[] = [
  ['an object with input', '{"name":"read","input":{"path":"a"}}'],
  ['an object with arguments', '\n{"name": "read", "arguments": {"path": "a"}}\n'],
  ['an object with parameters', '{"type":"tool_use","id":"x","name":"read","parameters":{"path":"a"}}'],
  ['arguments in a string', String.raw`{"name":"read","arguments":"{\"path\":\"a\"}"}`],
  ['elements', '<name>read</name>\n<input>{"path":"a"}</input>'],
  ['elements of other names', '<tool_name> read </tool_name><tool_parameters>{"path":"a"}</tool_parameters>'],
  ['a tool and its arguments', '<tool>read</tool><arguments>\n{"path":"a"}\n</arguments>'],
];

for (const [what, inner] of wellFormed) {
  test(`${what} is a call, and no text any more`, () => {
    assert.deepEqual(read([`Look: ${block(inner)} Done.`]), {
      text: 'Look:  Done.',
      found: { calls: [call], kept: 0 },
    });
  });
}

test('a call without arguments has none', () => {
  const calls = [{ name: 'list', arguments: '{}' }];
  for (const inner of ['{"name":"list"}', '<name>list</name>'])
    assert.deepEqual(read([block(inner)]), { text: '', found: { calls, kept: 0 } });
});

const malformed: readonly (readonly [string, string])[] = [
  ['a function that is not declared', '{"name":"write","input":{}}'],
  ['a name of the language', '{"name":"constructor","input":{}}'],
  ['no name', '{"input":{"path":"a"}}'],
  ['a name that is no text', '{"name":1}'],
  ['arguments that are a list', '{"name":"read","input":[1]}'],
  ['arguments that are broken', '{"name":"read","arguments":"{"}'],
  ['broken JSON', '{"name":"read","input":{"path":"a"}'],
  ['words around it', 'I call {"name":"read"}'],
  ['elements that do not fit', '<name>read</tool_name>'],
  ['elements with broken arguments', '<name>read</name><input>path=a</input>'],
  ['a list', '[{"name":"read"}]'],
  ['nothing', ''],
  ['a block in it', '<tool_use>{"name":"read"}'],
];

for (const [what, inner] of malformed) {
  test(`a block with ${what} stays the text it is`, () => {
    const text = `Look: ${block(inner)} Done.`;
    assert.deepEqual(read([text]), { text, found: { calls: [], kept: 1 } });
  });
}

test('a block that never ends stays text, and what comes behind it is read', () => {
  const text = '<tool_use>{"name":"read"}</tool';
  assert.deepEqual(read([text]), { text, found: { calls: [], kept: 1 } });
});

test('a block that is endless is held back no longer', () => {
  const toolText: ToolText = { names, calls: [], kept: 0 };
  const reader = createToolTextReader(toolText);
  const long = `<tool_use>${'x'.repeat(65_536)}`;
  assert.equal(reader.push(long, false), long);
  assert.equal(reader.push(' and on', false), ' and on');
  assert.equal(toolText.kept, 1);
});

test('text without a block is handed on at once', () => {
  const reader = createToolTextReader({ names, calls: [], kept: 0 });
  const pieces = ['if a', ' < b', ' <b>', ' <tool', 's> ', '<'];
  const shown = pieces.map((piece) => reader.push(piece, false));
  assert.deepEqual(shown, ['if a', ' < b', ' <b>', ' ', '<tools> ', '']);
  assert.equal(reader.push('', true), '<');
});

test('how a text is cut into pieces makes no difference', () => {
  const bits = fc.constantFrom(
    block('{"name":"read","input":{"path":"a"}}'),
    block('{"name":"none"}'),
    '<tool_use>',
    '</tool_use>',
    '<tool',
    '<',
    'Words 🌍 ',
  );
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 12 }), (parts, cuts) => {
      const text = parts.join('');
      const places = [0, ...cuts.filter((at) => at < text.length).toSorted((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
      assert.deepEqual(read(pieces), read([text]));
    }),
  );
});

const rules: EmulationRules = {
  stop: [],
  maxTokens: null,
  toolText: true,
  commentaryIsVisible: true,
  separator: '',
};
const tools = ['read', 'list'].map((name) => ({ type: 'function', name }));
const written = block('{"name":"read","input":{"path":"a"}}');

function answered(
  events: readonly (readonly RawEvent[])[],
  more: Partial<EmulationRules> = {},
): Folded | null {
  const request = { ...asked, tools };
  const emulation = createEmulation({ ...rules, ...more }, { countTokens: o200k, request });
  const fold = createFold();
  for (const event of upstream(begin(), ...events)) fold.push(emulation.push([event]));
  return fold.result();
}

/** Index, id of the call and what each item says. */
function told(answer: Folded | null): readonly unknown[] {
  return (answer?.items ?? []).map(({ outputIndex, item }) => [
    outputIndex,
    item.call_id ?? null,
    item.name ?? item.content?.map(({ text }) => text).join(''),
  ]);
}

const origin = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'; // of the response's id

test('calls come behind all other items of the answer, each with an id of its own', () => {
  const answer = answered([
    message({ at: 0, deltas: ['I look. <tool_', 'use>', written.slice(10), ' And ', written] }),
    functionCall({ at: 1, callId: 'call_real', name: 'list', deltas: ['{}'] }),
    completed(),
  ]);
  assert.deepEqual(told(answer), [
    [0, null, 'I look.  And '],
    [1, 'call_real', 'list'],
    [2, `call_${origin}_0`, 'read'],
    [3, `call_${origin}_1`, 'read'],
  ]);
  assert.deepEqual(answer?.items.at(-1)?.item, {
    type: 'function_call',
    id: `fc_${origin}_1`,
    call_id: `call_${origin}_1`,
    name: 'read',
    arguments: '{"path":"a"}',
    status: 'completed',
  });
  assert.deepEqual(answer?.response.tool_text, { calls: 2, kept: 0 });
  assert.deepEqual([answer?.status, answer?.usage?.outputTokens], ['completed', 7]);
});

test('a block that stays text is counted', () => {
  const answer = answered([message({ at: 0, deltas: ['<tool_use></tool_use>'] }), completed()]);
  assert.deepEqual(told(answer), [[0, null, '<tool_use></tool_use>']]);
  assert.deepEqual(answer?.response.tool_text, { calls: 0, kept: 1 });
});

test('an answer without a block is handed on as it came', () => {
  const events = upstream(begin(), message({ at: 0, deltas: ['a < b', ' <', 'i>'] }), completed());
  const emulation = createEmulation(rules, { countTokens: o200k, request: { ...asked, tools } });
  const out = emulation.push(events);
  assert.deepEqual(
    out.filter(({ type }) => type !== 'response.output_text.delta'),
    events.filter(({ type }) => type !== 'response.output_text.delta'),
  );
});

test('a call before a stop string is made, one behind it was never said', () => {
  const events = [message({ at: 0, deltas: [written, ' now END ', written] }), completed()];
  assert.deepEqual(told(answered(events, { stop: ['END'] })), [
    [0, null, ' now '],
    [1, `call_${origin}_0`, 'read'],
  ]);
  const atOnce = [message({ at: 0, deltas: [`now END ${written}`] }), completed()];
  assert.deepEqual(told(answered(atOnce, { stop: ['END'] })), [[0, null, 'now ']]);
});

test('a stop string inside a call ends nothing, and its text counts for no limit', () => {
  const events = [message({ at: 0, deltas: [written, ' one two'] }), completed()];
  assert.deepEqual(told(answered(events, { stop: ['path'], maxTokens: 2 })), [
    [0, null, ' one two'],
    [1, `call_${origin}_0`, 'read'],
  ]);
});

test('an answer that the upstream leaves incomplete keeps the calls that were whole', () => {
  const answer = answered([
    message({ at: 0, deltas: [written, '<tool_use>{"na'] }),
    incomplete('max_output_tokens'),
  ]);
  assert.deepEqual(told(answer), [
    [0, null, '<tool_use>{"na'],
    [1, `call_${origin}_0`, 'read'],
  ]);
});

test('only where the request declares functions and allows calls the text is read', () => {
  const quiet = { ...asked, tools: [{ type: 'web_search' }] };
  assert.deepEqual(
    [
      enforcesNothing(rules, asked),
      enforcesNothing(rules, quiet),
      enforcesNothing(rules, { ...asked, tools, tool_choice: 'none' }),
      enforcesNothing({ ...rules, toolText: false }, { ...asked, tools }),
      enforcesNothing(rules, { ...asked, tools }),
      enforcesNothing({ ...rules, stop: ['x'] }, asked),
      enforcesNothing({ ...rules, maxTokens: 1 }, asked),
    ],
    [true, true, true, true, false, false, false],
  );
});
