import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { openAiApi } from '../../src/codex/upstream.ts';
import { openMessages } from '../../src/dialects/anthropic-messages/open.ts';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { defaultOptions } from '../../src/dialects/options.ts';
import { openContext } from '../open-context.ts';

const smallest = { model: 'gpt-5.5', max_tokens: 4_000, messages: [{ role: 'user', content: 'Hi.' }] };

function open(body: object, context: Parameters<typeof openContext>[0] = {}) {
  const exchange = openMessages({ ...smallest, ...body }, openContext({ upstream: openAiApi, ...context }));
  const { emulate, warnings } = exchange;
  return { sent: exchange.codexRequest(nothingRecalled), emulate, dropped: warnings.dropped };
}

test('the smallest request has its limit, and nothing that nobody has said', () => {
  const { sent, emulate, dropped } = open({});
  assert.deepEqual(sent, {
    model: 'gpt-5.5',
    instructions: '',
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] }],
    parallel_tool_calls: true,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: sent.prompt_cache_key,
    max_output_tokens: 4_000,
    store: false,
    stream: true,
  });
  assert.deepEqual([emulate.maxTokens, dropped], [null, []]);
});

test('sampling is sent as it is asked for, but for the value that changes nothing', () => {
  const { sent, dropped } = open({ temperature: 0.2, top_p: 0.9, top_k: 5 });
  assert.deepEqual([sent.temperature, sent.top_p, dropped], [0.2, 0.9, ['top_k']]);
  // models that reason may refuse to be told it, and coding agents tell it with every request
  const neutral = open({ temperature: 1, top_p: 1 });
  assert.equal('temperature' in neutral.sent || 'top_p' in neutral.sent, false);
  assert.deepEqual(neutral.dropped, []);
});

test('a limit that is smaller than the API takes is enforced here beside the least that it takes', () => {
  assert.deepEqual(
    [16, 15, 1].map((max_tokens) => {
      const { sent, emulate } = open({ max_tokens });
      return [sent.max_output_tokens, emulate.maxTokens];
    }),
    [
      [16, null],
      [16, 15],
      [16, 1],
    ],
  );
  const options = { ...defaultOptions, emulate: { ...defaultOptions.emulate, maxTokens: false } };
  assert.deepEqual(open({}, { options }).dropped, []);
  assert.deepEqual(open({ max_tokens: 1 }, { options }).dropped, ['max_tokens']);
});

test('stop sequences stay with the gateway', () => {
  const { sent, emulate, dropped } = open({ stop_sequences: ['END'] });
  assert.deepEqual([emulate.stop, dropped, 'stop' in sent], [['END'], [], false]);
});

test("a user's id goes on as a hash, which tells users apart and no more", () => {
  const { sent } = open({ metadata: { user_id: 'user-1' } });
  assert.equal(sent.safety_identifier, createHash('sha256').update('user-1').digest('hex'));
  for (const metadata of [null, {}, { user_id: null }, { user_id: '' }])
    assert.equal('safety_identifier' in open({ metadata }).sent, false);
});

test('a model that does not reason is not told to, and that is declared', () => {
  const asked = { thinking: { type: 'enabled', budget_tokens: 2_048 }, output_config: { effort: 'high' } };
  const plain = open({ ...asked, model: 'gpt-4.1' });
  assert.deepEqual([plain.sent.reasoning, plain.sent.include], [undefined, []]);
  assert.deepEqual(plain.dropped, ['output_config.effort', 'thinking']);
  const disabled = open({ thinking: { type: 'disabled' }, model: 'gpt-4.1' });
  assert.deepEqual([disabled.sent.reasoning, disabled.dropped], [undefined, []]);
  assert.deepEqual(open(asked).sent.reasoning, { effort: 'high', summary: 'auto' });
});
