import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { FaultError, type FaultKind } from '../../src/fault.ts';
import { openContext } from '../open-context.ts';

interface Row {
  readonly what: string;
  readonly body: unknown;
  readonly kind?: FaultKind;
  readonly param: string | null;
}

const user = { role: 'user', content: 'Hi.' };
const base = { model: 'gpt-5.5', messages: [user] };
const tool = (name: string) => ({ type: 'function', function: { name } });

function withMessage(message: unknown): unknown {
  return { ...base, messages: [user, message] };
}

function withPart(part: unknown): unknown {
  return withMessage({ role: 'user', content: [{ type: 'text', text: 'See' }, part] });
}

const bodies: readonly Row[] = [
  { what: 'no object', body: [], param: null },
  { what: 'no model', body: { messages: [user] }, param: 'model' },
  { what: 'an empty model', body: { ...base, model: '' }, param: 'model' },
  { what: 'no messages', body: { model: 'm' }, param: 'messages' },
  { what: 'messages that are no list', body: { ...base, messages: 'Hi.' }, param: 'messages' },
  { what: 'empty messages', body: { ...base, messages: [] }, param: 'messages' },
  {
    what: 'messages that say nothing',
    body: { ...base, messages: [{ role: 'user', content: '' }] },
    param: 'messages',
  },
];

const messages: readonly Row[] = [
  { what: 'a message that is no object', body: withMessage('Hi.'), param: 'messages[1]' },
  { what: 'a role nobody knows', body: withMessage({ role: 'bot', content: '' }), param: 'messages[1].role' },
  { what: 'a missing role', body: withMessage({ content: '' }), param: 'messages[1].role' },
  { what: 'missing content', body: withMessage({ role: 'user' }), param: 'messages[1].content' },
  {
    what: 'content of a wrong type',
    body: withMessage({ role: 'user', content: 5 }),
    param: 'messages[1].content',
  },
  { what: 'a part without a type', body: withPart({ text: 'x' }), param: 'messages[1].content[1].type' },
  {
    what: 'a text part without text',
    body: withPart({ type: 'text' }),
    param: 'messages[1].content[1].text',
  },
  {
    what: 'audio input',
    body: withPart({ type: 'input_audio', input_audio: { data: '', format: 'wav' } }),
    kind: 'unsupported_value',
    param: 'messages[1].content[1].type',
  },
  {
    what: 'a video',
    body: withPart({ type: 'video_url' }),
    kind: 'unsupported_value',
    param: 'messages[1].content[1].type',
  },
  {
    what: 'a refusal by the user',
    body: withPart({ type: 'refusal', refusal: 'No.' }),
    kind: 'unsupported_value',
    param: 'messages[1].content[1].type',
  },
  {
    what: 'a part type that is a member of every object',
    body: withPart({ type: 'constructor' }),
    kind: 'unsupported_value',
    param: 'messages[1].content[1].type',
  },
  {
    what: 'an image from a file path',
    body: withPart({ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }),
    param: 'messages[1].content[1].image_url.url',
  },
  {
    what: 'an image without a URL',
    body: withPart({ type: 'image_url', image_url: {} }),
    param: 'messages[1].content[1].image_url.url',
  },
  {
    what: 'a file by id',
    body: withPart({ type: 'file', file: { file_id: 'file-1' } }),
    kind: 'unsupported_value',
    param: 'messages[1].content[1].file.file_id',
  },
  {
    what: 'a file from a file path',
    body: withPart({ type: 'input_file', file_url: 'file:///etc/passwd' }),
    param: 'messages[1].content[1].file_url',
  },
  {
    what: 'a file without data',
    body: withPart({ type: 'file', file: {} }),
    param: 'messages[1].content[1].file.file_data',
  },
  {
    what: 'an image in a system message',
    body: withMessage({ role: 'system', content: [{ type: 'image_url', image_url: 'data:,' }] }),
    kind: 'unsupported_value',
    param: 'messages[1].content[0].type',
  },
  {
    what: 'an image by the assistant',
    body: withMessage({ role: 'assistant', content: [{ type: 'image_url', image_url: 'data:,' }] }),
    kind: 'unsupported_value',
    param: 'messages[1].content[0].type',
  },
  {
    what: 'stored audio of the assistant',
    body: withMessage({ role: 'assistant', content: null, audio: { id: 'a' } }),
    kind: 'unsupported_value',
    param: 'messages[1].audio',
  },
  {
    what: 'a tool call without an id',
    body: withMessage({ role: 'assistant', tool_calls: [tool('f')] }),
    param: 'messages[1].tool_calls[0].id',
  },
  {
    what: 'a tool call of a type nobody knows',
    body: withMessage({ role: 'assistant', tool_calls: [{ id: '1', type: 'spell' }] }),
    param: 'messages[1].tool_calls[0].type',
  },
  {
    what: 'a tool result without its call',
    body: withMessage({ role: 'tool', content: 'x' }),
    param: 'messages[1].tool_call_id',
  },
  {
    what: 'a function result without a name',
    body: withMessage({ role: 'function', content: 'x' }),
    param: 'messages[1].name',
  },
];

