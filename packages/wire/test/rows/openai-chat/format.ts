import { hi, inputText, said } from '../items.ts';
import { invalid, missing, refused, type Section } from '../row.ts';

const schema = { type: 'object', properties: { a: { type: 'number' } } };
const hint = said('developer', inputText('Respond with a JSON object.'));
const json = { showsComments: false, separator: '' };
const badName = 'it must be 1 to 64 letters, digits, underscores or dashes';

export const format: Section = {
  title: 'Format of the text',
  about:
    'Nothing may stand before or between the texts of an answer that has to be JSON: comments of the model on its work are told as reasoning then.',
  rows: [
    {
      field: 'response_format',
      outcome: ['drop', '400'],
      says: 'None, and `text`, ask for what the upstream does anyway.',
      cases: [
        { sends: { response_format: null }, upstream: {} },
        { sends: { response_format: { type: 'text' } }, upstream: {} },
        { sends: { response_format: 'json' }, refused: invalid('response_format', 'it must be an object') },
        { sends: { response_format: {} }, refused: missing('response_format.type') },
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
    {
      field: 'response_format.type: json_schema',
      outcome: ['map', 'local', '400'],
      says: 'The members of `json_schema` stand one level higher upstream; they are also taken where the Responses API has them.',
      cases: [
        {
          sends: {
            response_format: {
              type: 'json_schema',
              json_schema: { name: 'a', description: 'An a.', schema, strict: true },
            },
          },
          upstream: {
            text: { format: { type: 'json_schema', name: 'a', description: 'An a.', schema, strict: true } },
          },
          here: json,
        },
        {
          sends: { response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } },
          upstream: { text: { format: { type: 'json_schema', name: 'a', schema } } },
          here: json,
        },
        {
          sends: { response_format: { type: 'json_schema', name: 'a', schema, strict: false } },
          upstream: { text: { format: { type: 'json_schema', name: 'a', schema, strict: false } } },
          here: json,
        },
        {
          sends: { response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } },
          beside: { verbosity: 'low' },
          upstream: { text: { verbosity: 'low', format: { type: 'json_schema', name: 'a', schema } } },
          here: json,
        },
        {
          sends: { response_format: { type: 'json_schema' } },
          refused: missing('response_format.json_schema'),
        },
        {
          sends: { response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
          refused: missing('response_format.json_schema.schema'),
        },
        {
          sends: { response_format: { type: 'json_schema', schema } },
          refused: missing('response_format.name'),
        },
        {
          sends: { response_format: { type: 'json_schema', json_schema: { name: 'an a', schema } } },
          refused: invalid('response_format.json_schema.name', badName),
        },
        {
          sends: { response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: 1 } } },
          refused: invalid('response_format.json_schema.strict', 'it must be a boolean'),
        },
        {
          golden: 'json-with-commentary',
          stream: '"delta":{"reasoning_content":"Let me "}',
          reply: '"content":"{\\"a\\":1}"',
        },
      ],
    },
    {
      field: 'response_format.type: json_object',
      outcome: ['map', 'local'],
      says: 'The upstream wants the word JSON in a message: a developer message says it first, unless the first message does.',
      cases: [
        {
          sends: { response_format: { type: 'json_object' } },
          upstream: { input: [hint, hi], text: { format: { type: 'json_object' } } },
          here: json,
        },
        {
          sends: {
            response_format: { type: 'json_object' },
            messages: [{ role: 'user', content: 'Hi, as JSON.' }],
          },
          upstream: {
            input: [said('user', inputText('Hi, as JSON.'))],
            text: { format: { type: 'json_object' } },
          },
          here: json,
        },
        {
          sends: {
            response_format: { type: 'json_object' },
            messages: [
              { role: 'system', content: 'Speak JSON.' },
              { role: 'user', content: 'Hi.' },
            ],
          },
          upstream: {
            instructions: 'Speak JSON.',
            input: [hint, hi],
            text: { format: { type: 'json_object' } },
          },
          here: json,
        },
      ],
    },
  ],
};
