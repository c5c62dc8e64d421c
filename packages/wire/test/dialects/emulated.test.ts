import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { defaultOptions } from '../../src/dialects/options.ts';
import { openContext } from '../open-context.ts';

const messages = [{ role: 'user', content: 'Hi.' }];
const chat = { model: 'm', messages };
const responses = { model: 'm', input: 'Hi.' };
const anthropic = { model: 'm', messages, max_tokens: 9 };

function planOf(dialect: Dialect, body: object, context: Parameters<typeof openContext>[0] = {}) {
  const { emulate, maxTokens, warnings } = dialect.open(body, openContext(context));
  return {
    stop: emulate.stop,
    limit: emulate.maxTokens,
    largest: maxTokens?.tokens ?? null,
    dropped: warnings.dropped,
  };
}

const nothing = { stop: [], limit: null, largest: null, dropped: [] };

test('an ordinary request has nothing to be enforced', () => {
  assert.deepEqual(planOf(openaiChat, chat), nothing);
  assert.deepEqual(planOf(openaiResponses, responses), nothing);
  assert.deepEqual(planOf(openaiChat, { ...chat, stop: null, max_tokens: null }), nothing);
  assert.deepEqual(planOf(openaiChat, { ...chat, stop: ['', ''] }), nothing);
});

test('stop strings are enforced as they are given, empty ones ask for nothing', () => {
  assert.deepEqual(planOf(openaiChat, { ...chat, stop: 'END' }).stop, ['END']);
  assert.deepEqual(planOf(openaiChat, { ...chat, stop: ['b', '', 'a', 'b'] }).stop, ['b', 'a']);
  const many = Array.from({ length: 50 }, (_, index) => `<${index}>`);
  assert.deepEqual(planOf(anthropicMessages, { ...anthropic, stop_sequences: many }).stop, many);
  assert.deepEqual(planOf(openaiResponses, { ...responses, stop: 'END' }), { ...nothing, dropped: ['stop'] });
});

test('of several limits the newest name counts, and the key must allow the largest', () => {
  const limits = { max_completion_tokens: 5, max_tokens: 7, max_output_tokens: 6 };
  assert.deepEqual(planOf(openaiChat, { ...chat, ...limits }), { ...nothing, limit: 5, largest: 7 });
  assert.deepEqual(planOf(openaiResponses, { ...responses, ...limits }), {
    ...nothing,
    limit: 6,
    largest: 7,
  });
  assert.deepEqual(planOf(openaiChat, { ...chat, max_tokens: 7 }), { ...nothing, limit: 7, largest: 7 });
  assert.deepEqual(planOf(openaiChat, { ...chat, max_output_tokens: 6 }), {
    ...nothing,
    limit: 6,
    largest: 6,
  });
  assert.deepEqual(planOf(anthropicMessages, anthropic), { ...nothing, limit: 9, largest: 9 });
});

test("the key's limit is in force for a request that names none", () => {
  assert.deepEqual(planOf(openaiChat, chat, { maxTokens: 100 }), { ...nothing, limit: 100 });
  assert.deepEqual(planOf(openaiResponses, responses, { maxTokens: 100 }), { ...nothing, limit: 100 });
  assert.deepEqual(planOf(openaiChat, { ...chat, max_tokens: 7 }, { maxTokens: 100 }).limit, 7);
});

test('what the operator has switched off is declared, and not enforced', () => {
  const off = { ...defaultOptions, emulate: { stop: false, maxTokens: false, toolText: false } };
  const context = { options: off, maxTokens: 100 };
  const limits = { max_tokens: 7, max_completion_tokens: 5 };
  assert.deepEqual(planOf(openaiChat, { ...chat, stop: ['END'], ...limits }, context), {
    stop: [],
    limit: null,
    largest: 7,
    dropped: ['stop', 'max_completion_tokens', 'max_tokens'],
  });
  assert.deepEqual(planOf(anthropicMessages, { ...anthropic, stop_sequences: [''] }, context).dropped, [
    'max_tokens',
  ]);
  assert.deepEqual(planOf(openaiChat, { ...chat, stop: [] }, context).dropped, []);
});

function viewOf(dialect: Dialect, body: object) {
  const { commentaryIsVisible, separator } = dialect.open(body, openContext()).emulate;
  return [commentaryIsVisible, separator];
}

test('comments on the work are visible text unless the answer must be JSON; only Chat parts two texts', () => {
  const schema = { type: 'object' };
  const asked = { json_schema: { name: 'a', schema }, type: 'json_schema' };
  assert.deepEqual(viewOf(openaiChat, chat), [true, '\n\n']);
  assert.deepEqual(viewOf(openaiChat, { ...chat, response_format: asked }), [false, '']);
  assert.deepEqual(viewOf(anthropicMessages, anthropic), [true, '']);
  const format = { type: 'json_schema', schema };
  assert.deepEqual(viewOf(anthropicMessages, { ...anthropic, output_config: { format } }), [false, '']);
  const text = { format: { ...format, name: 'a' } };
  assert.deepEqual(viewOf(openaiResponses, { ...responses, text }), [true, '']);
});
