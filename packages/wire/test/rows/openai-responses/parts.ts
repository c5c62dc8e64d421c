import { invalid, missing, unavailable, type Section } from '../row.ts';

const notStored = 'nothing is stored here, send the data itself';
const noImage = 'it must be an http(s) URL, or a data: URL with an image in base64';

const png = 'data:image/png;base64,iVBORw0KGgo=';
const pdf = 'data:application/pdf;base64,JVBERg==';

/** What a user says in these parts. */
function says(...content: readonly unknown[]) {
  return { input: [{ role: 'user', content }] };
}

/** The same as the upstream gets it. */
function heard(...content: readonly unknown[]) {
  return { input: [{ type: 'message', role: 'user', content }] };
}

function answered(...content: readonly unknown[]) {
  return { input: [{ role: 'assistant', content }] };
}

function repeated(...content: readonly unknown[]) {
  return { input: [{ type: 'message', role: 'assistant', content }] };
}

function unsupported(type: string) {
  return unavailable('input[0].content[0].type', `content of type '${type}' is not available here`);
}

const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
const result = { type: 'function_call_output', call_id: 'c' };
const sealedOutput = {
  input: [
    call,
    {
      ...result,
      output: [
        { type: 'encrypted_content', encrypted_content: 'gAAAA' },
        { type: 'input_text', text: 'ok' },
      ],
    },
  ],
};

