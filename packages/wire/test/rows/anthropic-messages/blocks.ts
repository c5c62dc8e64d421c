import { inputText as text } from '../items.ts';
import type { Section } from '../row.ts';
import {
  absent,
  answered,
  asked,
  assistant,
  blocks,
  developer,
  elsewhere,
  pdf,
  pdfPart,
  png,
  pngPart,
  said,
  followed,
  unheardOf,
  user,
  wrong,
} from './pieces.ts';

const noFiles = 'files of the Files API are not available here, send the content itself';
const notFetchable = 'only http, https and data URLs are accepted';
const on = { role: 'user', content: 'On.' };

/** A block of an assistant, and what it adds. */
function spoken(block: unknown, items: readonly unknown[], warns?: string) {
  return {
    sends: { messages: [{ role: 'user', content: 'Hi.' }, assistant(block), on] },
    beside: { messages: [{ role: 'user', content: 'Hi.' }, on] },
    upstream: items.length === 0 ? {} : { input: [said('Hi.'), ...items, said('On.')] },
    ...(warns !== undefined && { warns }),
  };
}

export const content: Section = {
  title: 'Content of a user',
  about: 'The same blocks stand in tool results. Of `cache_control` and `citations` nothing goes upstream.',
  rows: [
    {
      field: 'messages[].content[].type: text',
      outcome: ['map', 'drop', '400'],
      says: 'An empty one is left out, which the upstream would refuse.',
      cases: [
        asked({ type: 'text', text: 'This.', cache_control: { type: 'ephemeral' } }, [text('This.')]),
        asked({ type: 'text', text: '' }, []),
        { sends: blocks({ type: 'text' }), refused: absent('messages.0.content.0.text') },
        { sends: blocks({ text: 'x' }), refused: absent('messages.0.content.0.type') },
      ],
    },
    {
      field: 'messages[].content[].type: image',
      outcome: ['map', '400'],
      says: 'As a data URL, or by its URL.',
      cases: [
        asked(png, [pngPart]),
        asked({ type: 'image', source: { ...png.source, data: 'aW\n1n\n' } }, [pngPart]),
        asked({ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }, [
          { ...pngPart, image_url: 'https://example.com/a.png' },
        ]),
        { sends: blocks({ type: 'image' }), refused: absent('messages.0.content.0.source') },
        {
          sends: blocks({ type: 'image', source: { ...png.source, data: '' } }),
          refused: wrong(
            'messages.0.content.0.source.data',
            'it must be base64, without a data: URL around it',
          ),
        },
        {
          sends: blocks({ type: 'image', source: { ...png.source, data: 'data:image/png;base64,aW1n' } }),
          refused: wrong(
            'messages.0.content.0.source.data',
            'it must be base64, without a data: URL around it',
          ),
        },
        {
          sends: blocks({ type: 'image', source: { ...png.source, media_type: 'text/html' } }),
          refused: wrong(
            'messages.0.content.0.source.media_type',
            'it must be the type of an image: image/png, for example',
          ),
        },
        {
          sends: blocks({ type: 'image', source: { type: 'url', url: 'file:///etc/passwd' } }),
          refused: wrong('messages.0.content.0.source.url', notFetchable),
        },
        {
          sends: blocks({ type: 'image', source: { type: 'file', file_id: 'file_1' } }),
          refused: elsewhere('messages.0.content.0.source.file_id', noFiles),
        },
        {
          sends: blocks({ type: 'image', source: { type: 'tape' } }),
          refused: wrong('messages.0.content.0.source.type', "it must be one of 'base64', 'url', 'file'"),
        },
      ],
    },
    {
      field: 'messages[].content[].type: document',
      outcome: ['map', '400'],
      says: 'A PDF goes as a file; a text with its title and context before it; nested content as texts and images.',
      cases: [
        asked(pdf, [pdfPart]),
        asked({ ...pdf, title: 'named.pdf', citations: { enabled: true } }, [
          { ...pdfPart, filename: 'named.pdf' },
        ]),
        asked({ type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } }, [
          { type: 'input_file', file_url: 'https://example.com/a.pdf' },
        ]),
        asked(
          {
            type: 'document',
            title: 'Notes',
            context: 'Of a meeting.',
            source: { type: 'text', media_type: 'text/plain', data: 'We met.' },
          },
          [text('Notes\nOf a meeting.\nWe met.')],
        ),
        asked(
          {
            type: 'document',
            title: 'Mixed',
            source: { type: 'content', content: [{ type: 'text', text: 'One.' }, png] },
          },
          [text('Mixed'), text('One.'), pngPart],
        ),
        asked({ type: 'document', source: { type: 'content', content: 'Just text.' } }, [text('Just text.')]),
        {
          sends: blocks({ type: 'document', source: { ...pdf.source, data: '' } }),
          refused: wrong(
            'messages.0.content.0.source.data',
            'it must be base64, without a data: URL around it',
          ),
        },
        {
          sends: blocks({ type: 'document', source: { type: 'url', url: 'ftp://example.com' } }),
          refused: wrong('messages.0.content.0.source.url', notFetchable),
        },
        {
          sends: blocks({ type: 'document', source: { type: 'file', file_id: 'file_1' } }),
          refused: elsewhere('messages.0.content.0.source.file_id', noFiles),
        },
        {
          sends: blocks({
            type: 'document',
            source: { type: 'content', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] },
          }),
          refused: elsewhere('messages.0.content.0.source.content.0.source.file_id', noFiles),
        },
      ],
    },
    {
      field: 'messages[].content[].type: search_result',
      outcome: ['map', '400'],
      says: 'As text, with its title and source as a link before it.',
      cases: [
        asked(
          {
            type: 'search_result',
            title: 'Rain',
            source: 'https://example.com',
            content: [
              { type: 'text', text: 'It rains.' },
              { type: 'text', text: 'A lot.' },
            ],
          },
          [text('[Rain](https://example.com)\nIt rains.\nA lot.')],
        ),
        {
          sends: blocks({ type: 'search_result', title: 'Rain', source: 'x' }),
          refused: absent('messages.0.content.0.content'),
        },
      ],
    },
    {
      field: 'messages[].content[].type: browser_state',
      outcome: ['map'],
      says: 'As the JSON that it is.',
      cases: [
        asked({ type: 'browser_state', tabs: [{ id: 1 }] }, [
          text('{"type":"browser_state","tabs":[{"id":1}]}'),
        ]),
      ],
    },
    {
      field: 'messages[].content[].type: any other',
      outcome: ['drop+warn', 'drop'],
      says: 'A block that nobody knows is never refused, also not for strict keys; one that belongs to the other role only for those.',
      cases: [
        unheardOf('container_upload', asked({ type: 'container_upload', file_id: 'f' }, [])),
        unheardOf('invented_later', asked({ type: 'invented_later' }, [])),
        asked({ type: 'no name at all' }, []),
        asked({ type: 'thinking', thinking: '', signature: '' }, [], 'dropped=thinking'),
      ],
    },
  ],
};

