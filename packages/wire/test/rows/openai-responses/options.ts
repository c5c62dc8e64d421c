import { invalid, missing, unavailable, type Section } from '../row.ts';

const object = 'it must be an object';
const hint = {
  type: 'message',
  role: 'developer',
  content: [{ type: 'input_text', text: 'Respond with a JSON object.' }],
};
const hi = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] };
const jsonSchema = { type: 'json_schema', name: 'a', schema: { type: 'object' } };

export const options: Section = {
  title: 'Reasoning, text and what is included',
  rows: [
    {
      field: 'reasoning.effort',
      outcome: ['map', 'drop', '400'],
      says: 'An effort that the model does not take is moved to the nearest weaker one it takes, and that is declared; a word that nobody knows goes out as it is.',
      cases: [
        { sends: { reasoning: { effort: 'high' } }, upstream: { reasoning: { effort: 'high' } } },
        {
          sends: { reasoning: { effort: 'minimal' } },
          upstream: { reasoning: { effort: 'low' } },
          warns: 'clamped=reasoning.effort',
        },
        {
          sends: { reasoning: { effort: 'max' } },
          upstream: { reasoning: { effort: 'xhigh' } },
          warns: 'clamped=reasoning.effort',
        },
        { sends: { reasoning: { effort: 'persistent' } }, upstream: { reasoning: { effort: 'persistent' } } },
        {
          sends: { reasoning: { effort: 'low' } },
          setting: {
            words: 'the operator has pinned the effort high',
            context: { model: { pinnedEffort: 'high' } },
          },
          upstream: { reasoning: { effort: 'high' } },
          warns: 'pinned=reasoning.effort',
        },
        { sends: { reasoning: { effort: null } }, upstream: {} },
        {
          sends: { reasoning: { effort: '' } },
          refused: invalid('reasoning.effort', 'it must be a non-empty string'),
        },
        { sends: { reasoning: { effort: 3 } }, refused: invalid('reasoning.effort', 'it must be a string') },
        { sends: { reasoning: 'high' }, refused: invalid('reasoning', object) },
        { golden: 'everything-echoed', stream: '"reasoning":{"effort":"low","summary":"auto"}' },
      ],
    },
    {
      field: 'reasoning_effort',
      outcome: ['map', 'drop', '400'],
      says: 'The name of the Chat API means the same; when both are there they have to agree.',
      cases: [
        { sends: { reasoning_effort: 'low' }, upstream: { reasoning: { effort: 'low' } } },
        {
          sends: { reasoning_effort: 'low', reasoning: { effort: 'low' } },
          upstream: { reasoning: { effort: 'low' } },
        },
        {
          sends: { reasoning_effort: 'minimal' },
          upstream: { reasoning: { effort: 'low' } },
          warns: 'clamped=reasoning_effort',
        },
        { sends: { reasoning_effort: null }, upstream: {} },
        {
          sends: { reasoning_effort: 'low', reasoning: { effort: 'high' } },
          refused: invalid('reasoning_effort', "it is 'low', but 'reasoning.effort' is 'high'"),
        },
      ],
    },
    {
      field: 'reasoning.summary',
      outcome: ['map', '400'],
      says: 'Sent as it is; none is asked for when the request does not.',
      cases: [
        {
          sends: { reasoning: { summary: 'detailed' } },
          upstream: { reasoning: { summary: 'detailed' } },
        },
        {
          sends: { reasoning: { summary: true } },
          refused: invalid('reasoning.summary', "it must be one of 'auto', 'concise', 'detailed'"),
        },
        { golden: 'reasoning-then-text', stream: 'event: response.reasoning_summary_text.delta' },
      ],
    },
    {
      field: 'reasoning.generate_summary',
      outcome: ['map'],
      says: 'The old name of `summary`, which wins.',
      cases: [
        {
          sends: { reasoning: { generate_summary: 'auto' } },
          upstream: { reasoning: { summary: 'auto' } },
        },
        {
          sends: { reasoning: { generate_summary: 'auto', summary: 'concise' } },
          upstream: { reasoning: { summary: 'concise' } },
        },
      ],
    },
    {
      field: 'reasoning.context',
      outcome: ['map', 'drop'],
      says: '`auto` is what happens anyway; the Codex CLI sends `all_turns`.',
      cases: [
        {
          sends: { reasoning: { context: 'all_turns' } },
          upstream: { reasoning: { context: 'all_turns' } },
        },
        { sends: { reasoning: { context: 'auto' } }, upstream: {} },
      ],
    },
    {
      field: 'reasoning.mode',
      outcome: ['drop+warn', 'drop'],
      says: 'The upstream knows no modes; `standard` is the only one there is.',
      cases: [
        { sends: { reasoning: { mode: 'pro' } }, upstream: {}, warns: 'dropped=reasoning.mode' },
        { sends: { reasoning: { mode: 'standard' } }, upstream: {} },
      ],
    },
    {
      field: 'text.format',
      outcome: ['map', 'drop', '400'],
      says: 'Text is the default. The upstream wants the word JSON in a message beside `json_object`: a developer message says it when none does.',
      cases: [
        { sends: { text: { format: { type: 'text' } } }, upstream: {} },
        {
          sends: { text: { format: { ...jsonSchema, strict: true, description: 'An a.' } } },
          upstream: { text: { format: { ...jsonSchema, description: 'An a.', strict: true } } },
        },
        {
          sends: { text: { format: { type: 'json_object' } } },
          upstream: { input: [hint, hi], text: { format: { type: 'json_object' } } },
        },
        {
          sends: { text: { format: { type: 'json_object' } }, input: 'In json, please.' },
          upstream: {
            input: [{ ...hi, content: [{ type: 'input_text', text: 'In json, please.' }] }],
            text: { format: { type: 'json_object' } },
          },
        },
        {
          sends: { text: { format: { type: 'xml' } } },
          refused: unavailable('text.format.type', "the format 'xml' is not available here"),
        },
        {
          sends: { text: { format: { type: 'json_schema', name: 'a' } } },
          refused: missing('text.format.schema'),
        },
        { sends: { text: 'json' }, refused: invalid('text', object) },
        { golden: 'everything-echoed', stream: '"format":{"type":"json_schema","name":"x"' },
      ],
    },
    {
      field: 'text.format.json_schema',
      outcome: ['map'],
      says: 'The nesting of Chat Completions means the same.',
      cases: [
        {
          sends: { text: { format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } } },
          upstream: { text: { format: { type: 'json_schema', name: 'a', schema: {} } } },
        },
      ],
    },
    {
      field: 'text.verbosity',
      outcome: ['map', '400'],
      says: 'Sent as it is.',
      cases: [
        { sends: { text: { verbosity: 'low' } }, upstream: { text: { verbosity: 'low' } } },
        {
          sends: { text: { verbosity: 1 } },
          refused: invalid('text.verbosity', "it must be one of 'low', 'medium', 'high'"),
        },
      ],
    },
    {
      field: 'include',
      outcome: ['map', 'drop', 'drop+warn', '400'],
      says: 'Sealed reasoning is always asked for, sources beside a web search; what the upstream does not know is left out.',
      cases: [
        { sends: { include: ['reasoning.encrypted_content'] }, upstream: {} },
        {
          sends: { include: ['web_search_call.action.sources', 'web_search_call.results'] },
          upstream: {
            include: [
              'reasoning.encrypted_content',
              'web_search_call.action.sources',
              'web_search_call.results',
            ],
          },
        },
        {
          sends: { include: ['message.output_text.logprobs'] },
          upstream: {},
          warns: 'dropped=include',
        },
        { sends: { include: 'all' }, refused: invalid('include', 'it must be an array') },
        { sends: { include: [5] }, refused: invalid('include[0]', 'it must be a string') },
      ],
    },
  ],
};
