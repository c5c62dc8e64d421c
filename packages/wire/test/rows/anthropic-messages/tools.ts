import type { Section } from '../row.ts';
import { absent, assistant, elsewhere, functionTool, said, tool, user, wrong } from './pieces.ts';

const schema = tool.input_schema;
const strictSchema = { ...schema, required: ['city'], additionalProperties: false };
const deferred = { name: 'later', input_schema: { type: 'object', properties: {} }, defer_loading: true };
const laterTool = { type: 'function', name: 'later', parameters: deferred.input_schema, strict: false };
const search = { type: 'web_search_20250305', name: 'web_search' };
const searchTool = { type: 'web_search' };
const sources = ['reasoning.encrypted_content', 'web_search_call.action.sources'];
const isElsewhere = (type: string): string => `'${type}' is not available here`;

function functionOf(name: string, description: string, parameters: object) {
  return { type: 'function', name, description, parameters, strict: false };
}

const text = { type: 'string' };
const integer = { type: 'integer' };
const pair = { type: 'array', items: integer, minItems: 2, maxItems: 2 };

function editor(name: string, ...more: readonly string[]) {
  const command = { type: 'string', enum: ['view', 'create', 'str_replace', 'insert', ...more] };
  return functionOf(name, 'Views, creates and edits text files.', {
    type: 'object',
    properties: {
      command,
      path: text,
      file_text: text,
      old_str: text,
      new_str: text,
      insert_line: integer,
      insert_text: text,
      view_range: pair,
    },
    required: ['command', 'path'],
  });
}

const uses = assistant({ type: 'tool_use', id: 'c', name: 'ToolSearch', input: {} });
const toolSearch = { name: 'ToolSearch', input_schema: schema };
const toolSearchTool = { type: 'function', name: 'ToolSearch', parameters: schema, strict: false };

function found(...names: readonly string[]) {
  const content = names.map((tool_name) => ({ type: 'tool_reference', tool_name }));
  return user({ type: 'tool_result', tool_use_id: 'c', content });
}

const searched = [{ role: 'user', content: 'Hi.' }, uses, found()];
const searchedItems = [
  said('Hi.'),
  { type: 'function_call', call_id: 'c', name: 'ToolSearch', arguments: '{}' },
];