export const history: Section = {
  title: 'Content of an assistant',
  rows: [
    {
      field: 'messages[].content[].type: text, of an assistant',
      outcome: ['map', 'drop'],
      says: 'As the model’s own words; an empty one is left out.',
      cases: [
        spoken({ type: 'text', text: 'Hello.', citations: null }, [answered('Hello.')]),
        spoken({ type: 'text', text: '' }, []),
      ],
    },
    {
      field: 'messages[].content[].type: tool_use',
      outcome: ['map', '400'],
      says: 'A call, its input as JSON text and its name as the upstream knows it.',
      cases: [
        {
          ...followed(
            [
              assistant({
                type: 'tool_use',
                id: 'c',
                name: 'get.weather',
                input: { b: 1, a: 2 },
                caller: { type: 'direct' },
              }),
              user({ type: 'tool_result', tool_use_id: 'c', content: 'Rain.' }),
            ],
            [
              {
                type: 'function_call',
                call_id: 'c',
                name: 'get_weather_f65d4328',
                arguments: '{"b":1,"a":2}',
              },
              { type: 'function_call_output', call_id: 'c', output: 'Rain.' },
            ],
          ),
          beside: { tools: [{ name: 'other', input_schema: {} }] },
          here: { recallsCalls: ['c'] },
        },
        {
          sends: { messages: [assistant({ type: 'tool_use', id: 'c', name: '', input: {} })] },
          refused: wrong('messages.0.content.0.name', 'it must be a non-empty string'),
        },
        {
          sends: { messages: [assistant({ type: 'tool_use', name: 'f', input: {} })] },
          refused: absent('messages.0.content.0.id'),
        },
      ],
    },
    {
      field: 'messages[].content[].type: server_tool_use, web_search_tool_result, tool_search_tool_result',
      outcome: ['drop'],
      says: 'What the model found stands in its own text; tools that a search of the API found are loaded.',
      cases: [
        spoken({ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }, []),
        spoken({ type: 'web_search_tool_result', tool_use_id: 's', content: [] }, []),
        spoken({ type: 'tool_search_tool_result', tool_use_id: 's', content: { tool_references: [] } }, []),
      ],
    },
    {
      field: 'messages[].content[].type: compaction',
      outcome: ['map', 'drop'],
      says: 'A summary that the vendor has made, as a developer message.',
      cases: [
        spoken({ type: 'compaction', content: 'They agreed.' }, [developer('They agreed.')]),
        spoken({ type: 'compaction', content: null }, []),
      ],
    },
    {
      field: 'messages[].content[].type: any other, of an assistant',
      outcome: ['drop+warn'],
      says: 'As above.',
      cases: [
        unheardOf('mcp_tool_use', spoken({ type: 'mcp_tool_use', id: 'm' }, [])),
        unheardOf('code_execution_tool_result', spoken({ type: 'code_execution_tool_result' }, [])),
        unheardOf('fallback', spoken({ type: 'fallback' }, [])),
        spoken(png, [], 'dropped=image'),
      ],
    },
  ],
};

