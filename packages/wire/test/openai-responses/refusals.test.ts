import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingRecalled, type Recalled } from '../../src/dialects/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { faultCode, FaultError, faultParam, faultStatus } from '../../src/fault.ts';
import { openContext } from '../open-context.ts';

/** What a body is refused with; null when it is not. */
function refusal(body: unknown, recalled: Recalled = nothingRecalled) {
  try {
    openaiResponses.open(body, openContext()).codexRequest(recalled);
    return null;
  } catch (error) {
    assert.ok(error instanceof FaultError);
    const { fault } = error;
    return { status: faultStatus(fault), code: faultCode(fault), param: faultParam(fault) };
  }
}

const ask = { model: 'gpt-5.5', input: 'Hi.' };
const items = (...input: readonly unknown[]) => ({ model: 'gpt-5.5', input });
const says = (...content: readonly unknown[]) => items({ role: 'user', content });
const invalid = (param: string | null) => ({ status: 400, code: 'invalid_request', param });
const unsupported = (param: string) => ({ status: 400, code: 'unsupported_parameter', param });
const impossible = (param: string) => ({ status: 400, code: 'unsupported_value', param });

const refused: readonly { readonly because: string; readonly body: unknown; readonly as: object }[] = [
  { because: 'it is not an object', body: [], as: invalid(null) },
  { because: 'the model is missing', body: { input: 'Hi.' }, as: invalid('model') },
  { because: 'the model is empty', body: { ...ask, model: '' }, as: invalid('model') },
  { because: 'the input is missing', body: { model: 'gpt-5.5' }, as: invalid('input') },
  { because: 'the input is empty', body: items(), as: invalid('input') },
  { because: 'the input is a number', body: { ...ask, input: 5 }, as: invalid('input') },
  { because: 'an item is a string', body: items('Hi.'), as: invalid('input[0]') },
  { because: 'a type is a number', body: items({ type: 5 }), as: invalid('input[0].type') },
  { because: 'a role is unknown', body: items({ role: 'tool', content: '' }), as: invalid('input[0].role') },
  { because: 'a message has no content', body: items({ role: 'user' }), as: invalid('input[0].content') },
  { because: 'a part has no type', body: says({ text: 'Hi.' }), as: invalid('input[0].content[0].type') },
  {
    because: 'a text is missing',
    body: says({ type: 'input_text' }),
    as: invalid('input[0].content[0].text'),
  },
  {
    because: 'a part is audio',
    body: says({ type: 'input_audio', audio_url: 'data:' }),
    as: impossible('input[0].content[0].type'),
  },
  {
    because: 'a user refuses',
    body: says({ type: 'refusal', refusal: 'No.' }),
    as: impossible('input[0].content[0].type'),
  },
  {
    because: 'an image was uploaded before',
    body: says({ type: 'input_image', file_id: 'file_1' }),
    as: impossible('input[0].content[0].file_id'),
  },
  {
    because: 'a file was uploaded before',
    body: says({ type: 'input_file', file_id: 'file_1' }),
    as: impossible('input[0].content[0].file_id'),
  },
  {
    because: 'an image is a local path',
    body: says({ type: 'input_image', image_url: 'file:///etc/passwd' }),
    as: invalid('input[0].content[0].image_url'),
  },
  {
    because: 'a file is a local path',
    body: says({ type: 'input_file', file_url: 'file:///etc/passwd' }),
    as: invalid('input[0].content[0].file_url'),
  },
  {
    because: 'an assistant shows an image',
    body: items({ role: 'assistant', content: [{ type: 'input_image', image_url: 'data:' }] }),
    as: impossible('input[0].content[0].type'),
  },
  {
    because: 'a bare part is malformed',
    body: items({ role: 'user', content: 'Hi.' }, { type: 'input_text' }),
    as: invalid('input[1].text'),
  },
  {
    because: 'a call has no id',
    body: items({ type: 'function_call', name: 'f', arguments: '{}' }),
    as: invalid('input[0].call_id'),
  },
  {
    because: 'arguments are not text',
    body: items({ type: 'function_call', call_id: 'c', name: 'f', arguments: {} }),
    as: invalid('input[0].arguments'),
  },
  {
    because: 'an output is missing',
    body: items({ type: 'function_call_output', call_id: 'c' }),
    as: invalid('input[0].output'),
  },
  {
    because: 'a referenced message is not known',
    body: items({ type: 'item_reference', id: 'msg_1' }),
    as: { status: 404, code: 'response_not_found', param: 'input' },
  },
  {
    because: 'the earlier response is not known',
    body: { ...ask, previous_response_id: 'resp_1' },
    as: { status: 400, code: 'previous_response_not_found', param: 'previous_response_id' },
  },
  { because: 'instructions are a list', body: { ...ask, instructions: [] }, as: invalid('instructions') },
  { because: 'stream is a word', body: { ...ask, stream: 'yes' }, as: invalid('stream') },
  { because: 'the temperature is a word', body: { ...ask, temperature: 'hot' }, as: invalid('temperature') },
  { because: 'the limit is zero', body: { ...ask, max_output_tokens: 0 }, as: invalid('max_output_tokens') },
  { because: 'the metadata nests', body: { ...ask, metadata: { a: {} } }, as: invalid('metadata.a') },
  {
    because: 'the effort is a number',
    body: { ...ask, reasoning: { effort: 3 } },
    as: invalid('reasoning.effort'),
  },
  {
    because: 'the format is unknown',
    body: { ...ask, text: { format: { type: 'xml' } } },
    as: impossible('text.format.type'),
  },
  {
    because: 'the format has no schema',
    body: { ...ask, text: { format: { type: 'json_schema', name: 'x' } } },
    as: invalid('text.format.schema'),
  },
  { because: 'a tool has no type', body: { ...ask, tools: [{ name: 'f' }] }, as: invalid('tools[0].type') },
  {
    because: 'a function has no name',
    body: { ...ask, tools: [{ type: 'function' }] },
    as: invalid('tools[0].name'),
  },
  {
    because: 'a nested function has no name',
    body: { ...ask, tools: [{ type: 'function', function: {} }] },
    as: invalid('tools[0].function.name'),
  },
  {
    because: 'a tool must be called and there is none',
    body: { ...ask, tool_choice: 'required' },
    as: invalid('tool_choice'),
  },
  {
    because: 'the tool choice is unknown',
    body: { ...ask, tool_choice: 'maybe' },
    as: invalid('tool_choice'),
  },
  {
    because: 'the choice is a tool that runs nowhere',
    body: { ...ask, tools: [{ type: 'web_search' }], tool_choice: { type: 'mcp', server_label: 'x' } },
    as: impossible('tool_choice.type'),
  },
  {
    because: 'it names a conversation',
    body: { ...ask, conversation: 'conv_1' },
    as: unsupported('conversation'),
  },
  { because: 'it names a prompt', body: { ...ask, prompt: { id: 'pmpt_1' } }, as: unsupported('prompt') },
  { because: 'it runs in the background', body: { ...ask, background: true }, as: unsupported('background') },
  {
    because: 'its moderation would block',
    body: { ...ask, moderation: { model: 'm', policy: { output: { mode: 'block' } } } },
    as: unsupported('moderation'),
  },
];

for (const { because, body, as } of refused) {
  test(`a request is refused because ${because}`, () => {
    assert.deepEqual(refusal(body), as);
  });
}

for (const type of [
  'file_search',
  'code_interpreter',
  'computer',
  'computer_use_preview',
  'image_generation',
  'mcp',
  'programmatic_tool_calling',
]) {
  test(`the tool ${type} is refused, since it runs nowhere here`, () => {
    assert.deepEqual(refusal({ ...ask, tools: [{ type }] }), impossible('tools[0].type'));
  });
}

test('a refusal has the four members of the OpenAI envelope', () => {
  const fault = { kind: 'invalid_request', message: 'Missing.', param: 'model' } as const;
  assert.deepEqual(openaiResponses.errorReply(fault, 'req_1'), {
    status: 400,
    body: {
      error: { message: 'Missing.', type: 'invalid_request_error', param: 'model', code: 'invalid_request' },
    },
  });
});
