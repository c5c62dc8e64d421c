import { hi, inputText, outputText, said } from '../items.ts';
import { invalid, missing, refused, type Members, type Section } from '../row.ts';

const user = (content: unknown): Members => ({ role: 'user', content });
const system = (content: unknown): Members => ({ role: 'system', content });
const notHere = (param: string, type: string) =>
  refused(
    'unsupported_value',
    param,
    `Invalid value for '${param}': content of type '${type}' is not available here.`,
  );

export const messages: Section = {
  title: 'Messages',
  about: 'Every message becomes one item of the upstream’s `input`, in the same order; nothing is merged.',
  rows: [
    {
      field: 'messages',
      outcome: ['map', '400'],
      says: 'They have to say something; one without content is left out.',
      cases: [
        {
          sends: { messages: [user('Hi.'), user(''), user('Bye.')] },
          upstream: { input: [hi, said('user', inputText('Bye.'))] },
        },
        { sends: { messages: undefined }, refused: missing('messages') },
        { sends: { messages: [] }, refused: invalid('messages', 'it must be a non-empty array') },
        { sends: { messages: 'Hi.' }, refused: invalid('messages', 'it must be an array') },
        { sends: { messages: ['Hi.'] }, refused: invalid('messages[0]', 'it must be an object') },
        {
          sends: { messages: [user('')] },
          refused: invalid('messages', 'there is no content to answer'),
        },
      ],
    },
    {
      field: 'messages[].role',
      outcome: ['400'],
      says: 'Other roles have no meaning.',
      cases: [
        {
          sends: { messages: [{ role: 'bot', content: 'Hi.' }] },
          refused: invalid(
            'messages[0].role',
            "it must be one of 'system', 'developer', 'user', 'assistant', 'tool', 'function'",
          ),
        },
        { sends: { messages: [{ content: 'Hi.' }] }, refused: missing('messages[0].role') },
      ],
    },
    {
      field: 'messages[].role: system',
      outcome: ['map', 'drop', '400'],
      says: 'Those before all others become `instructions`, two lines apart; a later one becomes a developer message at its place, because the upstream refuses the role.',
      cases: [
        {
          sends: { messages: [system('Be brief.'), system([inputText('Be kind.')]), user('Hi.')] },
          upstream: { instructions: 'Be brief.\n\nBe kind.' },
        },
        {
          sends: { messages: [user('Hi.'), system('Be brief.')] },
          upstream: { input: [hi, said('developer', inputText('Be brief.'))] },
        },
        {
          sends: { messages: [system('Be brief.')] },
          upstream: { instructions: '', input: [said('developer', inputText('Be brief.'))] },
        },
        { sends: { messages: [system(' '), user('Hi.')] }, upstream: {} },
        {
          sends: { messages: [system([{ type: 'image_url', image_url: 'https://a.b/c.png' }]), user('Hi.')] },
          refused: notHere('messages[0].content[0].type', 'image_url'),
        },
      ],
    },
    {
      field: 'messages[].role: developer',
      outcome: ['map'],
      says: 'The same as `system`.',
      cases: [
        {
          sends: { messages: [system('Be brief.'), { role: 'developer', content: 'Be kind.' }, user('Hi.')] },
          upstream: { instructions: 'Be brief.\n\nBe kind.' },
        },
        {
          sends: { messages: [user('Hi.'), { role: 'developer', content: 'Be kind.' }] },
          upstream: { input: [hi, said('developer', inputText('Be kind.'))] },
        },
      ],
    },
    {
      field: 'messages[].content',
      outcome: ['map', '400'],
      says: 'A text, a list of parts, one part without its list, or bare texts in the list; empty texts are left out.',
      cases: [
        {
          sends: {
            messages: [
              user([
                { type: 'text', text: 'Look.' },
                { type: 'text', text: '' },
              ]),
            ],
          },
          upstream: { input: [said('user', inputText('Look.'))] },
        },
        {
          sends: { messages: [user({ type: 'text', text: 'Look.' })] },
          upstream: { input: [said('user', inputText('Look.'))] },
        },
        {
          sends: { messages: [user(['One.', 'Two.'])] },
          upstream: { input: [said('user', inputText('One.'), inputText('Two.'))] },
        },
        { sends: { messages: [{ role: 'user' }] }, refused: missing('messages[0].content') },
        {
          sends: { messages: [user(5)] },
          refused: invalid('messages[0].content', 'it must be a string or an object or an array'),
        },
        {
          sends: { messages: [user([5])] },
          refused: invalid('messages[0].content[0]', 'it must be a string or an object'),
        },
        { sends: { messages: [user([{ text: 'Hi.' }])] }, refused: missing('messages[0].content[0].type') },
        { sends: { messages: [user({ text: 'Hi.' })] }, refused: missing('messages[0].content.type') },
      ],
    },
    {
      field: 'messages[].content[].type: text',
      outcome: ['map', '400'],
      says: 'Its type follows from who speaks: `output_text` for the assistant, `input_text` for all others; the names of the Responses API are understood, the wrong ones of them too.',
      cases: [
        {
          sends: { messages: [user([inputText('Hi.')]), { role: 'assistant', content: [inputText('Ho.')] }] },
          upstream: { input: [hi, said('assistant', outputText('Ho.'))] },
        },
        {
          sends: {
            messages: [user([outputText('Hi.')]), { role: 'assistant', content: [outputText('Ho.')] }],
          },
          upstream: { input: [hi, said('assistant', outputText('Ho.'))] },
        },
        { sends: { messages: [user([{ type: 'text' }])] }, refused: missing('messages[0].content[0].text') },
      ],
    },
    {
      field: 'messages[].content[].type: refusal',
      outcome: ['map', '400'],
      says: 'Only the assistant refuses.',
      cases: [
        {
          sends: {
            messages: [user('Hi.'), { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }],
          },
          upstream: { input: [hi, said('assistant', { type: 'refusal', refusal: 'No.' })] },
        },
        {
          sends: { messages: [user([{ type: 'refusal', refusal: 'No.' }])] },
          refused: notHere('messages[0].content[0].type', 'refusal'),
        },
        {
          sends: { messages: [user('Hi.'), { role: 'assistant', content: [{ type: 'refusal' }] }] },
          refused: missing('messages[1].content[0].refusal'),
        },
      ],
    },
    {
      field: 'messages[].name',
      outcome: ['drop'],
      says: 'The upstream’s messages have no such member.',
      cases: [{ sends: { messages: [{ ...user('Hi.'), name: 'ann' }] }, upstream: {} }],
    },
    {
      field: 'messages[].content[].cache_control, messages[].content[].prompt_cache_breakpoint',
      outcome: ['drop'],
      says: 'Marks for the cache of another API; the upstream refuses them.',
      cases: [
        {
          sends: { messages: [user([{ type: 'text', text: 'Hi.', cache_control: { type: 'ephemeral' } }])] },
          upstream: {},
        },
        {
          sends: { messages: [user([{ type: 'text', text: 'Hi.', prompt_cache_breakpoint: true }])] },
          upstream: {},
        },
      ],
    },
  ],
};
