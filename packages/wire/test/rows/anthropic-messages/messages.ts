import type { Section } from '../row.ts';
import {
  absent,
  answered,
  assistant,
  call,
  developer,
  functionTool,
  output,
  result,
  said,
  followed,
  tool,
  use,
  user,
  wrong,
} from './pieces.ts';

const declared = { tools: [tool] };

export const messages: Section = {
  title: 'Messages',
  rows: [
    {
      field: 'messages[].role: user',
      outcome: ['map', '400'],
      says: 'Texts, images and files gather into a message; a tool result stands between messages, as an item of its own. Every message, block and result keeps its place.',
      cases: [
        followed([{ role: 'user', content: 'More.' }], [said('More.')]),
        {
          ...followed(
            [
              assistant(use, { ...use, id: 'call_2' }),
              user(
                { type: 'text', text: 'Before.' },
                result,
                { ...result, tool_use_id: 'call_2', content: 'Sun.' },
                { type: 'text', text: 'After.' },
              ),
            ],
            [
              call,
              { ...call, call_id: 'call_2' },
              said('Before.'),
              output,
              { ...output, call_id: 'call_2', output: 'Sun.' },
              said('After.'),
            ],
          ),
          beside: {
            ...declared,
            messages: [
              { role: 'user', content: 'Hi.' },
              assistant(use, { ...use, id: 'call_2' }),
              user(result, { ...result, tool_use_id: 'call_2', content: 'Sun.' }),
            ],
          },
        },
        {
          sends: { messages: [{ role: 'user' }] },
          refused: absent('messages.0.content'),
        },
        {
          sends: { messages: [{ role: 'user', content: 5 }] },
          refused: wrong('messages.0.content', 'it must be a string or an array'),
        },
      ],
    },
    {
      field: 'messages[].role: assistant',
      outcome: ['map'],
      says: 'Texts gather into a message, calls and reasoning stand where they were. Calls that come back without their reasoning get it from the answer that the gateway remembers.',
      cases: [
        followed(
          [assistant({ type: 'text', text: 'Hello.', citations: null }), { role: 'user', content: 'On.' }],
          [answered('Hello.'), said('On.')],
        ),
        {
          ...followed(
            [assistant({ type: 'text', text: 'Looking.' }, use), user(result)],
            [answered('Looking.'), call, output],
          ),
          beside: declared,
          here: { recallsCalls: ['call_1'] },
        },
      ],
    },
    {
      field: 'messages[].role: assistant, at the end',
      outcome: ['map', 'drop+warn'],
      says: 'A beginning that the model is to go on from: it goes upstream, and the model begins anew after it.',
      cases: [
        {
          ...followed([assistant({ type: 'text', text: '{' })], [answered('{')]),
          warns: 'dropped=prefill',
        },
      ],
    },
    {
      field: 'messages[].role: system',
      outcome: ['map', 'drop', '400'],
      says: 'A developer message in its place, the same for a string and for blocks: Claude Code sends its own in either form.',
      cases: [
        followed([{ role: 'system', content: 'A file changed.' }], [developer('A file changed.')]),
        followed(
          [
            {
              role: 'system',
              content: [{ type: 'text', text: 'A file changed.', cache_control: { type: 'ephemeral' } }],
            },
          ],
          [developer('A file changed.')],
        ),
        followed([{ role: 'system', content: null }], []),
        {
          sends: { messages: [{ role: 'system', content: [{ type: 'text' }] }] },
          refused: absent('messages.0.content.0.text'),
        },
      ],
    },
    {
      field: 'messages[].clear_at',
      outcome: ['drop', 'map', '400'],
      says: '`next_user_message`: the text is gone as soon as a message of the user follows.',
      cases: [
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              { role: 'system', content: 'Now.', clear_at: 'next_user_message' },
              { role: 'user', content: 'On.' },
            ],
          },
          beside: {
            messages: [
              { role: 'user', content: 'Hi.' },
              { role: 'user', content: 'On.' },
            ],
          },
          upstream: {},
        },
        followed([{ role: 'system', content: 'Now.', clear_at: 'next_user_message' }], [developer('Now.')]),
        followed(
          [
            { role: 'system', content: 'Now.', clear_at: 'never' },
            { role: 'user', content: 'On.' },
          ],
          [developer('Now.'), said('On.')],
        ),
        {
          sends: { messages: [{ role: 'system', content: 'Now.', clear_at: 5 }] },
          refused: wrong('messages.0.clear_at', 'it must be a string'),
        },
      ],
    },
    {
      field: 'messages[].output_config.effort',
      outcome: ['map'],
      says: 'In a system message; the latest of a conversation wins over the one at the top.',
      cases: [
        followed(
          [
            { role: 'system', output_config: { effort: 'low' } },
            { role: 'system', output_config: { effort: 'high' } },
          ],
          [],
          { upstream: { reasoning: { effort: 'high' } } },
        ),
      ],
    },
    {
      field: 'messages[].role',
      outcome: ['400'],
      says: 'There are no others.',
      cases: [
        {
          sends: { messages: [{ role: 'bot', content: 'Hi.' }] },
          refused: wrong('messages.0.role', "it must be one of 'user', 'assistant', 'system'"),
        },
        { sends: { messages: ['Hi.'] }, refused: wrong('messages.0', 'it must be an object') },
      ],
    },
    {
      field: 'messages, when calls and results do not meet',
      outcome: ['map'],
      says: 'The upstream refuses them: a result without its call becomes a text, a call without its result gets one, and ids that it does not take get a stand-in on both sides.',
      cases: [
        {
          sends: { messages: [user(result)] },
          upstream: {
            input: [
              {
                type: 'message',
                role: 'user',
                content: [
                  { type: 'input_text', text: '[tool result for call_1]' },
                  { type: 'input_text', text: 'Rain.' },
                ],
              },
            ],
          },
        },
        {
          sends: {
            messages: [{ role: 'user', content: 'Hi.' }, assistant(use), { role: 'user', content: 'On.' }],
          },
          beside: declared,
          upstream: { input: [said('Hi.'), call, { ...output, output: 'aborted' }, said('On.')] },
          here: { recallsCalls: ['call_1'] },
        },
        {
          sends: {
            messages: [assistant({ ...use, id: 'call 1' }), user({ ...result, tool_use_id: 'call 1' })],
          },
          beside: declared,
          upstream: {
            input: [
              { ...call, call_id: 'call_21c5c2a600ce3c16f8a2e523' },
              { ...output, call_id: 'call_21c5c2a600ce3c16f8a2e523' },
            ],
          },
          here: { recallsCalls: ['call 1'] },
        },
      ],
    },
    {
      field: 'messages, with calls but without tools',
      outcome: ['map'],
      says: 'The tools of the answers that the gateway remembers are declared, else what the calls tell of them.',
      cases: [
        {
          sends: { messages: [assistant(use), user(result)] },
          upstream: {
            input: [call, output],
            tools: [
              {
                type: 'function',
                name: 'weather',
                description: '(restored from history)',
                parameters: { type: 'object', properties: { city: {} }, additionalProperties: true },
                strict: false,
              },
            ],
          },
          warns: 'restored=tools',
          here: { recallsCalls: ['call_1'] },
        },
        {
          sends: { messages: [assistant(use), user(result)] },
          setting: { words: 'the answer is remembered', recalled: { tools: [functionTool] } },
          upstream: { input: [call, output], tools: [functionTool] },
          warns: 'restored=tools',
          here: { recallsCalls: ['call_1'] },
        },
      ],
    },
  ],
};