export const tools: Section = {
  title: 'Tools',
  rows: [
    {
      field: 'tools[].input_schema',
      outcome: ['map', '400'],
      says: 'A function tool. Of the schema `$schema` is left out, and what makes it an object is added; `cache_control`, `input_examples`, `eager_input_streaming` and other members stay here.',
      cases: [
        {
          sends: {
            tools: [
              {
                ...tool,
                type: 'custom',
                input_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema },
                cache_control: { type: 'ephemeral' },
                input_examples: [{ city: 'Oslo' }],
                eager_input_streaming: true,
              },
            ],
          },
          upstream: { tools: [functionTool] },
        },
        {
          sends: { tools: [{ type: null, name: 'now', input_schema: {} }] },
          upstream: {
            tools: [
              {
                type: 'function',
                name: 'now',
                parameters: { type: 'object', properties: {} },
                strict: false,
              },
            ],
          },
        },
        { sends: { tools: [{ name: 'f' }] }, refused: absent('tools.0.input_schema') },
        {
          sends: { tools: [{ name: 'f', input_schema: 'x' }] },
          refused: wrong('tools.0.input_schema', 'it must be an object'),
        },
        { sends: { tools: tool }, refused: wrong('tools', 'it must be an array') },
      ],
    },
    {
      field: 'tools[].name',
      outcome: ['map', '400'],
      says: 'One that the upstream does not take (longer than 64 characters, or odd) keeps its head and gets a hash; the client sees only its own.',
      cases: [
        {
          sends: { tools: [{ ...tool, name: 'get.weather' }] },
          upstream: { tools: [{ ...functionTool, name: 'get_weather_f65d4328' }] },
        },
        {
          sends: { tools: [{ ...tool, name: 'n'.repeat(128) }] },
          upstream: { tools: [{ ...functionTool, name: `${'n'.repeat(55)}_dd2411b9` }] },
        },
        { golden: 'renamed-tool', stream: '"name":"get.weather"' },
        { sends: { tools: [{ input_schema: {} }] }, refused: absent('tools.0.name') },
        {
          sends: { tools: [{ ...tool, name: '' }] },
          refused: wrong('tools.0.name', 'it must be a non-empty string'),
        },
        { sends: { tools: [tool, tool] }, refused: wrong('tools', 'tool names must be unique') },
      ],
    },
    {
      field: 'tools[].strict',
      outcome: ['map', 'drop+warn', '400'],
      says: 'As OpenAI understands it: only for a schema with closed objects that require all of their properties.',
      cases: [
        {
          sends: { tools: [{ ...tool, input_schema: strictSchema, strict: true }] },
          upstream: { tools: [{ ...functionTool, parameters: strictSchema, strict: true }] },
        },
        {
          sends: { tools: [{ ...tool, strict: true }] },
          beside: { tools: [tool] },
          upstream: {},
          warns: 'dropped=tools.strict',
        },
        {
          sends: { tools: [{ ...tool, strict: 'yes' }] },
          refused: wrong('tools.0.strict', 'it must be a boolean'),
        },
      ],
    },
    {
      field: 'tools[].allowed_callers',
      outcome: ['drop+warn', 'map'],
      says: 'A tool that the model may not call itself is left out: nothing here runs code that could.',
      cases: [
        {
          sends: { tools: [tool, { ...tool, name: 'coded', allowed_callers: ['code_execution_20250825'] }] },
          beside: { tools: [tool] },
          upstream: {},
          warns: 'dropped=tools.allowed_callers',
        },
        {
          sends: { tools: [{ ...tool, allowed_callers: ['direct', 'code_execution_20250825'] }] },
          upstream: { tools: [functionTool] },
        },
      ],
    },
    {
      field: 'tools[].defer_loading',
      outcome: ['drop', 'map'],
      says: 'Such a tool stays here until the conversation has found it. Claude Code’s stand-in for all of them, which says of itself that it must never be called, stays here for ever.',
      cases: [
        { sends: { tools: [tool, deferred] }, beside: { tools: [tool] }, upstream: {} },
        {
          sends: { tools: [tool, { ...deferred, name: 'DeferredToolPlaceholder' }] },
          beside: { tools: [tool] },
          upstream: {},
        },
        {
          sends: { tools: [tool, { ...deferred, name: 'DeferredToolPlaceholder', defer_loading: false }] },
          beside: { tools: [tool] },
          upstream: {},
        },
        {
          sends: { tools: [tool, deferred], tool_choice: { type: 'tool', name: 'later' } },
          beside: { tools: [tool] },
          upstream: { tools: [functionTool, laterTool], tool_choice: { type: 'function', name: 'later' } },
        },
      ],
    },
    {
      field: 'messages[].content[].content[].type: tool_reference',
      outcome: ['map', '400'],
      says: 'What a search of the client has found: the tool is declared from then on, and the model reads its definition in the form that Claude Code promises it: once, later its name.',
      cases: [
        {
          sends: {
            tools: [toolSearch, deferred],
            messages: [{ role: 'user', content: 'Hi.' }, uses, found('later', 'unheard_of')],
          },
          beside: { tools: [toolSearch], messages: searched },
          upstream: {
            tools: [toolSearchTool, laterTool],
            input: [
              ...searchedItems,
              {
                type: 'function_call_output',
                call_id: 'c',
                output:
                  '<functions>\n<function>{"name":"later","parameters":{"type":"object","properties":{}}}</function>\n</functions>',
              },
            ],
          },
        },
        {
          sends: {
            tools: [toolSearch, deferred],
            messages: [{ role: 'user', content: 'Hi.' }, uses, found('later', 'later')],
          },
          beside: { tools: [toolSearch], messages: searched },
          upstream: {
            tools: [toolSearchTool, laterTool],
            input: [
              ...searchedItems,
              {
                type: 'function_call_output',
                call_id: 'c',
                output:
                  '<functions>\n<function>{"name":"later","parameters":{"type":"object","properties":{}}}</function>\n' +
                  '<function>{"name":"later"}</function>\n</functions>',
              },
            ],
          },
        },
        {
          sends: { messages: [uses, found('')] },
          refused: wrong('messages.1.content.0.content.0.tool_name', 'it must be a non-empty string'),
        },
      ],
    },
    {
      field: 'tools[].type: tool_search_tool_regex, tool_search_tool_bm25',
      outcome: ['map', 'drop'],
      says: 'The API’s own search is not here: all deferred tools are declared at once, and what it found before stays loaded.',
      cases: [
        {
          sends: {
            tools: [{ type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' }, deferred],
          },
          upstream: { tools: [laterTool] },
        },
        {
          sends: { tools: [tool, { type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' }] },
          beside: { tools: [tool] },
          upstream: {},
        },
        {
          sends: {
            tools: [tool, deferred],
            messages: [
              { role: 'user', content: 'Hi.' },
              assistant({
                type: 'tool_search_tool_result',
                tool_use_id: 's',
                content: {
                  type: 'tool_search_tool_search_result',
                  tool_references: [{ type: 'tool_reference', tool_name: 'later' }],
                },
              }),
              { role: 'user', content: 'On.' },
            ],
          },
          beside: {
            tools: [tool],
            messages: [
              { role: 'user', content: 'Hi.' },
              { role: 'user', content: 'On.' },
            ],
          },
          upstream: { tools: [functionTool, laterTool] },
        },
      ],
    },
    {
      field: 'messages[].content[].type: tool_addition, tool_removal',
      outcome: ['map', 'drop', 'drop+warn', '400'],
      says: 'A conversation changes its tools, in its order: by name, or with a definition. What MCP servers have is not here.',
      cases: [
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              changing(['tool_addition', { type: 'tool_definition', definition: tool }]),
            ],
          },
          upstream: { tools: [functionTool] },
        },
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              changing(['tool_addition', { type: 'tool_reference', name: 'later' }]),
            ],
          },
          beside: { tools: [tool, deferred] },
          upstream: { tools: [functionTool, laterTool] },
        },
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              changing(['tool_removal', { type: 'tool_reference', name: 'weather' }]),
            ],
          },
          beside: { tools: [tool, toolSearch] },
          upstream: { tools: [toolSearchTool] },
        },
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              changing(
                ['tool_removal', { type: 'tool_reference', name: 'weather' }],
                ['tool_addition', { type: 'tool_reference', name: 'weather' }],
              ),
            ],
          },
          beside: { tools: [tool] },
          upstream: {},
        },
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              changing([
                'tool_addition',
                { type: 'tool_definition', definition: { ...tool, description: 'New.' } },
              ]),
            ],
          },
          beside: { tools: [tool] },
          upstream: { tools: [{ ...functionTool, description: 'New.' }] },
        },
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              assistant({
                type: 'compaction',
                content: null,
                tool_changes: [{ type: 'tool_removal', tool: { type: 'tool_reference', name: 'weather' } }],
              }),
              { role: 'user', content: 'On.' },
            ],
          },
          beside: {
            tools: [tool, toolSearch],
            messages: [
              { role: 'user', content: 'Hi.' },
              { role: 'user', content: 'On.' },
            ],
          },
          upstream: { tools: [toolSearchTool] },
        },
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              changing(['tool_addition', { type: 'mcp_toolset_reference', server_name: 'm' }]),
            ],
          },
          upstream: {},
          warns: 'dropped=tool_addition',
        },
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              changing(['tool_addition', { type: 'tool_reference', name: 'unheard_of' }]),
            ],
          },
          upstream: {},
          warns: 'dropped=tool_addition',
        },
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              changing(['tool_addition', { type: 'tool_definition', definition: { name: 'f' } }]),
            ],
          },
          refused: absent('messages.1.content.0.tool.definition.input_schema'),
        },
      ],
    },
    {
      field: 'tools[].type: web_search',
      outcome: ['map', 'drop+warn', '400'],
      says: 'The upstream’s own search. Claude Code asks for it in a request of its own.',
      cases: [
        {
          sends: { tools: [search] },
          upstream: { tools: [searchTool], include: sources },
        },
        {
          sends: {
            tools: [
              {
                ...search,
                type: 'web_search_20260318',
                allowed_domains: ['example.com'],
                user_location: { type: 'approximate', city: 'Oslo' },
              },
            ],
          },
          upstream: {
            tools: [
              {
                ...searchTool,
                filters: { allowed_domains: ['example.com'] },
                user_location: { type: 'approximate', city: 'Oslo' },
              },
            ],
            include: sources,
          },
        },
        {
          sends: { tools: [{ ...search, max_uses: 8, blocked_domains: ['example.org'] }] },
          beside: { tools: [search] },
          upstream: {},
          warns: 'dropped=blocked_domains,max_uses',
        },
        {
          sends: { tools: [{ ...search, allowed_domains: 'example.com' }] },
          refused: wrong('tools.0.allowed_domains', 'it must be an array'),
        },
        { golden: 'web-search', stream: '"type":"web_search_tool_result"' },
      ],
    },
    {
      field: 'tools[].type: web_fetch',
      outcome: ['map', 'drop+warn'],
      says: 'The search, which opens pages too; offered once beside it.',
      cases: [
        {
          sends: { tools: [{ type: 'web_fetch_20260318', name: 'web_fetch' }] },
          upstream: { tools: [searchTool], include: sources },
          warns: 'dropped=web_fetch',
        },
        {
          sends: { tools: [search, { type: 'web_fetch_20250910', name: 'web_fetch' }] },
          beside: { tools: [search] },
          upstream: {},
          warns: 'dropped=web_fetch',
        },
      ],
    },
    {
      field: 'tools[].type: bash',
      outcome: ['map'],
      says: 'A function that the client runs, as the API describes it to its own models.',
      cases: [
        {
          sends: { tools: [{ type: 'bash_20250124', name: 'bash' }] },
          upstream: {
            tools: [
              functionOf('bash', 'Runs a command in a bash session that keeps its state between calls.', {
                type: 'object',
                properties: { command: text, restart: { type: 'boolean' } },
                required: [],
              }),
            ],
          },
        },
      ],
    },
    {
      field: 'tools[].type: text_editor',
      outcome: ['map'],
      says: 'The same; older ones can undo.',
      cases: [
        {
          sends: {
            tools: [{ type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', max_characters: 9 }],
          },
          upstream: { tools: [editor('str_replace_based_edit_tool')] },
        },
        {
          sends: { tools: [{ type: 'text_editor_20241022', name: 'str_replace_editor' }] },
          upstream: { tools: [editor('str_replace_editor', 'undo_edit')] },
        },
      ],
    },
    {
      field: 'tools[].type: memory',
      outcome: ['map'],
      says: 'The same.',
      cases: [
        {
          sends: { tools: [{ type: 'memory_20250818', name: 'memory' }] },
          upstream: {
            tools: [
              functionOf('memory', 'Keeps notes as files under /memories, which last over conversations.', {
                type: 'object',
                properties: {
                  command: {
                    type: 'string',
                    enum: ['view', 'create', 'str_replace', 'insert', 'delete', 'rename'],
                  },
                  path: text,
                  view_range: pair,
                  file_text: text,
                  old_str: text,
                  new_str: text,
                  insert_line: integer,
                  insert_text: text,
                  old_path: text,
                  new_path: text,
                },
                required: ['command'],
              }),
            ],
          },
        },
      ],
    },
    {
      field: 'tools[].type: computer',
      outcome: ['map', '400'],
      says: 'The same, with the size of the screen.',
      cases: [
        {
          sends: {
            tools: [
              { type: 'computer_20250124', name: 'computer', display_width_px: 800, display_height_px: 600 },
            ],
          },
          upstream: {
            tools: [
              functionOf(
                'computer',
                'Controls a screen of 800x600 pixels with mouse and keyboard; answers with a screenshot.',
                {
                  type: 'object',
                  properties: {
                    action: text,
                    coordinate: pair,
                    start_coordinate: pair,
                    text,
                    scroll_direction: { type: 'string', enum: ['up', 'down', 'left', 'right'] },
                    scroll_amount: integer,
                    duration: { type: 'number' },
                    region: { type: 'array', items: integer, minItems: 4, maxItems: 4 },
                  },
                  required: ['action'],
                },
              ),
            ],
          },
        },
        {
          sends: { tools: [{ type: 'computer_20250124', name: 'computer', display_width_px: '800' }] },
          refused: wrong('tools.0.display_width_px', 'it must be a number'),
        },
        { sends: { tools: [{ type: 'computer_20250124' }] }, refused: absent('tools.0.name') },
      ],
    },
    {
      field: 'tools[].type: any other',
      outcome: ['400'],
      says: 'What the vendor runs itself cannot be had here, and without it the conversation would be another one.',
      cases: [
        {
          sends: { tools: [tool, { type: 'code_execution_20250825', name: 'code_execution' }] },
          refused: elsewhere('tools.1.type', isElsewhere('code_execution_20250825')),
        },
        ...[
          'advisor_20260301',
          'mcp_toolset',
          'computer_toolset_20260801',
          'browser_toolset_20260801',
          'invented_20300101',
        ].map((type) => ({
          sends: { tools: [{ type, name: 'x' }] },
          refused: elsewhere('tools.0.type', isElsewhere(type)),
        })),
      ],
    },
  ],
};

