import { hi } from '../items.ts';
import { invalid, missing, refused, type Members, type Section } from '../row.ts';

const emptyText = 'it must be a non-empty string';
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
const nothing = { type: 'object', properties: {} };
const named = (name: string, more: Members = {}): Members => ({
  type: 'function',
  function: { name, ...more },
});
const sent = (name: string, more: Members = {}): Members => ({
  type: 'function',
  name,
  parameters: nothing,
  strict: false,
  ...more,
});

/** With exactly these tools. */
const withTools = (...tools: readonly Members[]): Members => ({ tools });

const place = { city: 'Oslo', country: 'NO' };

export const tools: Section = {
  title: 'Tools',
  rows: [
    {
      field: 'tools',
      outcome: ['drop', '400'],
      says: 'A list, in the client’s order; an empty one is none.',
      cases: [
        { sends: { tools: [] }, upstream: {} },
        { sends: { tools: null }, upstream: {} },
        { sends: { tools: {} }, refused: invalid('tools', 'it must be an array') },
        { sends: { tools: [{ function: { name: 'f' } }] }, refused: missing('tools[0].type') },
      ],
    },
    {
      field: 'tools[].type: function',
      outcome: ['map', '400'],
      says: 'Its members stand one level higher upstream, and `strict` is always said, because the two APIs do not share its default. `$schema` is left out.',
      cases: [
        {
          sends: withTools(named('f', { description: 'Does f.', parameters: schema, strict: true })),
          upstream: {
            tools: [sent('f', { description: 'Does f.', parameters: schema, strict: true })],
          },
        },
        { sends: withTools(named('f')), upstream: { tools: [sent('f')] } },
        {
          sends: withTools(
            named('f', { parameters: { $schema: 'http://json-schema.org/draft-07/schema#' } }),
          ),
          upstream: { tools: [sent('f')] },
        },
        {
          sends: withTools(
            named('f', {
              parameters: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema },
            }),
          ),
          upstream: { tools: [sent('f', { parameters: schema })] },
        },
        {
          sends: withTools({ type: 'function', name: 'f', parameters: schema, strict: null }),
          upstream: { tools: [sent('f', { parameters: schema })] },
        },
        { sends: withTools({ type: 'function' }), refused: missing('tools[0].function') },
        { sends: withTools(named('')), refused: invalid('tools[0].function.name', emptyText) },
        {
          sends: withTools({ type: 'function', name: '' }),
          refused: invalid('tools[0].name', emptyText),
        },
        {
          sends: withTools(named('f', { parameters: 'x' })),
          refused: invalid('tools[0].function.parameters', 'it must be an object'),
        },
      ],
    },
    {
      field: 'tools[].type: custom',
      outcome: ['map', '400'],
      says: 'Its members stand one level higher upstream, and those of its grammar, too.',
      cases: [
        {
          sends: withTools({ type: 'custom', custom: { name: 'shell', description: 'Runs.' } }),
          upstream: { tools: [{ type: 'custom', name: 'shell', description: 'Runs.' }] },
        },
        {
          sends: withTools({
            type: 'custom',
            custom: {
              name: 'sql',
              format: { type: 'grammar', grammar: { definition: 'start: "x"', syntax: 'lark' } },
            },
          }),
          upstream: {
            tools: [
              {
                type: 'custom',
                name: 'sql',
                format: { type: 'grammar', definition: 'start: "x"', syntax: 'lark' },
              },
            ],
          },
        },
        {
          sends: withTools({ type: 'custom', name: 'shell', format: { type: 'text' } }),
          upstream: { tools: [{ type: 'custom', name: 'shell', format: { type: 'text' } }] },
        },
        {
          sends: withTools({
            type: 'custom',
            name: 'sql',
            format: { type: 'grammar', definition: 'start: "x"', syntax: 'lark' },
          }),
          upstream: {
            tools: [
              {
                type: 'custom',
                name: 'sql',
                format: { type: 'grammar', definition: 'start: "x"', syntax: 'lark' },
              },
            ],
          },
        },
        { sends: withTools({ type: 'custom' }), refused: missing('tools[0].custom') },
        {
          sends: withTools({ type: 'custom', custom: { name: '' } }),
          refused: invalid('tools[0].custom.name', emptyText),
        },
        {
          sends: withTools({
            type: 'custom',
            custom: { name: 'sql', format: { type: 'grammar', grammar: { syntax: 'lark' } } },
          }),
          refused: missing('tools[0].custom.format.grammar.definition'),
        },
      ],
    },
    {
      field: 'tools[].type: web_search',
      outcome: ['map'],
      says: 'The backend’s own search, by any of its dated or preview names.',
      cases: [
        {
          sends: withTools({ type: 'web_search_preview_2025_03_11', search_context_size: 'low', x: 1 }),
          upstream: {
            tools: [{ type: 'web_search', search_context_size: 'low' }],
            include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
          },
        },
        {
          sends: withTools({ type: 'web_search', filters: { allowed_domains: ['a.b'] } }),
          upstream: {
            tools: [{ type: 'web_search', filters: { allowed_domains: ['a.b'] } }],
            include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
          },
        },
      ],
    },
    {
      field: 'web_search_options',
      outcome: ['map', 'drop', '400'],
      says: 'Adds the search as a tool; the place stands one level higher there. A search among the tools wins.',
      cases: [
        {
          sends: { web_search_options: {} },
          upstream: {
            tools: [{ type: 'web_search' }],
            include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
          },
        },
        {
          sends: {
            web_search_options: {
              search_context_size: 'high',
              user_location: { type: 'approximate', approximate: place },
            },
          },
          upstream: {
            tools: [
              {
                type: 'web_search',
                search_context_size: 'high',
                user_location: { type: 'approximate', ...place },
              },
            ],
            include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
          },
        },
        {
          sends: { web_search_options: { search_context_size: 'high' } },
          beside: withTools({ type: 'web_search' }),
          upstream: {},
        },
        { sends: { web_search_options: null }, upstream: {} },
        {
          sends: { web_search_options: { search_context_size: 'huge' } },
          refused: invalid(
            'web_search_options.search_context_size',
            "it must be one of 'low', 'medium', 'high'",
          ),
        },
        {
          sends: { web_search_options: { user_location: { type: 'approximate' } } },
          refused: missing('web_search_options.user_location.approximate'),
        },
        { golden: 'web-search-citations', reply: '"annotations":[{"type":"url_citation"' },
      ],
    },
    {
      field: 'tools[].type',
      outcome: ['400'],
      says: 'Other hosted tools are not to be had.',
      cases: [
        {
          sends: withTools({ type: 'code_interpreter' }),
          refused: refused(
            'unsupported_value',
            'tools[0].type',
            "Invalid value for 'tools[0].type': tools of type 'code_interpreter' are not available here.",
          ),
        },
      ],
    },
    {
      field: 'a long or odd name of a tool',
      outcome: ['map', 'local'],
      says: 'The upstream takes 64 letters, digits, `_` and `-`: another name keeps its head and gets eight characters of its hash, in `tools`, `tool_choice` and the history; the answer has the client’s own name.',
      cases: [
        {
          sends: { ...withTools(named('get.weather')), tool_choice: named('get.weather') },
          upstream: {
            tools: [sent('get_weather_f65d4328')],
            tool_choice: { type: 'function', name: 'get_weather_f65d4328' },
          },
        },
        {
          sends: {
            messages: [
              { role: 'user', content: 'Hi.' },
              {
                role: 'assistant',
                tool_calls: [{ id: 'c1', function: { name: 'get.weather', arguments: '{}' } }],
              },
              { role: 'tool', tool_call_id: 'c1', content: 'Rain.' },
            ],
          },
          beside: withTools(named('get.weather')),
          upstream: {
            input: [
              hi,
              { type: 'function_call', call_id: 'c1', name: 'get_weather_f65d4328', arguments: '{}' },
              { type: 'function_call_output', call_id: 'c1', output: 'Rain.' },
            ],
          },
          here: { recallsCalls: ['c1'] },
        },
        {
          sends: withTools(named('n'.repeat(65))),
          upstream: { tools: [sent('nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn_1e3fb6d5')] },
        },
        { golden: 'renamed-tool', stream: '"name":"get.weather"', reply: '"name":"get.weather"' },
      ],
    },
    {
      field: 'two tools of one name',
      outcome: ['400'],
      says: 'A call could not tell which one it means.',
      cases: [
        {
          sends: withTools(named('f'), named('f')),
          refused: invalid('tools[1].function.name', "there are two tools named 'f'"),
        },
        {
          sends: { functions: [{ name: 'f' }, { name: 'f' }] },
          refused: invalid('functions[1].name', "there are two tools named 'f'"),
        },
      ],
    },
    {
      field: 'parallel_tool_calls',
      outcome: ['map', 'drop', '400'],
      says: 'Sent as it is; the default is `true`.',
      cases: [
        { sends: { parallel_tool_calls: false }, upstream: { parallel_tool_calls: false } },
        { sends: { parallel_tool_calls: true }, upstream: {} },
        { sends: { parallel_tool_calls: null }, upstream: {} },
        {
          sends: { parallel_tool_calls: 'no' },
          refused: invalid('parallel_tool_calls', 'it must be a boolean'),
        },
      ],
    },
    {
      field: 'functions',
      outcome: ['map', 'local', '400'],
      says: 'The older form of `tools`: one call at most, told as `function_call`.',
      cases: [
        {
          sends: { functions: [{ name: 'f', parameters: schema, strict: true }] },
          upstream: { tools: [sent('f', { parameters: schema })], parallel_tool_calls: false },
        },
        { golden: 'legacy-call', stream: '"delta":{"function_call":{"name":"get_weather","arguments":""}}' },
        {
          sends: { ...withTools(named('f')), functions: [{ name: 'g' }] },
          refused: invalid('functions', "it is the older form of 'tools', only one of them can be sent"),
        },
        { sends: { functions: [{ name: '' }] }, refused: invalid('functions[0].name', emptyText) },
        { sends: { functions: 'f' }, refused: invalid('functions', 'it must be an array') },
      ],
    },
  ],
};