const tools: readonly Row[] = [
  { what: 'a tool without a type', body: { ...base, tools: [{}] }, param: 'tools[0].type' },
  {
    what: 'a tool of a type nobody has',
    body: { ...base, tools: [{ type: 'mcp' }] },
    kind: 'unsupported_value',
    param: 'tools[0].type',
  },
  {
    what: 'a function without a name',
    body: { ...base, tools: [{ type: 'function', function: {} }] },
    param: 'tools[0].function.name',
  },
  {
    what: 'a function without a definition',
    body: { ...base, tools: [{ type: 'function' }] },
    param: 'tools[0].function',
  },
  {
    what: 'parameters that are no schema',
    body: { ...base, tools: [{ type: 'function', function: { name: 'f', parameters: 'x' } }] },
    param: 'tools[0].function.parameters',
  },
  {
    what: 'a grammar without a definition',
    body: {
      ...base,
      tools: [
        { type: 'custom', custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark' } } } },
      ],
    },
    param: 'tools[0].custom.format.grammar.definition',
  },
  {
    what: 'two tools of one name',
    body: { ...base, tools: [tool('f'), tool('f')] },
    param: 'tools[1].function.name',
  },
  {
    what: 'two functions of one name',
    body: { ...base, functions: [{ name: 'f' }, { name: 'f' }] },
    param: 'functions[1].name',
  },
  {
    what: 'both forms of tools',
    body: { ...base, tools: [tool('f')], functions: [{ name: 'g' }] },
    param: 'functions',
  },
  { what: 'a required call without tools', body: { ...base, tool_choice: 'required' }, param: 'tool_choice' },
  { what: 'a choice of a wrong word', body: { ...base, tool_choice: 'maybe' }, param: 'tool_choice' },
  {
    what: 'a choice of a tool that is not there',
    body: { ...base, tools: [tool('f')], tool_choice: tool('g') },
    param: 'tool_choice',
  },
  {
    what: 'a choice without a name',
    body: { ...base, tools: [tool('f')], tool_choice: { type: 'function' } },
    param: 'tool_choice.function.name',
  },
  {
    what: 'a choice of a type nobody has',
    body: { ...base, tools: [tool('f')], tool_choice: { type: 'mcp' } },
    kind: 'unsupported_value',
    param: 'tool_choice.type',
  },
  {
    what: 'allowed tools that are not there',
    body: {
      ...base,
      tools: [tool('f')],
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('g')] } },
    },
    param: 'tool_choice.allowed_tools.tools[0]',
  },
  {
    what: 'allowed tools without a mode',
    body: {
      ...base,
      tools: [tool('f')],
      tool_choice: { type: 'allowed_tools', allowed_tools: { tools: [tool('f')] } },
    },
    param: 'tool_choice.allowed_tools.mode',
  },
  {
    what: 'an older choice of a function that is not there',
    body: { ...base, functions: [{ name: 'f' }], function_call: { name: 'g' } },
    param: 'function_call',
  },
];

const formats: readonly Row[] = [
  {
    what: 'a response format of a type nobody has',
    body: { ...base, response_format: { type: 'grammar' } },
    kind: 'unsupported_value',
    param: 'response_format.type',
  },
  {
    what: 'a JSON format without a schema',
    body: { ...base, response_format: { type: 'json_schema', json_schema: { name: 'x' } } },
    param: 'response_format.json_schema.schema',
  },
  {
    what: 'a JSON format without its member',
    body: { ...base, response_format: { type: 'json_schema' } },
    param: 'response_format.json_schema',
  },
];

const wrongTypes: readonly Row[] = Object.entries({
  frequency_penalty: 'x',
  logit_bias: [],
  logprobs: 1,
  max_completion_tokens: 0,
  max_tokens: 1.5,
  metadata: 'x',
  modalities: 'text',
  n: '1',
  parallel_tool_calls: 'no',
  presence_penalty: {},
  prompt_cache_key: 1,
  reasoning_effort: 3,
  seed: 'x',
  service_tier: 1,
  stop: 1,
  store: 'x',
  stream: 'true',
  temperature: 'hot',
  tools: {},
  top_logprobs: '1',
  top_p: '1',
  user: 1,
  verbosity: 1,
}).map(([field, value]) => ({
  what: `'${field}' of a wrong type`,
  body: { ...base, [field]: value },
  param: field,
}));

const unsupported: readonly Row[] = [
  {
    what: 'audio output',
    body: { ...base, audio: { voice: 'a' } },
    kind: 'unsupported_parameter',
    param: 'audio',
  },
  {
    what: 'an audio modality',
    body: { ...base, modalities: ['text', 'audio'] },
    kind: 'unsupported_value',
    param: 'modalities',
  },
  { what: 'two answers', body: { ...base, n: 2 }, kind: 'unsupported_value', param: 'n' },
  {
    what: 'a moderation that blocks',
    body: { ...base, moderation: { model: 'm', policy: { output: { mode: 'block' } } } },
    kind: 'unsupported_value',
    param: 'moderation',
  },
];

for (const { what, body, kind = 'invalid_request', param } of [
  ...bodies,
  ...messages,
  ...tools,
  ...formats,
  ...wrongTypes,
  ...unsupported,
]) {
  test(`${what} is refused, and the field is named`, () => {
    assert.throws(
      () => openaiChat.open(body, openContext()),
      (error) => {
        assert.ok(error instanceof FaultError);
        const { fault } = error;
        assert.deepEqual(
          { kind: fault.kind, param: 'param' in fault ? fault.param : undefined },
          { kind, param },
        );
        return true;
      },
    );
  });
}

test('a refusal is an OpenAI error object with all four members', () => {
  const reply = openaiChat.errorReply({
    kind: 'invalid_request',
    message: "Invalid value for 'messages'.",
    param: 'messages',
  });
  assert.deepEqual(reply, {
    status: 400,
    body: {
      error: {
        message: "Invalid value for 'messages'.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'invalid_request',
      },
    },
  });
});