/** A system message that changes the tools. */
function changing(...changes: readonly (readonly [type: string, tool: object])[]) {
  return { role: 'system', content: changes.map(([type, changed]) => ({ type, tool: changed })) };
}

export const choices: Section = {
  title: 'Choice of tools',
  rows: [
    {
      field: 'tool_choice.type: auto',
      outcome: ['map', 'drop'],
      says: 'Without tools it says nothing.',
      cases: [
        {
          sends: { tool_choice: { type: 'auto' } },
          beside: { tools: [tool] },
          upstream: { tool_choice: 'auto' },
        },
        { sends: { tool_choice: { type: 'auto' } }, upstream: {} },
        { sends: { tool_choice: null }, upstream: {} },
      ],
    },
    {
      field: 'tool_choice.type: any',
      outcome: ['map', '400'],
      says: 'The upstream calls it `required`.',
      cases: [
        {
          sends: { tool_choice: { type: 'any' } },
          beside: { tools: [tool] },
          upstream: { tool_choice: 'required' },
        },
        {
          sends: { tool_choice: { type: 'any' } },
          refused: wrong('tool_choice', 'there are no tools to choose'),
        },
      ],
    },
    {
      field: 'tool_choice.type: tool',
      outcome: ['map', '400'],
      says: 'One of the tools by its name; the search by its kind.',
      cases: [
        {
          sends: { tool_choice: { type: 'tool', name: 'weather' } },
          beside: { tools: [tool] },
          upstream: { tool_choice: { type: 'function', name: 'weather' } },
        },
        {
          sends: { tool_choice: { type: 'tool', name: 'web_search' } },
          beside: { tools: [search] },
          upstream: { tool_choice: { type: 'web_search' } },
        },
        {
          sends: { tool_choice: { type: 'tool', name: 'other' } },
          beside: { tools: [tool] },
          refused: wrong('tool_choice.name', "'other' is not among the tools"),
        },
        { sends: { tool_choice: { type: 'tool' } }, refused: absent('tool_choice.name') },
        {
          sends: { tool_choice: { type: 'tool', name: '' } },
          refused: wrong('tool_choice.name', 'it must be a non-empty string'),
        },
      ],
    },
    {
      field: 'tool_choice.type: none',
      outcome: ['map'],
      says: 'The same upstream.',
      cases: [
        {
          sends: { tool_choice: { type: 'none' } },
          beside: { tools: [tool] },
          upstream: { tool_choice: 'none' },
        },
      ],
    },
    {
      field: 'tool_choice.disable_parallel_tool_use',
      outcome: ['map', '400'],
      says: 'The upstream’s `parallel_tool_calls`, the other way round.',
      cases: [
        {
          sends: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
          beside: { tools: [tool], tool_choice: { type: 'auto' } },
          upstream: { parallel_tool_calls: false },
        },
        {
          sends: { tool_choice: { type: 'auto', disable_parallel_tool_use: 1 } },
          refused: wrong('tool_choice.disable_parallel_tool_use', 'it must be a boolean'),
        },
      ],
    },
    {
      field: 'tool_choice',
      outcome: ['400'],
      says: 'There are no other choices.',
      cases: [
        {
          sends: { tool_choice: { type: 'some' } },
          refused: wrong('tool_choice.type', "it must be one of 'auto', 'any', 'tool', 'none'"),
        },
        { sends: { tool_choice: 'auto' }, refused: wrong('tool_choice', 'it must be an object') },
      ],
    },
  ],
};
