import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { FaultError, faultParam, type FaultKind } from '../../src/fault.ts';
import { openContext } from '../open-context.ts';

interface Row {
  readonly what: string;
  readonly body: unknown;
  readonly kind?: FaultKind;
  readonly param: string | null;
}

const user = { role: 'user', content: 'Hi.' };
const base = { model: 'gpt-5.5', max_tokens: 1024, messages: [user] };
const tool = { name: 'f', input_schema: { type: 'object' } };

function withMessage(message: unknown): unknown {
  return { ...base, messages: [user, message] };
}

function withBlock(block: unknown): unknown {
  return withMessage({ role: 'user', content: [{ type: 'text', text: 'See' }, block] });
}

const bodies: readonly Row[] = [
  { what: 'no object', body: [], param: null },
  { what: 'nothing', body: null, param: null },
  { what: 'no model', body: { max_tokens: 1, messages: [user] }, param: 'model' },
  { what: 'an empty model', body: { ...base, model: '' }, param: 'model' },
  { what: 'no token limit', body: { model: 'm', messages: [user] }, param: 'max_tokens' },
  { what: 'a token limit of nothing', body: { ...base, max_tokens: 0 }, param: 'max_tokens' },
  { what: 'half a token', body: { ...base, max_tokens: 1.5 }, param: 'max_tokens' },
  { what: 'no messages', body: { model: 'm', max_tokens: 1 }, param: 'messages' },
  { what: 'empty messages', body: { ...base, messages: [] }, param: 'messages' },
  {
    what: 'messages that say nothing',
    body: { ...base, messages: [{ role: 'user', content: '' }] },
    param: 'messages',
  },
  { what: 'a system prompt of a wrong type', body: { ...base, system: 5 }, param: 'system' },
  {
    what: 'a system block without text',
    body: { ...base, system: [{ type: 'text' }] },
    param: 'system.0.text',
  },
  { what: 'a stream flag of a wrong type', body: { ...base, stream: 'yes' }, param: 'stream' },
  { what: 'a temperature of a wrong type', body: { ...base, temperature: 'hot' }, param: 'temperature' },
  { what: 'stop sequences of a wrong type', body: { ...base, stop_sequences: 'x' }, param: 'stop_sequences' },
  {
    what: 'thinking of an unknown type',
    body: { ...base, thinking: { type: 'deep' } },
    param: 'thinking.type',
  },
  {
    what: 'an output format of an unknown type',
    body: { ...base, output_config: { format: { type: 'yaml' } } },
    param: 'output_config.format.type',
  },
];

const unavailable: readonly Row[] = [
  {
    what: 'a new thread',
    body: { ...base, thread: { type: 'create' } },
    kind: 'thread_unsupported_request',
    param: null,
  },
  {
    what: 'the next turn of a thread, whatever else is wrong with it',
    body: { messages: [], thread: { type: 'continue', previous_message_id: 'msg_1' } },
    kind: 'thread_unsupported_request',
    param: null,
  },
  {
    what: 'a container',
    body: { ...base, container: 'c' },
    kind: 'unsupported_parameter',
    param: 'container',
  },
  {
    what: 'MCP servers',
    body: { ...base, mcp_servers: [{ type: 'url' }] },
    kind: 'unsupported_parameter',
    param: 'mcp_servers',
  },
  {
    what: 'compaction by the vendor',
    body: { ...base, compaction: { type: 'auto' } },
    kind: 'unsupported_parameter',
    param: 'compaction',
  },
];

const messages: readonly Row[] = [
  { what: 'a message that is no object', body: withMessage('Hi.'), param: 'messages.1' },
  { what: 'a role nobody knows', body: withMessage({ role: 'bot', content: '' }), param: 'messages.1.role' },
  { what: 'missing content', body: withMessage({ role: 'user' }), param: 'messages.1.content' },
  {
    what: 'content of a wrong type',
    body: withMessage({ role: 'user', content: 5 }),
    param: 'messages.1.content',
  },
  { what: 'a block without a type', body: withBlock({ text: 'x' }), param: 'messages.1.content.1.type' },
  {
    what: 'a text block without text',
    body: withBlock({ type: 'text' }),
    param: 'messages.1.content.1.text',
  },
  {
    what: 'an image that says it is no image',
    body: withBlock({ type: 'image', source: { type: 'base64', media_type: 'text/html', data: 'aW1n' } }),
    param: 'messages.1.content.1.source.media_type',
  },
  {
    what: 'an image without a source',
    body: withBlock({ type: 'image' }),
    param: 'messages.1.content.1.source',
  },
  {
    what: 'an image of the Files API',
    body: withBlock({ type: 'image', source: { type: 'file', file_id: 'file_1' } }),
    kind: 'unsupported_value',
    param: 'messages.1.content.1.source.file_id',
  },
  {
    what: 'a document of the Files API inside a tool result',
    body: withBlock({
      type: 'tool_result',
      tool_use_id: 'call_1',
      content: [{ type: 'document', source: { type: 'file', file_id: 'file_1' } }],
    }),
    kind: 'unsupported_value',
    param: 'messages.1.content.1.content.0.source.file_id',
  },
  {
    what: 'an image from a file path',
    body: withBlock({ type: 'image', source: { type: 'url', url: 'file:///etc/passwd' } }),
    param: 'messages.1.content.1.source.url',
  },
  {
    what: 'a tool result without its call',
    body: withBlock({ type: 'tool_result', content: 'x' }),
    param: 'messages.1.content.1.tool_use_id',
  },
];

const tools: readonly Row[] = [
  { what: 'a tool without a name', body: { ...base, tools: [{ input_schema: {} }] }, param: 'tools.0.name' },
  {
    what: 'a tool without a schema',
    body: { ...base, tools: [{ name: 'f' }] },
    param: 'tools.0.input_schema',
  },
  {
    what: 'a schema that is no object',
    body: { ...base, tools: [{ name: 'f', input_schema: 'x' }] },
    param: 'tools.0.input_schema',
  },
  { what: 'two tools of one name', body: { ...base, tools: [tool, tool] }, param: 'tools' },
  ...['code_execution_20250825', 'computer_toolset_20260801', 'mcp_toolset', 'invented_20300101'].map(
    (type) => ({
      what: `the tool ${type}`,
      body: { ...base, tools: [tool, { type, name: 'x' }] },
      kind: 'unsupported_value' as const,
      param: 'tools.1.type',
    }),
  ),
  { what: 'any tool of none', body: { ...base, tool_choice: { type: 'any' } }, param: 'tool_choice' },
  {
    what: 'the choice of an undeclared tool',
    body: { ...base, tools: [tool], tool_choice: { type: 'tool', name: 'g' } },
    param: 'tool_choice.name',
  },
  {
    what: 'a choice of an unknown type',
    body: { ...base, tool_choice: { type: 'some' } },
    param: 'tool_choice.type',
  },
];

for (const { what, body, kind = 'invalid_request', param } of [
  ...bodies,
  ...unavailable,
  ...messages,
  ...tools,
]) {
  test(`${what} is refused with its place`, () => {
    assert.throws(
      () => anthropicMessages.open(body, openContext()),
      (error) => {
        assert.ok(error instanceof FaultError);
        assert.deepEqual([error.fault.kind, faultParam(error.fault)], [kind, param]);
        if (param !== null) assert.ok(error.message.startsWith(`${param}: `), error.message);
        return true;
      },
    );
  });
}
