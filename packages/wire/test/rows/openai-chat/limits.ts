import { invalid, type Section } from '../row.ts';

const switchedOff = {
  words: 'the operator has switched that off (`emulate`)',
  context: {
    options: {
      chat: { reasoning: 'reasoning_content' },
      emulate: { stop: false, maxTokens: false, toolText: false },
    },
  },
} as const;

const keyOf100 = { words: 'the key allows 100 tokens (`limits.maxTokens`)', context: { maxTokens: 100 } };

export const limits: Section = {
  title: 'Length of the answer',
  about: `The upstream can be told of none of these: the gateway counts, ends the answer and stops the upstream. Only visible text
counts, reasoning does not; a call that has begun is finished first.`,
  rows: [
    {
      field: 'max_completion_tokens',
      outcome: ['local', 'drop', 'drop+warn', '400'],
      says: 'The answer ends at that many tokens of visible text, with `finish_reason: length`.',
      cases: [
        {
          sends: { max_completion_tokens: 5 },
          upstream: {},
          here: { tokenLimit: 5, asksFor: { field: 'max_completion_tokens', tokens: 5 } },
        },
        {
          sends: { max_completion_tokens: 5, max_tokens: 7, max_output_tokens: 6 },
          upstream: {},
          here: { tokenLimit: 5, asksFor: { field: 'max_tokens', tokens: 7 } },
        },
        { sends: { max_completion_tokens: null }, upstream: {} },
        {
          sends: { max_completion_tokens: 5 },
          setting: switchedOff,
          upstream: {},
          here: { asksFor: { field: 'max_completion_tokens', tokens: 5 }, readsWrittenCalls: false },
          warns: 'dropped=max_completion_tokens',
        },
        { sends: {}, setting: keyOf100, upstream: {}, here: { tokenLimit: 100 } },
        {
          sends: { max_completion_tokens: 7 },
          setting: keyOf100,
          upstream: {},
          here: { tokenLimit: 7, asksFor: { field: 'max_completion_tokens', tokens: 7 } },
        },
        {
          sends: { max_completion_tokens: 0 },
          refused: invalid('max_completion_tokens', 'it must be at least 1'),
        },
        {
          sends: { max_completion_tokens: 1.5 },
          refused: invalid('max_completion_tokens', 'it must be a whole number'),
        },
        { golden: 'emulated-limit', stream: '"finish_reason":"length"', reply: '"finish_reason":"length"' },
        {
          file: 'services/gateway/test/component/max-tokens.component.test.ts',
          test: 'a request for more tokens than the key allows is refused, and the field that asks for most is named',
        },
      ],
    },
    {
      field: 'max_tokens',
      outcome: ['local', '400'],
      says: 'The older name of `max_completion_tokens`, which wins when both are there.',
      cases: [
        {
          sends: { max_tokens: 5 },
          upstream: {},
          here: { tokenLimit: 5, asksFor: { field: 'max_tokens', tokens: 5 } },
        },
        { sends: { max_tokens: '5' }, refused: invalid('max_tokens', 'it must be a number') },
      ],
    },
    {
      field: 'max_output_tokens',
      outcome: ['local', '400'],
      says: 'The name of the Responses API, which some clients send here; the two others win.',
      cases: [
        {
          sends: { max_output_tokens: 5 },
          upstream: {},
          here: { tokenLimit: 5, asksFor: { field: 'max_output_tokens', tokens: 5 } },
        },
        {
          sends: { max_tokens: 7, max_output_tokens: 6 },
          upstream: {},
          here: { tokenLimit: 7, asksFor: { field: 'max_tokens', tokens: 7 } },
        },
        { sends: { max_output_tokens: -1 }, refused: invalid('max_output_tokens', 'it must be at least 1') },
      ],
    },
    {
      field: 'stop',
      outcome: ['local', 'drop', 'drop+warn', '400'],
      says: 'The visible text ends before the first of these strings, with `finish_reason: stop`, wherever the upstream cut its text into pieces.',
      cases: [
        { sends: { stop: 'END' }, upstream: {}, here: { stop: ['END'] } },
        { sends: { stop: ['b', '', 'a', 'b'] }, upstream: {}, here: { stop: ['b', 'a'] } },
        { sends: { stop: '' }, upstream: {} },
        { sends: { stop: [] }, upstream: {} },
        { sends: { stop: null }, upstream: {} },
        {
          sends: { stop: ['END'] },
          setting: switchedOff,
          upstream: {},
          here: { readsWrittenCalls: false },
          warns: 'dropped=stop',
        },
        {
          sends: { stop: ['a', 'b', 'c', 'd', 'e'] },
          refused: invalid('stop', 'it must be a string or an array of at most 4'),
        },
        { sends: { stop: 1 }, refused: invalid('stop', 'it must be a string or an array') },
        { sends: { stop: ['a', 1] }, refused: invalid('stop[1]', 'it must be a string') },
        { golden: 'emulated-stop', stream: '"finish_reason":"stop"', reply: '"content":"1\\n2\\n3\\n"' },
        { golden: 'emulated-stop-that-never-comes', reply: '"content":"One STO"' },
        { golden: 'emulated-stop-in-json', reply: '"content":"{\\"a\\":1}"' },
        { golden: 'emulated-stop-beside-a-call', reply: '"content":"One "' },
      ],
    },
  ],
};
