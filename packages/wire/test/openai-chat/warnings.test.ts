import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { openContext } from '../open-context.ts';

function warningsOf(fields: Readonly<Record<string, unknown>>) {
  const body = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hi.' }], ...fields };
  return openaiChat.open(body, openContext()).warnings;
}

const declared: readonly Readonly<Record<string, unknown>>[] = [
  { frequency_penalty: 0.1 },
  { presence_penalty: -1 },
  { logit_bias: { '1': 2 } },
  { logprobs: true },
  { top_logprobs: 1 },
  { metadata: { a: 'b' } },
  { moderation: { model: 'm' } },
  { prediction: { type: 'content', content: 'x' } },
  { seed: 0 },
  { service_tier: 'flex' },
  { store: true },
  { temperature: 0 },
  { top_p: 0.5 },
];

for (const fields of declared) {
  test(`${JSON.stringify(fields)} is dropped and declared`, () => {
    assert.deepEqual(warningsOf(fields), { dropped: Object.keys(fields), clamped: [] });
  });
}

for (const name of ['invented_later', 'vendor.option-1']) {
  test(`${name}, which no API knows, is dropped, declared and marked as unknown`, () => {
    assert.deepEqual(warningsOf({ [name]: false }), { dropped: [name], clamped: [], unknown: [name] });
  });
}

const quiet: readonly Readonly<Record<string, unknown>>[] = [
  { frequency_penalty: 0 },
  { logit_bias: {} },
  { logprobs: false },
  { max_completion_tokens: 5 },
  { max_tokens: 5 },
  { max_output_tokens: 5 },
  { metadata: {} },
  { modalities: ['text'] },
  { n: 1 },
  { prompt_cache_options: {} },
  { prompt_cache_retention: '24h' },
  { safety_identifier: 'u' },
  { service_tier: 'auto' },
  { service_tier: 'priority' },
  { stop: '' },
  { stop: 'END' },
  { stop: ['END'] },
  { stop: [] },
  { store: false },
  { stream: true, stream_options: { include_usage: true, include_obfuscation: false } },
  { temperature: 1 },
  { top_p: 1 },
  { user: 'u' },
  { thinking: { type: 'enabled' } },
  { top_k: 5 },
  { usage: { include: true } },
  { invented_later: null },
  { 'a name that no header can carry': 1 },
  { [`n${'a'.repeat(64)}`]: 1 },
];

for (const fields of quiet) {
  test(`${JSON.stringify(fields)} needs no warning`, () => {
    assert.deepEqual(warningsOf(fields), { dropped: [], clamped: [] });
  });
}

test('an effort that the model does not take is moved and declared', () => {
  assert.deepEqual(warningsOf({ reasoning_effort: 'minimal' }), {
    dropped: [],
    clamped: ['reasoning_effort'],
  });
});