export const parts: Section = {
  title: 'Content of messages and of tool outputs',
  about:
    'Members of a part that are not named here are not sent: the upstream refuses `prompt_cache_breakpoint` in any part.',
  rows: [
    {
      field: 'input[].content: a text',
      outcome: ['map', '400'],
      says: 'One part, of the type that fits the role.',
      cases: [
        {
          sends: { input: [{ role: 'user', content: 'Ho.' }] },
          upstream: heard({ type: 'input_text', text: 'Ho.' }),
        },
        {
          sends: { input: [{ role: 'assistant', content: 'Ho.' }] },
          upstream: repeated({ type: 'output_text', text: 'Ho.' }),
        },
        { sends: { input: [{ role: 'user' }] }, refused: missing('input[0].content') },
        {
          sends: { input: [{ role: 'user', content: 5 }] },
          refused: invalid('input[0].content', 'it must be a string or an object or an array'),
        },
      ],
    },
    {
      field: 'input[].content: one part, or bare texts in a list',
      outcome: ['map'],
      says: 'Some clients leave the list or the part out; it is put back.',
      cases: [
        {
          sends: { input: [{ role: 'user', content: { type: 'input_text', text: 'Ho.' } }] },
          upstream: heard({ type: 'input_text', text: 'Ho.' }),
        },
        {
          sends: says('Ho.', 'Ha.'),
          upstream: heard({ type: 'input_text', text: 'Ho.' }, { type: 'input_text', text: 'Ha.' }),
        },
      ],
    },
    {
      field: 'input[].content[].type: input_text, output_text, text',
      outcome: ['map', '400'],
      says: 'The type is corrected by the role: the upstream takes `output_text` from the assistant alone, and nothing else from it.',
      cases: [
        {
          sends: says(
            { type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } },
            { type: 'output_text', text: 'b', annotations: [] },
            { type: 'text', text: 'c' },
          ),
          upstream: heard(
            { type: 'input_text', text: 'a' },
            { type: 'input_text', text: 'b' },
            { type: 'input_text', text: 'c' },
          ),
        },
        {
          sends: answered(
            { type: 'input_text', text: 'a' },
            { type: 'output_text', text: 'b', annotations: [], logprobs: [] },
            { type: 'text', text: 'c' },
          ),
          upstream: repeated(
            { type: 'output_text', text: 'a' },
            { type: 'output_text', text: 'b' },
            { type: 'output_text', text: 'c' },
          ),
        },
        { sends: says({ type: 'input_text' }), refused: missing('input[0].content[0].text') },
        { sends: says({ text: 'a' }), refused: missing('input[0].content[0].type') },
      ],
    },
    {
      field: 'input[].content[].type: refusal',
      outcome: ['map', '400'],
      says: 'Only the assistant refuses.',
      cases: [
        {
          sends: answered({ type: 'refusal', refusal: 'No.' }),
          upstream: repeated({ type: 'refusal', refusal: 'No.' }),
        },
        { sends: says({ type: 'refusal', refusal: 'No.' }), refused: unsupported('refusal') },
      ],
    },
    {
      field: 'input[].content[].type: input_image, image_url',
      outcome: ['map', '400'],
      says: 'Data and https URLs, with `detail`; the nesting of Chat Completions means the same. There are no uploaded files, and the assistant shows no images.',
      cases: [
        {
          sends: says({ type: 'input_image', image_url: png, detail: 'high' }),
          upstream: heard({ type: 'input_image', image_url: png, detail: 'high' }),
        },
        {
          sends: says({ type: 'input_image', image_url: 'https://example.com/a.png' }),
          upstream: heard({ type: 'input_image', image_url: 'https://example.com/a.png' }),
        },
        {
          sends: says({ type: 'image_url', image_url: { url: png, detail: 'low' } }),
          upstream: heard({ type: 'input_image', image_url: png, detail: 'low' }),
        },
        {
          sends: says({ type: 'input_image', file_id: 'file_1' }),
          refused: unavailable('input[0].content[0].file_id', notStored),
        },
        {
          sends: says({ type: 'input_image', image_url: 'file:///etc/passwd' }),
          refused: invalid('input[0].content[0].image_url', noImage),
        },
        {
          sends: says({ type: 'image_url', image_url: { url: 'a.png' } }),
          refused: invalid('input[0].content[0].image_url.url', noImage),
        },
        { sends: says({ type: 'input_image' }), refused: missing('input[0].content[0].image_url') },
        {
          sends: answered({ type: 'input_image', image_url: png }),
          refused: unsupported('input_image'),
        },
      ],
    },
    {
      field: 'input[].content[].type: input_file',
      outcome: ['map', '400'],
      says: 'Data or a URL; bare base64 is taken for a PDF. There are no uploaded files.',
      cases: [
        {
          sends: says({ type: 'input_file', filename: 'a.pdf', file_data: pdf }),
          upstream: heard({ type: 'input_file', filename: 'a.pdf', file_data: pdf }),
        },
        {
          sends: says({ type: 'input_file', file_data: 'JVBERg==' }),
          upstream: heard({ type: 'input_file', filename: 'file.pdf', file_data: pdf }),
        },
        {
          sends: says({ type: 'input_file', file_url: 'https://example.com/a.pdf' }),
          upstream: heard({ type: 'input_file', file_url: 'https://example.com/a.pdf' }),
        },
        {
          sends: says({ type: 'input_file', file_id: 'file_1' }),
          refused: unavailable('input[0].content[0].file_id', notStored),
        },
        {
          sends: says({ type: 'input_file', file_url: 'file:///etc/passwd' }),
          refused: invalid('input[0].content[0].file_url', 'it must be an http(s) URL'),
        },
        {
          sends: says({ type: 'input_file', file_data: '' }),
          refused: invalid('input[0].content[0].file_data', 'it must not be empty'),
        },
        {
          sends: says({ type: 'input_file', filename: 'a.pdf' }),
          refused: missing('input[0].content[0].file_data'),
        },
      ],
    },
    {
      field: 'input[].content[].type: input_audio and all others',
      outcome: ['400'],
      says: 'What cannot be sent is refused: to leave a part out would change the question.',
      cases: [
        {
          sends: says({ type: 'input_audio', input_audio: { data: '', format: 'mp3' } }),
          refused: unsupported('input_audio'),
        },
        { sends: says({ type: 'input_video' }), refused: unsupported('input_video') },
      ],
    },
    {
      field: 'input[].output: encrypted_content, scoped_content',
      outcome: ['map', '400'],
      says: 'Parts of a tool output that only the upstream reads are handed on; in messages there are none.',
      cases: [
        {
          beside: { tools: [{ type: 'function', name: 'f' }], input: [call, { ...result, output: 'ok' }] },
          sends: sealedOutput,
          upstream: sealedOutput,
        },
        {
          sends: says({ type: 'scoped_content', content: 'x' }),
          refused: unsupported('scoped_content'),
        },
      ],
    },
  ],
};
