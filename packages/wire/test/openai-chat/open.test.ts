import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputItem } from '../../src/codex/items.ts';
import { nothingRecalled, type Exchange } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { openChat } from '../../src/dialects/openai-chat/open.ts';
import { defaultOptions } from '../../src/dialects/options.ts';
import { openContext } from '../open-context.ts';

const user = (content: string) => ({ role: 'user', content });
const system = { role: 'system', content: 'Be brief.' };
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'done' });

function open(fields: Readonly<Record<string, unknown>>, context = openContext()): Exchange {
  return openaiChat.open({ model: 'gpt-5.5', messages: [user('Hi.')], ...fields }, context);
}

function cacheKey(fields: Readonly<Record<string, unknown>>, context = openContext()): string {
  return open(fields, context).codexRequest(nothingRecalled).prompt_cache_key;
}

test('a stream is sent only when it is asked for', () => {
  assert.equal(open({}).wantsStream, false);
  assert.equal(open({ stream: null }).wantsStream, false);
  assert.equal(open({ stream: true }).wantsStream, true);
});

test('the upstream gets the resolved model, the client reads the name it wrote', () => {
  const exchange = open({ model: 'my-model' }, openContext({ model: { slug: 'gpt-5.5' } }));
  assert.equal(exchange.codexRequest(nothingRecalled).model, 'gpt-5.5');
  assert.equal(exchange.model.requested, 'my-model');
});

test('an effort in the request wins over the one of the model name', () => {
  const context = openContext({ model: { effort: 'high' } });
  assert.deepEqual(open({}, context).codexRequest(nothingRecalled).reasoning, {
    effort: 'high',
    summary: 'auto',
  });
  assert.deepEqual(open({ reasoning_effort: 'low' }, context).codexRequest(nothingRecalled).reasoning, {
    effort: 'low',
    summary: 'auto',
  });
});

test('no summary is asked for when nobody would see it', () => {
  const body = { model: 'gpt-5.5', messages: [user('Hi.')] };
  const options = { ...defaultOptions, chat: { reasoning: 'off' as const } };
  const exchange = openChat(body, openContext({ options }));
  assert.equal('reasoning' in exchange.codexRequest(nothingRecalled), false);
  assert.deepEqual(
    open({ reasoning: { summary: 'none' } }).codexRequest(nothingRecalled).reasoning,
    undefined,
  );
});

test('remembered reasoning goes before the turn that made the call, and only once', () => {
  const exchange = open({
    messages: [
      user('Go.'),
      { role: 'assistant', content: 'Two calls.', tool_calls: [call('call_1'), call('call_2')] },
      result('call_1'),
      result('call_2'),
    ],
  });
  assert.deepEqual(exchange.recall, { responseId: null, itemIds: [], callIds: ['call_1', 'call_2'] });
  const thought: InputItem = { type: 'reasoning', summary: [], encrypted_content: 'sealed' };
  const { input } = exchange.codexRequest({
    ...nothingRecalled,
    reasoningByCallId: new Map([
      ['call_1', [thought]],
      ['call_2', [{ ...thought }]],
    ]),
  });
  assert.deepEqual(
    input.map((item) => ('type' in item ? item.type : null)),
    [
      'message',
      'reasoning',
      'message',
      'function_call',
      'function_call',
      'function_call_output',
      'function_call_output',
    ],
  );
  assert.equal(exchange.codexRequest(nothingRecalled).input.length, input.length - 1);
});

test('an output is of the kind of the last call with its id', () => {
  const custom = { id: 'call_0', type: 'custom', custom: { name: 'c', input: 'ls' } };
  const { input } = open({
    messages: [
      user('Go.'),
      { role: 'assistant', tool_calls: [custom] },
      result('call_0'),
      { role: 'assistant', tool_calls: [call('call_0')] },
      result('call_0'),
    ],
  }).codexRequest(nothingRecalled);
  assert.deepEqual(
    input.map((item) => ('type' in item ? item.type : null)),
    ['message', 'custom_tool_call', 'custom_tool_call_output', 'function_call', 'function_call_output'],
  );
});

const declared = { type: 'function', function: { name: 'f' } };

test('a turn that is added leaves the bytes before it as they were', () => {
  const first = [system, user('One.')];
  const second = [
    ...first,
    { role: 'assistant', content: '', tool_calls: [call('call_1')] },
    result('call_1'),
    user('Two, as json.'),
  ];
  for (const response_format of [undefined, { type: 'json_object' }]) {
    const [before, after] = [first, second].map((messages) => {
      const { input, ...rest } = open({ messages, response_format, tools: [declared] }).codexRequest(
        nothingRecalled,
      );
      return { input: JSON.stringify(input).slice(0, -1), rest };
    });
    assert.ok(before && after);
    assert.deepEqual(after.rest, before.rest);
    assert.ok(after.input.startsWith(`${before.input},`));
  }
});

test('text as a string and text as one part are the same upstream', () => {
  const asPart = open({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi.' }] }] });
  assert.deepEqual(asPart.codexRequest(nothingRecalled), open({}).codexRequest(nothingRecalled));
});

test('the cache key is that of the client, else of its session, its user or the beginning', () => {
  const session = openContext({ sessionId: 'session-1' });
  const later = { messages: [user('Hi.'), { role: 'assistant', content: 'Hello.' }, user('Go on.')] };
  const other = { messages: [user('Bye.')] };
  assert.equal(cacheKey({ prompt_cache_key: 'k' }, session), cacheKey({ prompt_cache_key: 'k', ...other }));
  assert.equal(cacheKey({}, session), cacheKey({ user: 'u', ...other }, session));
  assert.equal(cacheKey({ user: 'u' }), cacheKey({ user: 'u', ...other }));
  assert.equal(cacheKey({ safety_identifier: 'u' }), cacheKey({ user: 'u' }));
  assert.equal(cacheKey({}), cacheKey(later));
  const keys = [
    cacheKey({}),
    cacheKey(other),
    cacheKey({ user: 'u' }),
    cacheKey({ user: 'v' }),
    cacheKey({}, session),
    cacheKey({ prompt_cache_key: 'k' }),
    cacheKey({ tools: [{ type: 'function', function: { name: 'f' } }] }),
    cacheKey({ messages: [system, user('Hi.')] }),
    cacheKey({}, openContext({ cacheScope: 'key-2' })),
  ];
  assert.equal(new Set(keys).size, keys.length);
  assert.ok(keys.every((key) => /^[0-9a-f]{32,64}$/.test(key)));
});

test('metadata and moderation are repeated in the JSON answer, where the API has a place for them', () => {
  const reply = open({ metadata: { run: '7' }, moderation: { model: 'm' } }).reply(
    { status: 'completed', incompleteReason: null, items: [], usage: null, response: {} },
    { id: 'x', createdAt: 1, requestId: 'req_1', account: 'account-1' },
  );
  assert.deepEqual(reply, {
    id: 'chatcmpl-x',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-5.5',
    metadata: { run: '7' },
    moderation: null,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: '', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
  });
});
