import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputItem } from '../../src/codex/items.ts';
import { withReasoning } from '../../src/codex/reasoning-replay.ts';

const said = (role: 'user' | 'assistant', text: string): InputItem => ({
  type: 'message',
  role,
  content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }],
});
const call = (id: string): InputItem => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
const result = (id: string): InputItem => ({ type: 'function_call_output', call_id: id, output: 'ok' });
const thought = (seal: string): InputItem => ({ type: 'reasoning', summary: [], encrypted_content: seal });

const user = said('user', 'Go.');

test('reasoning stands before all that its turn says, not between the words and the call', () => {
  const turn = [said('assistant', 'I look.'), call('a')];
  assert.deepEqual(withReasoning([user, ...turn, result('a')], new Map([['a', [thought('1')]]])), [
    user,
    thought('1'),
    ...turn,
    result('a'),
  ]);
});

test('reasoning between two calls of a turn goes back between them', () => {
  const remembered = new Map([
    ['a', [thought('1')]],
    ['b', [thought('1'), thought('2')]],
  ]);
  assert.deepEqual(withReasoning([user, call('a'), call('b'), result('a'), result('b')], remembered), [
    user,
    thought('1'),
    call('a'),
    thought('2'),
    call('b'),
    result('a'),
    result('b'),
  ]);
});

test('each turn gets its own reasoning', () => {
  const items = [user, call('a'), result('a'), call('b'), result('b')];
  const remembered = new Map([
    ['a', [thought('1')]],
    ['b', [thought('2')]],
  ]);
  assert.deepEqual(withReasoning(items, remembered), [
    user,
    thought('1'),
    call('a'),
    result('a'),
    thought('2'),
    call('b'),
    result('b'),
  ]);
});

test('a turn that brings its own reasoning is left as it is', () => {
  const items = [user, thought('own'), call('a'), result('a'), call('b')];
  const remembered = new Map([
    ['a', [thought('1')]],
    ['b', [thought('2')]],
  ]);
  assert.deepEqual(withReasoning(items, remembered), [...items.slice(0, 4), thought('2'), call('b')]);
});

test('calls of which nothing is remembered stay as they are', () => {
  const items = [user, call('a'), result('a')];
  assert.deepEqual(withReasoning(items, new Map([['b', [thought('1')]]])), items);
});
