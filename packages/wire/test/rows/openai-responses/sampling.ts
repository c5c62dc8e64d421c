import { invalid, type Section } from '../row.ts';

const number = 'it must be a number';

export const sampling: Section = {
  title: 'Sampling and limits',
  rows: [
    {
      field: 'temperature',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'The upstream takes no temperature; `1`, the default, needs no warning. The answer repeats it.',
      cases: [
        { sends: { temperature: 0.2 }, upstream: {}, warns: 'dropped=temperature' },
        { sends: { temperature: 1 }, upstream: {} },
        { sends: { temperature: null }, upstream: {} },
        { sends: { temperature: 'hot' }, refused: invalid('temperature', number) },
        { golden: 'everything-echoed', stream: '"temperature":0.2' },
      ],
    },
    {
      field: 'top_p',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'As `temperature`.',
      cases: [
        { sends: { top_p: 0.5 }, upstream: {}, warns: 'dropped=top_p' },
        { sends: { top_p: 1 }, upstream: {} },
        { sends: { top_p: '1' }, refused: invalid('top_p', number) },
        { golden: 'everything-echoed', stream: '"top_p":0.5' },
      ],
    },
    {
      field: 'top_logprobs',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'The upstream gives no log probabilities; the members where they would stand are empty lists.',
      cases: [
        { sends: { top_logprobs: 2 }, upstream: {}, warns: 'dropped=top_logprobs' },
        { sends: { top_logprobs: 0 }, upstream: {} },
        { sends: { top_logprobs: 1.5 }, refused: invalid('top_logprobs', 'it must be a whole number') },
        { golden: 'text', stream: '"logprobs":[]' },
      ],
    },
    {
      field: 'presence_penalty',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'As `temperature`; the default is `0`.',
      cases: [
        { sends: { presence_penalty: 0.1 }, upstream: {}, warns: 'dropped=presence_penalty' },
        { sends: { presence_penalty: 0 }, upstream: {} },
        { sends: { presence_penalty: [] }, refused: invalid('presence_penalty', number) },
        { golden: 'everything-echoed', stream: '"presence_penalty":0.1' },
      ],
    },
    {
      field: 'frequency_penalty',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'As `temperature`; the default is `0`.',
      cases: [
        { sends: { frequency_penalty: 0.1 }, upstream: {}, warns: 'dropped=frequency_penalty' },
        { sends: { frequency_penalty: 0 }, upstream: {} },
        { sends: { frequency_penalty: {} }, refused: invalid('frequency_penalty', number) },
        { golden: 'everything-echoed', stream: '"frequency_penalty":0.2' },
      ],
    },
    {
      field: 'max_output_tokens',
      outcome: ['local', 'drop', 'drop+warn', '400'],
      says: 'The upstream takes no limit: the gateway counts the visible text and ends the answer at it, `incomplete` with `max_output_tokens`. The answer repeats it.',
      cases: [
        {
          sends: { max_output_tokens: 100 },
          upstream: {},
          here: { tokenLimit: 100, asksFor: { field: 'max_output_tokens', tokens: 100 } },
        },
        { sends: { max_output_tokens: null }, upstream: {} },
        {
          sends: { max_output_tokens: 100 },
          setting: {
            words: 'the operator has switched limits off',
            context: {
              options: {
                chat: { reasoning: 'reasoning_content' },
                emulate: { stop: true, maxTokens: false, toolText: true },
              },
            },
          },
          upstream: {},
          warns: 'dropped=max_output_tokens',
          here: { asksFor: { field: 'max_output_tokens', tokens: 100 } },
        },
        {
          sends: {},
          setting: { words: 'the key has a limit of 50', context: { maxTokens: 50 } },
          upstream: {},
          here: { tokenLimit: 50 },
        },
        { sends: { max_output_tokens: 0 }, refused: invalid('max_output_tokens', 'it must be at least 1') },
        {
          sends: { max_output_tokens: '9' },
          refused: invalid('max_output_tokens', number),
        },
        { golden: 'emulated-limit', stream: '"incomplete_details":{"reason":"max_output_tokens"}' },
        { golden: 'everything-echoed', stream: '"max_output_tokens":100' },
      ],
    },
    {
      field: 'max_completion_tokens',
      outcome: ['local', '400'],
      says: 'A name of another API for `max_output_tokens`, which wins when both are there; the key must allow the largest.',
      cases: [
        {
          sends: { max_completion_tokens: 100 },
          upstream: {},
          here: { tokenLimit: 100, asksFor: { field: 'max_completion_tokens', tokens: 100 } },
        },
        {
          sends: { max_completion_tokens: 100, max_output_tokens: 50 },
          upstream: {},
          here: { tokenLimit: 50, asksFor: { field: 'max_completion_tokens', tokens: 100 } },
        },
        {
          sends: { max_completion_tokens: -1 },
          refused: invalid('max_completion_tokens', 'it must be at least 1'),
        },
      ],
    },
    {
      field: 'max_tokens',
      outcome: ['local', '400'],
      says: 'As `max_completion_tokens`, and the last of the three.',
      cases: [
        {
          sends: { max_tokens: 100 },
          upstream: {},
          here: { tokenLimit: 100, asksFor: { field: 'max_tokens', tokens: 100 } },
        },
        { sends: { max_tokens: 1.5 }, refused: invalid('max_tokens', 'it must be a whole number') },
      ],
    },
    {
      field: 'max_tool_calls',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'The upstream has no such limit, and to cut calls off here would break the answer.',
      cases: [
        { sends: { max_tool_calls: 3 }, upstream: {}, warns: 'dropped=max_tool_calls' },
        { sends: { max_tool_calls: null }, upstream: {} },
        { sends: { max_tool_calls: 'few' }, refused: invalid('max_tool_calls', number) },
        { golden: 'everything-echoed', stream: '"max_tool_calls":3' },
      ],
    },
    {
      field: 'truncation',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'Nothing is cut from the conversation: one that is too long is refused with `context_length_exceeded`.',
      cases: [
        { sends: { truncation: 'auto' }, upstream: {}, warns: 'dropped=truncation' },
        { sends: { truncation: 'disabled' }, upstream: {} },
        { sends: { truncation: true }, refused: invalid('truncation', 'it must be a string') },
        { golden: 'everything-echoed', stream: '"truncation":"auto"' },
      ],
    },
  ],
};
