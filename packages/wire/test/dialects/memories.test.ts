import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFold, type FoldedItem } from '../../src/codex/fold.ts';
import { nothingRecalled, type Dialect, type Memories } from '../../src/dialects/dialect.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { openContext, stamp } from '../open-context.ts';
import {
  begin,
  completed,
  customCall,
  functionCall,
  message,
  reasoning,
  refusalMessage,
  upstream,
  type RawEvent,
} from '../upstream-events.ts';

const asked = {
  'openai-chat': { messages: [{ role: 'user', content: 'Go.' }] },
  'anthropic-messages': { max_tokens: 99, messages: [{ role: 'user', content: 'Go.' }] },
  'openai-responses': { input: 'Go.' },
};
const dialects: readonly (readonly [Dialect, object])[] = [
  [openaiChat, asked['openai-chat']],
  [anthropicMessages, asked['anthropic-messages']],
  [openaiResponses, asked['openai-responses']],
];

function itemsOf(...groups: readonly (readonly RawEvent[])[]): readonly FoldedItem[] {
  const fold = createFold();
  fold.push(upstream(begin(), ...groups, completed()));
  return fold.items();
}

function left(dialect: Dialect, body: object, output: readonly FoldedItem[]): Memories | null {
  const { memories } = dialect.open({ model: 'gpt-5.5', ...body }, openContext());
  return memories && memories({ recalled: nothingRecalled, output, stamp });
}

const firstThought = reasoning({ at: 0, summary: [['Hm.']], seal: 'gAAAA-1' });
const commentary = message({ at: 1, deltas: ['I look.'], phase: 'commentary' });
const firstCall = functionCall({ at: 2, callId: 'call_1', name: 'f', deltas: ['{"a":1}'] });
const secondThought = reasoning({ at: 3, summary: [], seal: 'gAAAA-2' });
const secondCall = customCall({ at: 4, callId: 'call_2', name: 'c', deltas: ['ls'] });
const output = itemsOf(firstThought, commentary, firstCall, secondThought, secondCall);

const sealed = [
  {
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'Hm.' }],
    encrypted_content: 'gAAAA-1',
  },
  { type: 'reasoning', summary: [], encrypted_content: 'gAAAA-2' },
];

for (const [dialect, body] of dialects) {
  test(`${dialect.name}: each call remembers the reasoning before it`, () => {
    assert.deepEqual(
      left(dialect, body, output)?.reasoningByCallId,
      new Map([
        ['call_1', sealed.slice(0, 1)],
        ['call_2', sealed],
      ]),
    );
  });
}

test('tools are remembered by the names that the client gave them', () => {
  const name = 'reads a file';
  const tools = [{ type: 'function', function: { name, parameters: { type: 'object', properties: {} } } }];
  assert.deepEqual(left(openaiChat, { ...asked['openai-chat'], tools }, output)?.tools, [
    { type: 'function', name, parameters: { type: 'object', properties: {} }, strict: false },
  ]);
});

for (const dialect of [openaiChat, openaiResponses]) {
  test(`${dialect.name}: a client that says store:false leaves nothing`, () => {
    const body = dialect === openaiChat ? asked['openai-chat'] : asked['openai-responses'];
    assert.equal(left(dialect, { ...body, store: false }, output), null);
    assert.notEqual(left(dialect, { ...body, store: true }, output), null);
  });
}

test('only Responses can be gone on from', () => {
  const responses = dialects.map(([dialect, body]) => left(dialect, body, output)?.response?.id ?? null);
  assert.deepEqual(responses, [null, null, 'resp_0123456789abcdef']);
});

test('a response is remembered as a client would send it back', () => {
  const whole = itemsOf(
    firstThought,
    commentary,
    firstCall,
    refusalMessage({ at: 3, deltas: ['No.'] }),
    secondCall,
  );
  const again = whole.map(({ item }) => item);
  const turn = [{ role: 'user', content: 'Go.' }, ...again];
  const sent = openaiResponses.open({ model: 'gpt-5.5', input: turn }, openContext()).codexRequest({
    ...nothingRecalled,
  });
  const response = left(openaiResponses, { input: 'Go.' }, whole)?.response;
  const called = new Set(['function_call_output', 'custom_tool_call_output']); // put in for calls without an answer
  assert.deepEqual(
    response?.items,
    sent.input.filter((item) => !('type' in item && called.has(String(item.type)))),
  );
});

test('items are remembered by the ids that the client got, also those that had to be made up', () => {
  const [thought, words, called] = output;
  assert.ok(thought && words && called);
  const nameless = { ...words, item: { ...words.item, id: null } };
  const memories = left(openaiResponses, { input: 'Go.' }, [thought, nameless, called]);
  assert.deepEqual([...(memories?.itemsById.keys() ?? [])], ['rs_0', 'msg_0123456789abcdef_1', 'fc_2']);
});

test('a call that was cut is not remembered, the words before it are', () => {
  const [, words, called] = output;
  assert.ok(words && called);
  const cut = { ...called, item: { ...called.item, status: 'incomplete' } };
  const memories = left(openaiResponses, { input: 'Go.' }, [words, cut]);
  assert.deepEqual([...(memories?.itemsById.keys() ?? [])], ['msg_1']);
});

test('what means nothing to a later request is not remembered', () => {
  const unsealed: FoldedItem = {
    outputIndex: 0,
    done: true,
    item: { type: 'reasoning', id: 'rs_0', summary: [] },
  };
  const empty: FoldedItem = {
    outputIndex: 1,
    done: true,
    item: { type: 'message', id: 'msg_1', content: [] },
  };
  const memories = left(openaiResponses, { input: 'Go.' }, [unsealed, empty]);
  assert.deepEqual([...(memories?.itemsById.keys() ?? [])], []);
  assert.equal(memories?.response?.items.length, 1);
});

function search(id: string): FoldedItem {
  return { outputIndex: 0, done: true, item: { type: 'web_search_call', id } };
}

test('an item whose id the backend would not take back is remembered without it', () => {
  const [long, short] = ['ws_'.padEnd(65, '0'), 'ws_1'].map((id) => [
    ...(left(openaiResponses, { input: 'Go.' }, [search(id)])?.itemsById.values() ?? []),
  ]);
  assert.deepEqual(long, [{ type: 'passed', item: { type: 'web_search_call' } }]);
  assert.deepEqual(short, [{ type: 'passed', item: { type: 'web_search_call', id: 'ws_1' } }]);
});
