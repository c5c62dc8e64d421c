import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedRequests } from './recorded.ts';
import { createSkeletons } from './skeleton.ts';

test('a skeleton keeps the shape and the words of the protocol, and no other word', () => {
  const recorded = {
    model: 'gpt-5.5',
    input: [
      { type: 'message', id: 'msg_0a1b', role: 'user', content: 'A secret plan.' },
      { type: 'function_call', call_id: 'call_9f', name: 'get_weather', arguments: '{"city":"Oslo"}' },
      { type: 'function_call_output', call_id: 'call_9f', output: 'A secret plan.' },
    ],
    tools: [
      {
        type: 'function',
        name: 'get_weather',
        description: 'Tells.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        strict: null,
      },
    ],
    temperature: 0.2,
    stream: true,
    prompt_cache_key: '0190-uuid',
    client_metadata: { '/home/ann': { role: 'a whole sentence' } },
  };
  assert.deepEqual(createSkeletons()(recorded), {
    model: 'gpt-5.5',
    input: [
      { type: 'message', id: 'msg_1', role: 'user', content: 'Words 2.' },
      { type: 'function_call', call_id: 'call_3', name: 'get_weather', arguments: '{"city":"Words 4."}' },
      { type: 'function_call_output', call_id: 'call_3', output: 'Words 2.' },
    ],
    tools: [
      {
        type: 'function',
        name: 'get_weather',
        description: 'Words 5.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        strict: null,
      },
    ],
    temperature: 0.2,
    stream: true,
    prompt_cache_key: 'id_6',
    client_metadata: { 'name-7': { role: 'Words 8.' } },
  });
});

test('a text has the same substitute in the next request', () => {
  const skeletonOf = createSkeletons();
  assert.deepEqual(
    [skeletonOf(['one', 'two']), skeletonOf(['two', 'three'])],
    [
      ['Words 1.', 'Words 2.'],
      ['Words 2.', 'Words 3.'],
    ],
  );
});

test('addresses and data keep their kind', () => {
  assert.deepEqual(
    createSkeletons()(['https://secret.example.org/x?y', 'data:image/png;base64,iVBORw', '{half']),
    ['https://example.com/1', 'data:image/png;base64,AAAA', 'Words 2.'],
  );
});

test('heads that mean something and the data of an attachment stay what they are', () => {
  const blocks = [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=1;' },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw' } },
  ];
  assert.deepEqual(createSkeletons()(blocks), [
    { type: 'text', text: 'x-anthropic-billing-header:Words 1.' },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
  ]);
});

test('of tools with the same members one stays, and those that the request speaks of', () => {
  const tools = [
    '<Agent>',
    '<Bash>',
    '<Later defer_loading>',
    '<Read>',
    { type: 'web_search_20250305', name: 'w' },
  ];
  const messages = [{ role: 'assistant', content: [{ type: 'tool_use', name: 'Read' }] }];
  const requests = [{ scenario: 'a', path: '/v1/messages', body: { messages, tools } }];
  const [request] = recordedRequests({ requests });
  const input_schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {},
  };
  assert.deepEqual(request?.body, {
    messages,
    tools: [
      { name: 'Agent', description: 'Agent', input_schema },
      { name: 'Later', description: 'Later', input_schema, defer_loading: true },
      { name: 'Read', description: 'Read', input_schema },
      { type: 'web_search_20250305', name: 'w' },
    ],
  });
});

test('the requests of a recording are named by their scenario, and numbered where there are several', () => {
  const requests = [
    { scenario: 'tool loop', path: '/v1/responses', body: { a: 1 } },
    { scenario: 'tool loop', path: '/v1/responses', body: { a: 2 } },
    { scenario: 'models', path: '/v1/models', body: null },
  ];
  assert.deepEqual(recordedRequests({ requests }), [
    { scenario: 'tool loop', name: 'tool-loop-1', path: '/v1/responses', body: { a: 1 } },
    { scenario: 'tool loop', name: 'tool-loop-2', path: '/v1/responses', body: { a: 2 } },
  ]);
});

test('what a sanitiser has cut out is whole again', () => {
  const tool = { type: 'function', name: 'f', keys: ['type', 'name', 'parameters'] };
  const body = {
    tools: [
      '<collapsed>',
      { ...tool, parameters: '<JSON schema; properties: a, b>' },
      'function:g',
      'custom:h',
      'namespace:n {i}',
    ],
    metadata: { '<json string decoding to>': { x: 1 } },
  };
  const parameters = { type: 'object', properties: {} };
  const scenarios = { A: { requests: [{ url: '/v1/responses?q=1', body }] } };
  assert.deepEqual(recordedRequests({ scenarios }), [
    {
      scenario: 'A',
      name: 'a',
      path: '/v1/responses',
      body: {
        tools: [
          { type: 'function', name: 'f', parameters: { type: 'object', properties: { a: {}, b: {} } } },
          { type: 'function', name: 'g', description: 'g', strict: false, parameters },
          {
            type: 'custom',
            name: 'h',
            description: 'h',
            format: { type: 'grammar', syntax: 'lark', definition: 'h' },
          },
          {
            type: 'namespace',
            name: 'n',
            description: 'n',
            tools: [{ type: 'function', name: 'i', description: 'i', strict: false, parameters }],
          },
        ],
        metadata: '{"x":1}',
      },
    },
  ]);
});
