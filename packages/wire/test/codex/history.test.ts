import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { repairHistory } from '../../src/codex/history.ts';
import type { InputItem } from '../../src/codex/items.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const repair = (...items: readonly InputItem[]) => repairHistory(items, digest);

const user = (text: string): InputItem => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const call = (call_id: string): InputItem => ({ type: 'function_call', call_id, name: 'f', arguments: '{}' });
const shell = (call_id: string): InputItem => ({
  type: 'passed',
  item: { type: 'local_shell_call', call_id },
});
const custom = (call_id: string): InputItem => ({
  type: 'custom_tool_call',
  call_id,
  name: 'c',
  input: 'ls',
});
const output = (call_id: string, text = 'done'): InputItem => ({
  type: 'function_call_output',
  call_id,
  output: text,
});
const customOutput = (call_id: string): InputItem => ({
  type: 'custom_tool_call_output',
  call_id,
  output: 'done',
});

test('a history that is in order stays as it is', () => {
  const items = [
    user('Go.'),
    call('call_1'),
    custom('call_2'),
    output('call_1'),
    customOutput('call_2'),
    user('Thanks.'),
  ];
  assert.deepEqual(repair(...items), items);
});

test('calls without an output are answered right after their group', () => {
  assert.deepEqual(
    repair(user('Go.'), call('call_1'), custom('call_2'), call('call_3'), output('call_3'), user('?')),
    [
      user('Go.'),
      call('call_1'),
      custom('call_2'),
      call('call_3'),
      output('call_1', 'aborted'),
      { type: 'custom_tool_call_output', call_id: 'call_2', output: 'aborted' },
      output('call_3'),
      user('?'),
    ],
  );
});

test('a call at the very end is answered too', () => {
  assert.deepEqual(repair(call('call_1')), [call('call_1'), output('call_1', 'aborted')]);
});

test('an output without its call becomes a message of the user', () => {
  assert.deepEqual(repair(user('Go.'), output('call_9', 'found it')), [
    user('Go.'),
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: '[tool result for call_9]' },
        { type: 'input_text', text: 'found it' },
      ],
    },
  ]);
});

test('an output without its call keeps its images', () => {
  const image = { type: 'input_image', image_url: 'data:,' } as const;
  assert.deepEqual(repair({ type: 'custom_tool_call_output', call_id: 'call_9', output: [image] }), [
    {
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: '[tool result for call_9]' }, image],
    },
  ]);
});

test('an output before its call does not answer it', () => {
  assert.deepEqual(
    repair(output('call_1'), call('call_1')).map(({ type }) => type),
    ['message', 'function_call', 'function_call_output'],
  );
});

test('a second output for one call becomes a message', () => {
  assert.deepEqual(
    repair(call('call_1'), output('call_1'), output('call_1')).map(({ type }) => type),
    ['function_call', 'function_call_output', 'message'],
  );
});

test('an id that is used again is another call', () => {
  const items = [call('call_1'), output('call_1'), user('Again.'), call('call_1')];
  assert.deepEqual(repair(...items), [...items, output('call_1', 'aborted')]);
});

test('outputs of calls that are handed on unread have their call', () => {
  assert.deepEqual(repair(shell('call_1'), output('call_1')), [shell('call_1'), output('call_1')]);
});

test('an output answers only a call of its own kind', () => {
  assert.deepEqual(
    repair(custom('call_1'), output('call_1')).map(({ type }) => type),
    ['custom_tool_call', 'custom_tool_call_output', 'message'],
  );
  const trigger: InputItem = { type: 'passed', item: { type: 'compaction_trigger', call_id: 'call_1' } };
  assert.deepEqual(
    repair(trigger, output('call_1')).map(({ type }) => type),
    ['passed', 'message'],
  );
});

test('a call that is handed on unread gets the same stand-in for its id as its output', () => {
  const safe = `call_${digest('call 1').slice(0, 24)}`;
  assert.deepEqual(repair(shell('call 1'), output('call 1')), [shell(safe), output(safe)]);
});

test('ids that are too long or odd get the same stand-in on both sides', () => {
  for (const odd of ['x'.repeat(65), 'call 1', 'toolu:1', '', 'anruf_ä']) {
    const safe = `call_${digest(odd).slice(0, 24)}`;
    assert.deepEqual(repair(call(odd), output(odd)), [call(safe), output(safe)]);
  }
  const longest = 'x'.repeat(64);
  assert.deepEqual(repair(call(longest), output(longest)), [call(longest), output(longest)]);
});
