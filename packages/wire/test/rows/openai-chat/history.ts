import { hi, inputText, outputText, said } from '../items.ts';
import { invalid, missing, refused, type Members, type Section } from '../row.ts';

const user = { role: 'user', content: 'Hi.' };
const tools = [{ type: 'function', function: { name: 'f' } }];
const beside = { tools };
const call = (id: string, args: unknown = '{"a":1}'): Members => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: args },
});
const result = (id: string, content: unknown = 'done'): Members => ({
  role: 'tool',
  tool_call_id: id,
  content,
});
const asked = (...tool_calls: readonly unknown[]): Members => ({ role: 'assistant', tool_calls });
const turn = (...rest: readonly Members[]): Members => ({ messages: [user, ...rest] });

const sentCall = (call_id: string, args = '{"a":1}'): Members => ({
  type: 'function_call',
  call_id,
  name: 'f',
  arguments: args,
});
const output = (call_id: string, text: unknown = 'done'): Members => ({
  type: 'function_call_output',
  call_id,
  output: text,
});
const customCall = { id: 'c1', type: 'custom', custom: { name: 'shell', input: 'ls' } };
const sentCustomCall = { type: 'custom_tool_call', call_id: 'c1', name: 'shell', input: 'ls' };
const png = 'data:image/png;base64,iVBORw0KGgo=';
const looksUp = { recallsCalls: ['c1'] };
const emptyText = 'it must be a non-empty string';
const thought = { type: 'reasoning', summary: [], encrypted_content: 'sealed' } as const;

