import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  codexRequest,
  requestText,
  withoutReasoning,
  type CodexRequestParts,
} from '../../src/codex/request.ts';
import { codexBackend, openAiApi } from '../../src/codex/upstream.ts';

const build = (all: CodexRequestParts, upstream = codexBackend) => codexRequest(all, upstream);

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
    JSON.stringify(build(parts)),
    '{"model":"gpt-5.5","instructions":"Be brief.","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi."}]}],' +
      '"parallel_tool_calls":true,"include":["reasoning.encrypted_content"],"prompt_cache_key":"k","store":false,"stream":true}',
  );
});

test('the fullest body has its fields in one fixed order', () => {
  const body = build({
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
  assert.equal('tool_choice' in build({ ...parts, toolChoice: 'auto' }), false);
  const item = { type: 'additional_tools', role: 'developer', tools: [] };
  const body = build({ ...parts, toolChoice: 'auto', input: [{ type: 'passed', item }] });
  assert.equal(body.tool_choice, 'auto');
});

test('an item that is handed on goes as it came', () => {
  const item = { type: 'compaction', encrypted_content: 'sealed', unknown: { deep: true } };
  assert.deepEqual(build({ ...parts, input: [{ type: 'passed', item }] }).input, [item]);
});

test('the one retry without reasoning lacks nothing else', () => {
  const body = build({
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
  return build({ ...parts, input: [{ type: 'message', role: 'user', content }] });
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

test('options go to an upstream that takes them, and to no other', () => {
  const options = { temperature: 0.5, top_p: 0.9, max_output_tokens: 100, safety_identifier: 'hash' };
  assert.deepEqual(build({ ...parts, options }, openAiApi), { ...build(parts), ...options });
  assert.deepEqual(build({ ...parts, options }), build(parts));
  const given = { temperature: 0, top_p: undefined };
  assert.deepEqual(build({ ...parts, options: given }, openAiApi), { ...build(parts), temperature: 0 });
});

for (const [model, reasons] of [
  ['gpt-5.5', true],
  ['gpt-5.6-luna', true],
  ['o3', true],
  ['o4-mini', true],
  ['codex-mini-latest', true],
  ['ft:gpt-5.5:me::1', true],
  ['gpt-4.1', false],
  ['gpt-4o-mini-2024-07-18', false],
  ['gpt-3.5-turbo', false],
  ['chatgpt-4o-latest', false],
  ['gpt-5-chat-latest', false],
  ['ft:gpt-4.1-2025-04-14:me::1', false],
] as const) {
  test(`${model} ${reasons ? 'is' : 'is not'} asked for its sealed reasoning at the OpenAI API`, () => {
    const include = reasons ? ['reasoning.encrypted_content'] : [];
    assert.deepEqual(build({ ...parts, model }, openAiApi).include, include);
    assert.deepEqual(build({ ...parts, model }).include, ['reasoning.encrypted_content']);
  });
}
