import { inputText, said } from '../items.ts';
import { invalid, missing, refused, type Members, type Refused, type Section } from '../row.ts';

const png = 'data:image/png;base64,iVBORw0KGgo=';
const pdf = 'data:application/pdf;base64,JVBERi0=';
const at = 'messages[0].content[1]';

/** A message with one part behind a text. */
const withPart = (part: Members): Members => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'See.' }, part] }],
});
const sent = (part: Members): Members => ({ input: [said('user', inputText('See.'), part)] });
const image = (image_url: string, detail: string): Members => ({ type: 'input_image', image_url, detail });
const badUrl = (param: string): Refused =>
  invalid(param, 'it must be an http(s) URL, or a data: URL with an image in base64');
const noFiles = (param: string): Refused =>
  refused(
    'unsupported_value',
    param,
    `Invalid value for '${param}': nothing is stored here, send the data itself.`,
  );
const notHere = (type: string): Refused =>
  refused(
    'unsupported_value',
    `${at}.type`,
    `Invalid value for '${at}.type': content of type '${type}' is not available here.`,
  );

export const media: Section = {
  title: 'Images and files',
  rows: [
    {
      field: 'messages[].content[].type: image_url',
      outcome: ['map', '400'],
      says: 'Sent as it is, with `detail` (`auto` when there is none); the upstream fetches `https:` URLs itself, unless the operator has the gateway do it (`FETCH_CLIENT_URLS`).',
      cases: [
        {
          sends: withPart({ type: 'image_url', image_url: { url: png, detail: 'low' } }),
          upstream: sent(image(png, 'low')),
        },
        {
          sends: withPart({ type: 'image_url', image_url: { url: 'https://a.b/c.png' } }),
          upstream: sent(image('https://a.b/c.png', 'auto')),
        },
        {
          sends: withPart({ type: 'image_url', image_url: { url: 'https://a.b/c.png', detail: 'original' } }),
          upstream: sent(image('https://a.b/c.png', 'original')),
        },
        {
          sends: withPart({ type: 'image_url', image_url: png }),
          upstream: sent(image(png, 'auto')),
        },
        {
          sends: withPart({ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }),
          refused: badUrl(`${at}.image_url.url`),
        },
        {
          sends: withPart({ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }),
          refused: badUrl(`${at}.image_url.url`),
        },
        { sends: withPart({ type: 'image_url', image_url: pdf }), refused: badUrl(`${at}.image_url`) },
        { sends: withPart({ type: 'image_url', image_url: {} }), refused: missing(`${at}.image_url.url`) },
        { sends: withPart({ type: 'image_url' }), refused: missing(`${at}.image_url`) },
      ],
    },
    {
      field: 'messages[].content[].type: input_image',
      outcome: ['map', '400'],
      says: 'The form of the Responses API.',
      cases: [
        {
          sends: withPart({ type: 'input_image', image_url: png, detail: 'high' }),
          upstream: sent(image(png, 'high')),
        },
        {
          sends: withPart({ type: 'input_image', file_id: 'file-1' }),
          refused: noFiles(`${at}.file_id`),
        },
      ],
    },
    {
      field: 'messages[].content[].type: file',
      outcome: ['map', '400'],
      says: 'The data goes along; bare base64 is taken for a PDF. There are no uploaded files to refer to.',
      cases: [
        {
          sends: withPart({ type: 'file', file: { file_data: pdf, filename: 'a.pdf' } }),
          upstream: sent({ type: 'input_file', filename: 'a.pdf', file_data: pdf }),
        },
        {
          sends: withPart({ type: 'file', file: { file_data: 'JVBERi0=' } }),
          upstream: sent({ type: 'input_file', filename: 'file.pdf', file_data: pdf }),
        },
        {
          sends: withPart({ type: 'file', file: { file_id: 'file-1' } }),
          refused: noFiles(`${at}.file.file_id`),
        },
        { sends: withPart({ type: 'file', file: {} }), refused: missing(`${at}.file.file_data`) },
        {
          sends: withPart({ type: 'file', file: { file_data: '' } }),
          refused: invalid(`${at}.file.file_data`, 'it must not be empty'),
        },
        {
          sends: withPart({ type: 'file', file: { file_data: 'data:application/pdf;base64,' } }),
          refused: invalid(`${at}.file.file_data`, 'it must not be empty'),
        },
        { sends: withPart({ type: 'file' }), refused: missing(`${at}.file`) },
      ],
    },
    {
      field: 'messages[].content[].type: input_file',
      outcome: ['map', '400'],
      says: 'The form of the Responses API, which also knows `file_url`.',
      cases: [
        {
          sends: withPart({ type: 'input_file', file_data: pdf, filename: 'a.pdf' }),
          upstream: sent({ type: 'input_file', filename: 'a.pdf', file_data: pdf }),
        },
        {
          sends: withPart({ type: 'input_file', file_url: 'https://a.b/c.pdf' }),
          upstream: sent({ type: 'input_file', file_url: 'https://a.b/c.pdf' }),
        },
        {
          sends: withPart({ type: 'input_file', file_url: 'file:///etc/passwd' }),
          refused: invalid(`${at}.file_url`, 'it must be an http(s) URL'),
        },
      ],
    },
    {
      field: 'messages[].content[].type: input_audio',
      outcome: ['400'],
      says: 'The upstream hears nothing.',
      cases: [
        {
          sends: withPart({ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }),
          refused: notHere('input_audio'),
        },
      ],
    },
    {
      field: 'messages[].content[].type',
      outcome: ['400'],
      says: 'Other parts (videos, …) cannot be sent.',
      cases: [
        { sends: withPart({ type: 'video_url' }), refused: notHere('video_url') },
        { sends: withPart({ type: 'constructor' }), refused: notHere('constructor') },
      ],
    },
  ],
};
