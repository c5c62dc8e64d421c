import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputItem, ReasoningItem } from '../../src/codex/items.ts';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { openContext } from '../open-context.ts';

function open(body: object) {
  return openaiResponses.open({ model: 'gpt-5.5', ...body }, openContext());
}

function says(role: 'user' | 'assistant' | 'developer', text: string): InputItem {
  return {
    type: 'message',
    role,
    content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
  };
}

const thought: ReasoningItem = { type: 'reasoning', summary: [], encrypted_content: 'gAAAA' };
const call = (id: string): InputItem => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
const result = (id: string): InputItem => ({ type: 'function_call_output', call_id: id, output: 'ok' });

test('the conversation of an earlier response comes before the new input', () => {
  const exchange = open({ input: 'And now?', previous_response_id: 'resp_1' });
  assert.equal(exchange.recall.responseId, 'resp_1');
  const history = [says('user', 'First.'), says('assistant', 'Yes.')];
  const { input } = exchange.codexRequest({ ...nothingRecalled, history });
  assert.deepEqual(input, [...history, says('user', 'And now?')]);
});

test('an earlier response can be continued without any new input', () => {
  const history = [says('user', 'First.')];
  const { input } = open({ previous_response_id: 'resp_1' }).codexRequest({ ...nothingRecalled, history });
  assert.deepEqual(input, history);
});

test('the instructions of a recalled conversation that begins with a developer stay empty', () => {
  const history = [says('developer', 'Be brief.'), says('user', 'First.')];
  const { instructions } = open({ input: 'More.', previous_response_id: 'resp_1' }).codexRequest({
    ...nothingRecalled,
    history,
  });
  assert.equal(instructions, '');
});

test('a reference becomes the item that it names', () => {
  const exchange = open({
    input: [
      { type: 'item_reference', id: 'msg_1' },
      { role: 'user', content: 'More.' },
    ],
  });
  assert.deepEqual(exchange.recall.itemIds, ['msg_1']);
  const itemsById = new Map([['msg_1', says('assistant', 'Earlier.')]]);
  const { input } = exchange.codexRequest({ ...nothingRecalled, itemsById });
  assert.deepEqual(input, [says('assistant', 'Earlier.'), says('user', 'More.')]);
});

test('a reasoning item without its seal gets the sealed one that is known by its id', () => {
  const exchange = open({
    input: [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { role: 'user', content: 'More.' },
    ],
  });
  const itemsById = new Map([['rs_1', thought]]);
  const { input } = exchange.codexRequest({ ...nothingRecalled, itemsById });
  assert.deepEqual(input, [thought, says('user', 'More.')]);
});

test('the reasoning before parallel calls is put back once', () => {
  const input = [call('a'), call('b'), result('a'), result('b')];
  const exchange = open({ input });
  assert.deepEqual(exchange.recall.callIds, ['a', 'b']);
  const reasoningByCallId = new Map([
    ['a', [thought]],
    ['b', [thought]],
  ]);
  const request = exchange.codexRequest({ ...nothingRecalled, reasoningByCallId });
  assert.deepEqual(request.input, [thought, ...input]);
});

test('a client that sends reasoning itself gets none put back', () => {
  const input = [thought, call('a'), result('a')];
  const exchange = open({ input, tools: [{ type: 'function', name: 'f' }] });
  assert.deepEqual(exchange.recall.callIds, []);
  const reasoningByCallId = new Map([['a', [{ ...thought, encrypted_content: 'other' }]]]);
  assert.deepEqual(exchange.codexRequest({ ...nothingRecalled, reasoningByCallId }).input, input);
});