export const history: Section = {
  title: 'Calls and their results',
  rows: [
    {
      field: 'messages[].role: assistant',
      outcome: ['map', 'drop'],
      says: 'First its text and its refusal in one message, then its calls in their order; without text there is no message.',
      cases: [
        {
          sends: turn({ role: 'assistant', content: 'Ho.', refusal: 'No.' }),
          upstream: {
            input: [hi, said('assistant', outputText('Ho.'), { type: 'refusal', refusal: 'No.' })],
          },
        },
        {
          sends: turn({ role: 'assistant', content: 'I call.', tool_calls: [call('c1')] }, result('c1')),
          beside,
          upstream: { input: [hi, said('assistant', outputText('I call.')), sentCall('c1'), output('c1')] },
          here: looksUp,
        },
        {
          sends: turn({ role: 'assistant', content: '', tool_calls: [call('c1')] }, result('c1')),
          beside,
          upstream: { input: [hi, sentCall('c1'), output('c1')] },
          here: looksUp,
        },
        { sends: turn({ role: 'assistant', content: null }), upstream: {} },
      ],
    },
    {
      field: 'messages[].tool_calls[].type: function',
      outcome: ['map', '400'],
      says: 'Arguments are a text; an object is made into one, nothing into `{}`.',
      cases: [
        {
          sends: turn(asked(call('c1', { b: 2 }), call('c2', '')), result('c1'), result('c2')),
          beside,
          upstream: {
            input: [hi, sentCall('c1', '{"b":2}'), sentCall('c2', '{}'), output('c1'), output('c2')],
          },
          here: { recallsCalls: ['c1', 'c2'] },
        },
        {
          sends: turn(asked({ id: 'c1', function: { name: 'f' } }), result('c1')),
          beside,
          upstream: { input: [hi, sentCall('c1', '{}'), output('c1')] },
          here: looksUp,
        },
        {
          sends: turn(asked({ ...call('c1'), id: undefined })),
          refused: missing('messages[1].tool_calls[0].id'),
        },
        { sends: turn(asked(call(''))), refused: invalid('messages[1].tool_calls[0].id', emptyText) },
        {
          sends: turn(asked({ id: 'c1', type: 'function', function: { name: '' } })),
          refused: invalid('messages[1].tool_calls[0].function.name', emptyText),
        },
        {
          sends: turn(asked(call('c1', 5))),
          refused: invalid(
            'messages[1].tool_calls[0].function.arguments',
            'it must be a string or an object',
          ),
        },
        {
          sends: turn(asked({ id: 'c1', type: 'spell' })),
          refused: invalid('messages[1].tool_calls[0].type', "it must be one of 'function', 'custom'"),
        },
      ],
    },
    {
      field: 'messages[].tool_calls[].type: custom',
      outcome: ['map', '400'],
      says: 'Its result becomes the output of a custom call.',
      cases: [
        {
          sends: turn(asked(customCall), result('c1')),
          beside: { tools: [{ type: 'custom', custom: { name: 'shell' } }] },
          upstream: {
            input: [hi, sentCustomCall, { type: 'custom_tool_call_output', call_id: 'c1', output: 'done' }],
          },
          here: looksUp,
        },
        {
          sends: turn(asked(customCall), result('c1'), asked(call('c1')), result('c1')),
          beside,
          upstream: {
            input: [
              hi,
              sentCustomCall,
              { type: 'custom_tool_call_output', call_id: 'c1', output: 'done' },
              sentCall('c1'),
              output('c1'),
            ],
          },
          here: { recallsCalls: ['c1', 'c1'] },
        },
        {
          sends: turn(asked({ id: 'c1', type: 'custom', custom: { name: '', input: '' } })),
          refused: invalid('messages[1].tool_calls[0].custom.name', emptyText),
        },
        {
          sends: turn(asked({ id: 'c1', type: 'custom', custom: { name: 'shell' } })),
          refused: missing('messages[1].tool_calls[0].custom.input'),
        },
      ],
    },
    {
      field: 'messages[].role: tool',
      outcome: ['map', '400'],
      says: 'Parts that are all text become one text, a line each; with images or files they go as parts.',
      cases: [
        {
          sends: turn(asked(call('c1')), result('c1', ['One.', { type: 'text', text: 'Two.' }])),
          beside,
          upstream: { input: [hi, sentCall('c1'), output('c1', 'One.\nTwo.')] },
          here: looksUp,
        },
        {
          sends: turn(
            asked(call('c1')),
            result('c1', ['See.', { type: 'image_url', image_url: { url: png } }]),
          ),
          beside,
          upstream: {
            input: [
              hi,
              sentCall('c1'),
              output('c1', [inputText('See.'), { type: 'input_image', image_url: png, detail: 'auto' }]),
            ],
          },
          here: looksUp,
        },
        { sends: turn({ role: 'tool', content: 'x' }), refused: missing('messages[1].tool_call_id') },
        { sends: turn(result('')), refused: invalid('messages[1].tool_call_id', emptyText) },
        { sends: turn({ role: 'tool', tool_call_id: 'c1' }), refused: missing('messages[1].content') },
      ],
    },
    {
      field: 'messages[].function_call',
      outcome: ['map', '400'],
      says: 'The older form of one call, without an id; it gets one.',
      cases: [
        {
          sends: turn(
            { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
            { role: 'function', name: 'f', content: 'done' },
          ),
          beside,
          upstream: { input: [hi, sentCall('call_fn_1'), output('call_fn_1')] },
          here: { recallsCalls: ['call_fn_1'] },
        },
        {
          sends: turn({ role: 'assistant', function_call: { name: '' } }),
          refused: invalid('messages[1].function_call.name', emptyText),
        },
      ],
    },
    {
      field: 'messages[].role: function',
      outcome: ['map', '400'],
      says: 'Answers the nearest call of that name before it which has no answer yet.',
      cases: [
        {
          sends: turn(
            { role: 'assistant', function_call: { name: 'f', arguments: '{"a":1}' } },
            { role: 'assistant', function_call: { name: 'f', arguments: '{"a":2}' } },
            { role: 'function', name: 'f', content: null },
            { role: 'function', name: 'f', content: 'done' },
          ),
          beside,
          upstream: {
            input: [
              hi,
              sentCall('call_fn_1'),
              sentCall('call_fn_2', '{"a":2}'),
              output('call_fn_2', ''),
              output('call_fn_1'),
            ],
          },
          here: { recallsCalls: ['call_fn_1', 'call_fn_2'] },
        },
        { sends: turn({ role: 'function', content: 'x' }), refused: missing('messages[1].name') },
      ],
    },
    {
      field: 'messages[].audio',
      outcome: ['drop', '400'],
      says: 'No audio of earlier answers is there.',
      cases: [
        { sends: { messages: [user, { role: 'assistant', content: '', audio: null }] }, upstream: {} },
        {
          sends: turn({ role: 'assistant', content: null, audio: { id: 'audio_1' } }),
          refused: refused(
            'unsupported_value',
            'messages[1].audio',
            "Invalid value for 'messages[1].audio': no audio is stored here.",
          ),
        },
      ],
    },
    {
      field:
        'messages[].reasoning_content, messages[].reasoning, messages[].reasoning_details, messages[].thinking_blocks, messages[].annotations',
      outcome: ['drop'],
      says: 'What clients send back of an answer; the model is given its own sealed reasoning instead.',
      cases: [
        {
          sends: turn({ role: 'assistant', content: '', reasoning_content: 'Hm.', reasoning: 'Hm.' }),
          upstream: {},
        },
        {
          sends: turn({
            role: 'assistant',
            content: '',
            reasoning_details: [],
            thinking_blocks: [],
            annotations: [],
          }),
          upstream: {},
        },
      ],
    },
    {
      field: 'a result without its call',
      outcome: ['map'],
      says: 'The upstream would refuse it, so it becomes a message of the user.',
      cases: [
        {
          sends: turn(result('c9', 'lost')),
          upstream: { input: [hi, said('user', inputText('[tool result for c9]'), inputText('lost'))] },
        },
      ],
    },
    {
      field: 'a call without its result',
      outcome: ['map'],
      says: 'The upstream would refuse it, so it is answered with `aborted`, behind the calls it was made with.',
      cases: [
        {
          sends: turn(asked(call('c1'), call('c2')), result('c2'), { role: 'user', content: 'Hi.' }),
          beside,
          upstream: {
            input: [hi, sentCall('c1'), sentCall('c2'), output('c1', 'aborted'), output('c2'), hi],
          },
          here: { recallsCalls: ['c1', 'c2'] },
        },
      ],
    },
    {
      field: 'a long or odd id of a call',
      outcome: ['map'],
      says: 'The upstream takes 64 letters, digits, `_` and `-`: another id gets the same stand-in on both sides.',
      cases: [
        {
          sends: turn(asked(call('c:1')), result('c:1')),
          beside,
          upstream: {
            input: [hi, sentCall('call_7c9d30055291ef7b84cdc457'), output('call_7c9d30055291ef7b84cdc457')],
          },
          here: { recallsCalls: ['c:1'] },
        },
      ],
    },
    {
      field: 'reasoning before a call',
      outcome: ['map'],
      says: 'This API has no place for it: the gateway keeps it, by the id of the call, and puts it back.',
      cases: [
        {
          sends: turn(asked(call('c1'), call('c2')), result('c1'), result('c2')),
          beside,
          setting: {
            words: 'the reasoning before both calls is remembered',
            recalled: {
              reasoningByCallId: new Map([
                ['c1', [thought]],
                ['c2', [{ ...thought }]],
              ]),
            },
          },
          upstream: {
            input: [hi, thought, sentCall('c1'), sentCall('c2'), output('c1'), output('c2')],
          },
          here: { recallsCalls: ['c1', 'c2'] },
        },
        {
          file: 'services/gateway/test/component/conversation.component.test.ts',
          test: 'the reasoning of a Chat turn comes back before its call, sealed as it was',
        },
      ],
    },
    {
      field: 'calls without tools',
      outcome: ['map'],
      says: 'Without `tools` a model writes its calls as text: a request that has calls and declares none gets the tools they were made with, where the gateway remembers them, else what the calls tell of them.',
      cases: [
        {
          sends: turn(asked(call('c1')), result('c1')),
          upstream: {
            input: [hi, sentCall('c1'), output('c1')],
            tools: [
              {
                type: 'function',
                name: 'f',
                description: '(restored from history)',
                parameters: { type: 'object', properties: { a: {} }, additionalProperties: true },
                strict: false,
              },
            ],
          },
          here: looksUp,
          warns: 'restored=tools',
        },
        {
          sends: { ...turn(asked(call('c1')), result('c1')), tools: [] },
          setting: {
            words: 'the tools of that call are remembered',
            recalled: { tools: [{ type: 'function', name: 'f', strict: true }] },
          },
          upstream: {
            input: [hi, sentCall('c1'), output('c1')],
            tools: [{ type: 'function', name: 'f', strict: true }],
          },
          here: looksUp,
          warns: 'restored=tools',
        },
        {
          sends: { ...turn(asked(call('c1')), result('c1')), tool_choice: 'none' },
          upstream: { input: [hi, sentCall('c1'), output('c1')] },
          here: looksUp,
        },
        {
          sends: turn(
            { role: 'assistant', function_call: { name: 'f', arguments: '{"a":1}' } },
            { role: 'function', name: 'f', content: 'done' },
          ),
          upstream: { input: [hi, sentCall('call_fn_1'), output('call_fn_1')] },
          here: { recallsCalls: ['call_fn_1'] },
        },
      ],
    },
  ],
};
