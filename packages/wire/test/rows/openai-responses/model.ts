import { invalid, missing, type Section } from '../row.ts';

const prompt = {
  type: 'message',
  role: 'developer',
  content: [{ type: 'input_text', text: 'Be brief.' }],
} as const;
const hi = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] } as const;

export const model: Section = {
  title: 'Model and instructions',
  rows: [
    {
      field: 'model',
      outcome: ['map', '400'],
      says: 'The name is resolved (aliases, presets, prefixes, efforts); the answer echoes it as it was asked for.',
      cases: [
        {
          sends: { model: 'openai/gpt-5.5-high' },
          setting: {
            words: 'it means gpt-5.5 with the effort high',
            context: { model: { slug: 'gpt-5.5', effort: 'high' } },
          },
          upstream: { reasoning: { effort: 'high' } },
        },
        { sends: { model: undefined }, refused: missing('model') },
        { sends: { model: '' }, refused: invalid('model', 'it must be a non-empty string') },
        { sends: { model: 5 }, refused: invalid('model', 'it must be a string') },
        { golden: 'text', stream: '"model":"openai/gpt-5.5"' },
      ],
    },
    {
      field: 'model@preset',
      outcome: ['map'],
      says: 'What a preset sets is used where the request says nothing.',
      cases: [
        {
          sends: { model: 'gpt-5.5@terse' },
          setting: {
            words: 'the preset terse sets all there is',
            context: {
              model: {
                slug: 'gpt-5.5',
                effort: 'low',
                preset: {
                  summary: 'concise',
                  verbosity: 'low',
                  serviceTier: 'priority',
                  instructions: 'Be brief.',
                },
              },
            },
          },
          upstream: {
            instructions: 'Be brief.',
            reasoning: { effort: 'low', summary: 'concise' },
            text: { verbosity: 'low' },
            service_tier: 'priority',
          },
        },
        {
          sends: {
            model: 'gpt-5.5@terse',
            instructions: 'Be long.',
            reasoning: { effort: 'high', summary: 'detailed' },
            text: { verbosity: 'high' },
            service_tier: 'default',
          },
          setting: {
            words: 'the preset terse sets all there is',
            context: {
              model: {
                slug: 'gpt-5.5',
                effort: 'low',
                preset: {
                  summary: 'concise',
                  verbosity: 'low',
                  serviceTier: 'priority',
                  instructions: 'Be brief.',
                },
              },
            },
          },
          upstream: {
            instructions: 'Be long.',
            reasoning: { effort: 'high', summary: 'detailed' },
            text: { verbosity: 'high' },
          },
        },
      ],
    },
    {
      field: 'instructions',
      outcome: ['map', 'drop', '400'],
      says: 'Missing or blank, they become `You are a helpful assistant.`, since the upstream demands some; the answer repeats only what the client said.',
      cases: [
        { sends: { instructions: 'Be brief.' }, upstream: { instructions: 'Be brief.' } },
        { sends: { instructions: null }, upstream: {} },
        { sends: { instructions: ' \n' }, upstream: {} },
        { sends: { instructions: ['Be brief.'] }, refused: invalid('instructions', 'it must be a string') },
        { golden: 'text', stream: '"instructions":null' },
        { golden: 'everything-echoed', stream: '"instructions":"Be brief."' },
      ],
    },
    {
      field: 'instructions, beside a leading developer message',
      outcome: ['map', 'local'],
      says: 'Nothing is added when the first message comes from the developer: it is the prompt, as in the Codex CLI.',
      cases: [
        {
          sends: { input: [{ role: 'developer', content: 'Be brief.' }] },
          upstream: {
            instructions: '',
            input: [
              { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
            ],
          },
        },
        {
          sends: {
            input: [
              { type: 'additional_tools', role: 'developer', tools: [] },
              { role: 'developer', content: 'Be brief.' },
            ],
          },
          upstream: {
            instructions: '',
            input: [
              { type: 'additional_tools', role: 'developer', tools: [] },
              { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
            ],
          },
        },
        {
          beside: { input: [{ role: 'developer', content: 'Be brief.' }] },
          sends: { instructions: 'Be long.' },
          upstream: { instructions: 'Be long.' },
        },
        {
          sends: { previous_response_id: 'resp_1' },
          setting: {
            words: 'the conversation that is gone on from begins so',
            recalled: { history: [prompt, hi] },
          },
          upstream: { instructions: '', input: [prompt, hi, hi] },
          here: { recallsResponse: 'resp_1' },
        },
        {
          sends: {
            input: [
              { role: 'user', content: 'Hi.' },
              { role: 'developer', content: 'Be brief.' },
            ],
          },
          upstream: {
            input: [
              { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] },
              { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
            ],
          },
        },
      ],
    },
  ],
};
