import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  codexRequest,
  requestText,
  withoutReasoning,
  type CodexRequestParts,
} from '../../src/codex/request.ts';

const parts: CodexRequestParts = {
  model: 'gpt-5.5',
  instructions: 'Be brief.',
  input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] }],
  tools: [],
  toolChoice: undefined,
  parallelToolCalls: true,
  reasoning: {},
  text: {},
  include: [],
  promptCacheKey: 'k',
  serviceTier: undefined,
};

test('the smallest body has only what the backend demands', () => {
  assert.equal(
    JSON.stringify(codexRequest(parts)),
    '{"model":"gpt-5.5","instructions":"Be brief.","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi."}]}],' +
      '"parallel_tool_calls":true,"include":["reasoning.encrypted_content"],"prompt_cache_key":"k","store":false,"stream":true}',
  );
});

test('the fullest body has its fields in one fixed order', () => {
  const body = codexRequest({
    ...parts,
    tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }],
    toolChoice: 'auto',
    reasoning: { effort: 'low', summary: 'auto' },
    text: { verbosity: 'low' },
    include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
    serviceTier: 'priority',
  });
  assert.deepEqual(Object.keys(body), [
    'model',
    'instructions',
    'input',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'reasoning',
    'text',
    'include',
    'prompt_cache_key',
    'service_tier',
    'store',
    'stream',
  ]);
  assert.deepEqual(body.include, [
    'reasoning.encrypted_content',
    'web_search_call.action.sources',
    'message.output_text.logprobs',
  ]);
});

test('a choice without tools is left out, unless the input brings tools', () => {
  assert.equal('tool_choice' in codexRequest({ ...parts, toolChoice: 'auto' }), false);
  const item = { type: 'additional_tools', role: 'developer', tools: [] };
  const body = codexRequest({ ...parts, toolChoice: 'auto', input: [{ type: 'passed', item }] });
  assert.equal(body.tool_choice, 'auto');
});

test('an item that is handed on goes as it came', () => {
  const item = { type: 'compaction', encrypted_content: 'sealed', unknown: { deep: true } };
  assert.deepEqual(codexRequest({ ...parts, input: [{ type: 'passed', item }] }).input, [item]);
});

test('the one retry without reasoning lacks nothing else', () => {
  const body = codexRequest({
    ...parts,
    input: [
      ...parts.input,
      { type: 'reasoning', summary: [], encrypted_content: 'sealed' },
      { type: 'passed', item: { type: 'reasoning', encrypted_content: 'sealed' } },
      { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
    ],
  });
  assert.deepEqual(withoutReasoning(body), { ...body, input: [body.input[0], body.input[3]] });
});

function saying(text: string) {
  const content = [{ type: 'input_text', text }] as const;
  return codexRequest({ ...parts, input: [{ type: 'message', role: 'user', content }] });
}

test('text that UTF-8 cannot write is written as U+FFFD, and all other text as it is', () => {
  const texts = [
    '\ud83d',
    'a\udc00b',
    '\ud83d\ud83d\ude00',
    '\\ud83d',
    '\\\\\ud83d',
    '"\ud83d"',
    '\n\u0000\ue000',
    '\ude00\ud83d',
  ];
  for (const text of texts)
    assert.equal(requestText(saying(text)), JSON.stringify(saying(text.toWellFormed())));
});
