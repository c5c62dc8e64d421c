import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputItem } from '../../src/codex/items.ts';
import { restoredTools } from '../../src/codex/restored-tools.ts';
import { createToolNames } from '../../src/codex/tool-names.ts';

const names = createToolNames(() => '0123456789abcdef');

function call(name: string, args: string): InputItem {
  return { type: 'function_call', call_id: 'c', name, arguments: args };
}

function seen(name: string, ...keys: readonly string[]) {
  return {
    type: 'function',
    name,
    description: '(restored from history)',
    parameters: {
      type: 'object',
      properties: Object.fromEntries(keys.map((key) => [key, {}])),
      additionalProperties: true,
    },
    strict: false,
  };
}

const hello: InputItem = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] };

test('a function is restored with every argument that its calls have used', () => {
  const items = [
    hello,
    call('read', '{"path":"a"}'),
    call('list', '{}'),
    call('read', '{"path":"b","from":3}'),
  ];
  assert.deepEqual(restoredTools(items, null, names), [seen('read', 'path', 'from'), seen('list')]);
});

test('arguments that are no JSON object still tell that the function exists', () => {
  const items = ['{"path":', '[1]', '"text"', '{"__proto__":1}'].map((args, at) => call(`f${at}`, args));
  assert.deepEqual(restoredTools(items, null, names), [
    ...[0, 1, 2].map((at) => seen(`f${at}`)),
    { ...seen('f3'), parameters: { ...seen('f3').parameters, properties: JSON.parse('{"__proto__":{}}') } },
  ]);
});

test('a custom tool is restored as one, a tool of a namespace is not', () => {
  const custom = { type: 'custom_tool_call', call_id: 'c', name: 'shell', input: 'ls' } as const;
  const items = [custom, { ...custom, name: 'exec', namespace: 'functions' }];
  assert.deepEqual(restoredTools(items, null, names), [
    { type: 'custom', name: 'shell', description: '(restored from history)' },
  ]);
});

test('tools that are known come back as they were, under names that the upstream takes', () => {
  const known = [
    { type: 'function', name: 'read file', parameters: { type: 'object' }, strict: true },
    { type: 'web_search' },
  ];
  assert.deepEqual(restoredTools([call('x', '{}')], known, names), [
    { ...known[0], name: 'read_file_01234567' },
    known[1],
  ]);
});

test('without a call there is nothing to restore', () => {
  assert.deepEqual(restoredTools([hello], [{ type: 'web_search' }], names), []);
});

for (const type of ['additional_tools', 'compaction_trigger']) {
  test(`an input with ${type} is left alone`, () => {
    const items: readonly InputItem[] = [call('x', '{}'), { type: 'passed', item: { type } }];
    assert.deepEqual(restoredTools(items, [{ type: 'web_search' }], names), []);
  });
}

test('of a call with more arguments than any tool has the first are restored', () => {
  const keys = Array.from({ length: 300 }, (_, index) => `k${index}`);
  const args = JSON.stringify(Object.fromEntries(keys.map((key) => [key, 1])));
  assert.deepEqual(restoredTools([call('f', args)], null, names), [seen('f', ...keys.slice(0, 256))]);
});

test('a call with very long arguments tells only that the tool exists', () => {
  const args = JSON.stringify({ path: 'a', content: 'x'.repeat(65_536) });
  assert.deepEqual(restoredTools([call('write', args)], null, names), [seen('write')]);
});