const uses = assistant({ type: 'tool_use', id: 'c', name: 'f', input: {} });

/** The result of the one call, and the output that it becomes. */
function resulting(result: object, expected: unknown) {
  const base = [{ role: 'user', content: 'Hi.' }, uses];
  return {
    sends: { messages: [...base, user({ type: 'tool_result', tool_use_id: 'c', ...result })] },
    beside: {
      tools: [{ name: 'f', input_schema: {} }],
      messages: [...base, user({ type: 'tool_result', tool_use_id: 'c', content: 'x' })],
    },
    upstream: {
      input: [
        said('Hi.'),
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: expected },
      ],
    },
  };
}

export const results: Section = {
  title: 'Results of tools',
  rows: [
    {
      field: 'messages[].content[].type: tool_result',
      outcome: ['map', '400'],
      says: 'The output of its call: one text when there is only text, its blocks a line apart; else parts in their order, as Claude Code sends images and PDFs.',
      cases: [
        resulting({ content: 'Rain.' }, 'Rain.'),
        resulting(
          {
            content: [
              { type: 'text', text: 'one' },
              { type: 'text', text: 'two' },
            ],
          },
          'one\ntwo',
        ),
        resulting({ content: [] }, ''),
        resulting({}, ''),
        resulting({ content: [{ type: 'text', text: 'See:' }, png, pdf], is_error: false }, [
          text('See:'),
          pngPart,
          pdfPart,
        ]),
        resulting(
          {
            content: [{ type: 'search_result', title: 'Rain', source: 'https://example.com', content: [] }],
          },
          '[Rain](https://example.com)',
        ),
        {
          sends: blocks({ type: 'tool_result', content: 'x' }),
          refused: absent('messages.0.content.0.tool_use_id'),
        },
        {
          sends: blocks({ type: 'tool_result', tool_use_id: '', content: 'x' }),
          refused: wrong('messages.0.content.0.tool_use_id', 'it must be a non-empty string'),
        },
        {
          sends: blocks({ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'image' }] }),
          refused: absent('messages.0.content.0.content.0.source'),
        },
        {
          sends: blocks({
            type: 'tool_result',
            tool_use_id: 'c',
            content: [{ type: 'document', source: { type: 'file', file_id: 'f' } }],
          }),
          refused: elsewhere('messages.0.content.0.content.0.source.file_id', noFiles),
        },
      ],
    },
    {
      field: 'messages[].content[].is_error',
      outcome: ['map', '400'],
      says: 'The upstream has no flag for it, so the words must say it: `Error:` before those that do not.',
      cases: [
        resulting({ content: 'broken', is_error: true }, 'Error: broken'),
        resulting({ content: 'Error: gone', is_error: true }, 'Error: gone'),
        resulting(
          { content: '<tool_use_error>no</tool_use_error>', is_error: true },
          '<tool_use_error>no</tool_use_error>',
        ),
        resulting({ content: [png], is_error: true }, [text('Error:'), pngPart]),
        resulting({ content: [{ type: 'text', text: 'Error: see' }, png], is_error: true }, [
          text('Error: see'),
          pngPart,
        ]),
        {
          sends: blocks({ type: 'tool_result', tool_use_id: 'c', content: 'x', is_error: 'yes' }),
          refused: wrong('messages.0.content.0.is_error', 'it must be a boolean'),
        },
      ],
    },
    {
      field: 'messages[].content[].content[].type: any other',
      outcome: ['drop+warn'],
      says: 'It is left out of the output.',
      cases: [
        unheardOf(
          'invented',
          resulting({ content: [{ type: 'text', text: 'x' }, { type: 'invented' }] }, 'x'),
        ),
      ],
    },
  ],
};
