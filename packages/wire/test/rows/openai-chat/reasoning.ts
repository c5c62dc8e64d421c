import { defaultOptions } from '../../../src/dialects/options.ts';
import { invalid, type Section } from '../row.ts';

function takes(...efforts: readonly string[]) {
  return { words: `the model takes ${efforts.join(', ')}`, context: { model: { efforts } } };
}

function shown(display: 'reasoning_content' | 'off') {
  const options = { ...defaultOptions, chat: { reasoning: display } };
  return { words: `the operator has set \`chat.reasoning: ${display}\``, context: { options } };
}

export const reasoning: Section = {
  title: 'Reasoning',
  rows: [
    {
      field: 'reasoning_effort',
      outcome: ['map', 'drop', '400'],
      says: 'Sent as `reasoning.effort`; what the model does not take becomes the nearest weaker effort that it takes, which is declared. A word that nobody knows goes out as it is.',
      cases: [
        { sends: { reasoning_effort: 'low' }, upstream: { reasoning: { effort: 'low', summary: 'auto' } } },
        {
          sends: { reasoning_effort: 'minimal' },
          upstream: { reasoning: { effort: 'low', summary: 'auto' } },
          warns: 'clamped=reasoning_effort',
        },
        {
          sends: { reasoning_effort: 'max' },
          upstream: { reasoning: { effort: 'xhigh', summary: 'auto' } },
          warns: 'clamped=reasoning_effort',
        },
        {
          sends: { reasoning_effort: 'max' },
          setting: takes('low', 'high', 'max'),
          upstream: { reasoning: { effort: 'max', summary: 'auto' } },
        },
        { sends: { reasoning_effort: 'none' }, upstream: { reasoning: { effort: 'none' } } },
        {
          sends: { reasoning_effort: 'none' },
          setting: takes('low', 'medium'),
          upstream: { reasoning: { effort: 'low', summary: 'auto' } },
          warns: 'clamped=reasoning_effort',
        },
        {
          sends: { reasoning_effort: 'later' },
          upstream: { reasoning: { effort: 'later', summary: 'auto' } },
        },
        {
          sends: { reasoning_effort: 'low' },
          setting: {
            words: "the model's name asks for high effort",
            context: { model: { effort: 'high' } },
          },
          upstream: { reasoning: { effort: 'low', summary: 'auto' } },
        },
        {
          sends: { reasoning_effort: 'low' },
          setting: {
            words: 'the operator has pinned the effort high',
            context: { model: { pinnedEffort: 'high' } },
          },
          upstream: { reasoning: { effort: 'high', summary: 'auto' } },
          warns: 'pinned=reasoning_effort',
        },
        { sends: { reasoning_effort: null }, upstream: {} },
        { sends: { reasoning_effort: 3 }, refused: invalid('reasoning_effort', 'it must be a string') },
      ],
    },
    {
      field: 'reasoning.effort',
      outcome: ['map', '400'],
      says: 'The form of OpenRouter and of the Responses API; when both are there they have to agree.',
      cases: [
        {
          sends: { reasoning: { effort: 'high' } },
          upstream: { reasoning: { effort: 'high', summary: 'auto' } },
        },
        {
          sends: { reasoning: { effort: 'minimal' } },
          upstream: { reasoning: { effort: 'low', summary: 'auto' } },
          warns: 'clamped=reasoning.effort',
        },
        {
          sends: { reasoning: { effort: 'low' }, reasoning_effort: 'low' },
          upstream: { reasoning: { effort: 'low', summary: 'auto' } },
        },
        {
          sends: { reasoning: { effort: 'high' }, reasoning_effort: 'low' },
          refused: invalid('reasoning_effort', "it is 'low', but 'reasoning.effort' is 'high'"),
        },
        {
          sends: { reasoning: { effort: '' } },
          refused: invalid('reasoning.effort', 'it must be a non-empty string'),
        },
      ],
    },
    {
      field: 'reasoning.summary',
      outcome: ['map', '400'],
      says: 'A summary is asked for (`auto`) unless nobody would see it.',
      cases: [
        { sends: { reasoning: { summary: 'detailed' } }, upstream: { reasoning: { summary: 'detailed' } } },
        { sends: { reasoning: { summary: 'none' } }, upstream: { reasoning: undefined } },
        { sends: {}, setting: shown('off'), upstream: { reasoning: undefined } },
        {
          sends: { reasoning_effort: 'high' },
          setting: shown('off'),
          upstream: { reasoning: { effort: 'high' } },
        },
        {
          sends: { reasoning: { summary: 'all' } },
          refused: invalid('reasoning.summary', "it must be one of 'auto', 'concise', 'detailed', 'none'"),
        },
      ],
    },
  ],
};
