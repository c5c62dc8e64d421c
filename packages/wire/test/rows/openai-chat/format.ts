import { invalid, missing, refused, type Section } from '../row.ts';

const schema = { type: 'object', properties: { a: { type: 'number' } } };

export const format: Section = {
  title: 'Format of the answer',
  rows: [
    {
      field: 'response_format.type: text',
      outcome: ['drop'],
      says: 'Text is what the upstream writes when it is told nothing.',
      cases: [{ sends: { response_format: { type: 'text' } }, upstream: {} }],
    },
    {
      field: 'response_format.type: json_object',
      outcome: ['map', 'local'],
      says: 'The upstream wants the word JSON in a message; a developer message says it when the first message does not.',
      cases: [
        {
          sends: { response_format: { type: 'json_object' } },
          upstream: {
            input: [
              {
                type: 'message',
                role: 'developer',
                content: [{ type: 'input_text', text: 'Respond with a JSON object.' }],
              },
              { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] },
            ],
            text: { format: { type: 'json_object' } },
          },
          here: { showsComments: false, separator: '' },
        },
        { golden: 'json-with-commentary', reply: '"reasoning_content":"Let me see."' },
      ],
    },
    {
      field: 'response_format.type: json_schema',
      outcome: ['map', 'local', '400'],
      says: 'The members of `json_schema` stand one level higher upstream.',
      cases: [
        {
          sends: {
            response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
          },
          upstream: { text: { format: { type: 'json_schema', name: 'a', schema, strict: true } } },
          here: { showsComments: false, separator: '' },
        },
        {
          sends: { response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
          refused: missing('response_format.json_schema.schema'),
        },
        {
          sends: { response_format: { type: 'json_schema', json_schema: 5 } },
          refused: invalid('response_format.json_schema', 'it must be an object'),
        },
      ],
    },
    {
      field: 'response_format.type',
      outcome: ['400'],
      says: 'Other formats have no meaning upstream.',
      cases: [
        {
          sends: { response_format: { type: 'grammar' } },
          refused: refused(
            'unsupported_value',
            'response_format.type',
            "Invalid value for 'response_format.type': the format 'grammar' is not available here.",
          ),
        },
      ],
    },
  ],
};
