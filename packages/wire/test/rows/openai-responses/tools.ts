import { invalid, missing, unavailable, type Section } from '../row.ts';

const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const noParameters = { type: 'object', properties: {} };
const weather = { type: 'function', name: 'weather', parameters };
const search = { type: 'web_search' };

const elsewhere = [
  'file_search',
  'code_interpreter',
  'computer',
  'computer_use_preview',
  'image_generation',
  'mcp',
  'programmatic_tool_calling',
] as const;
const [firstElsewhere, ...othersElsewhere] = elsewhere.map((type) => ({
  sends: { tools: [{ type }] },
  refused: unavailable('tools[0].type', `tools of type '${type}' are not available here`),
}));
if (!firstElsewhere) throw new Error('there are such tools');

const passed = [
  { type: 'namespace', name: 'functions', description: 'd', tools: [weather] },
  { type: 'tool_search', execution: 'client', description: 'd', parameters },
  { type: 'local_shell' },
  { type: 'shell' },
  { type: 'apply_patch' },
] as const;

const call = { type: 'function_call', call_id: 'c', name: 'weather', arguments: '{"city":"Oslo"}' };
const result = { type: 'function_call_output', call_id: 'c', output: 'Rain.' };
const looksUp = { recallsCalls: ['c'] };

export const tools: Section = {
  title: 'Tools',
  rows: [
    {
      field: 'tools[].type: function',
      outcome: ['map', '400'],
      says: 'Missing parameters are filled in; `strict` goes as it was sent. Members that the upstream does not know are left out.',
      cases: [
        {
          sends: { tools: [{ ...weather, description: 'd', strict: true, extra: 1 }] },
          upstream: {
            tools: [{ type: 'function', name: 'weather', description: 'd', parameters, strict: true }],
          },
        },
        {
          sends: { tools: [{ type: 'function', name: 'weather', strict: null }] },
          upstream: {
            tools: [{ type: 'function', name: 'weather', parameters: noParameters, strict: null }],
          },
        },
        {
          sends: { tools: [{ ...weather, defer_loading: true }] },
          upstream: { tools: [{ ...weather, defer_loading: true }] },
        },
        { sends: { tools: [{ type: 'function' }] }, refused: missing('tools[0].name') },
        { sends: { tools: [{ name: 'weather' }] }, refused: missing('tools[0].type') },
        { sends: { tools: weather }, refused: invalid('tools', 'it must be an array') },
        { golden: 'everything-echoed', stream: '"tools":[{"type":"function","name":"get_weather"' },
      ],
    },
    {
      field: 'tools[].function',
      outcome: ['map', '400'],
      says: 'The nesting of Chat Completions means the same.',
      cases: [
        {
          sends: { tools: [{ type: 'function', function: { name: 'weather', parameters } }] },
          upstream: { tools: [weather] },
        },
        {
          sends: { tools: [{ type: 'function', function: {} }] },
          refused: missing('tools[0].function.name'),
        },
      ],
    },
    {
      field: 'tools[].name: longer than 64 characters, or odd',
      outcome: ['map'],
      says: 'The upstream gets a name that it takes; the client sees only its own.',
      cases: [
        {
          sends: { tools: [{ type: 'function', name: 'get.weather' }] },
          upstream: {
            tools: [{ type: 'function', name: 'get_weather_f65d4328', parameters: noParameters }],
          },
        },
        { golden: 'renamed-tool', stream: '"name":"get.weather"' },
      ],
    },
    {
      field: 'tools[].type: custom',
      outcome: ['map', '400'],
      says: 'With its grammar.',
      cases: [
        {
          sends: {
            tools: [
              {
                type: 'custom',
                name: 'shell',
                format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
              },
            ],
          },
          upstream: {
            tools: [
              {
                type: 'custom',
                name: 'shell',
                format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
              },
            ],
          },
        },
        { sends: { tools: [{ type: 'custom' }] }, refused: missing('tools[0].name') },
      ],
    },
    {
      field: 'tools[].type: web_search',
      outcome: ['map'],
      says: 'Sources are asked for beside it; dated and preview names are the same tool.',
      cases: [
        {
          sends: { tools: [{ ...search, search_context_size: 'low' }] },
          upstream: {
            tools: [{ ...search, search_context_size: 'low' }],
            include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
          },
        },
        {
          sends: { tools: [{ type: 'web_search_preview_2025_03_11' }] },
          upstream: {
            tools: [search],
            include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
          },
        },
        { golden: 'web-search', stream: 'event: response.web_search_call.searching' },
      ],
    },
    {
      field: 'tools[].type: namespace, tool_search, local_shell, shell, apply_patch',
      outcome: ['map', '400'],
      says: 'With the members that the upstream knows of each.',
      cases: [
        {
          sends: { tools: passed.map((tool) => ({ ...tool, invented_later: 1 })) },
          upstream: { tools: passed },
        },
        { sends: { tools: [{ type: 'namespace', tools: [] }] }, refused: missing('tools[0].name') },
        {
          sends: { tools: [{ type: 'namespace', name: 'my tools', tools: [] }] },
          refused: invalid('tools[0].name', 'it must be of another form'),
        },
      ],
    },
    {
      field: 'tools[].type: later than this version',
      outcome: ['map'],
      says: 'It goes as it came; the upstream knows best.',
      cases: [
        {
          sends: { tools: [{ type: 'invented_later', anything: null }] },
          upstream: { tools: [{ type: 'invented_later', anything: null }] },
        },
      ],
    },
    {
      field: 'tools[].type: tools that run nowhere here',
      outcome: ['400'],
      says: 'Without them the answer would be another one.',
      cases: [firstElsewhere, ...othersElsewhere],
    },
    {
      field: 'tool_choice',
      outcome: ['map', 'drop', '400'],
      says: 'Sent when there are tools, in `tools` or in the input; the nesting of Chat Completions is flattened. The upstream would refuse one that is not declared.',
      cases: [
        {
          beside: { tools: [weather] },
          sends: { tool_choice: 'required' },
          upstream: { tool_choice: 'required' },
        },
        {
          beside: { tools: [weather] },
          sends: { tool_choice: { type: 'function', function: { name: 'weather' } } },
          upstream: { tool_choice: { type: 'function', name: 'weather' } },
        },
        {
          beside: { tools: [search] },
          sends: { tool_choice: { type: 'web_search_preview' } },
          upstream: { tool_choice: search },
        },
        {
          beside: { tools: [weather] },
          sends: {
            tool_choice: {
              type: 'allowed_tools',
              mode: 'auto',
              tools: [{ type: 'function', name: 'weather' }],
            },
          },
          upstream: {
            tool_choice: {
              type: 'allowed_tools',
              mode: 'auto',
              tools: [{ type: 'function', name: 'weather' }],
            },
          },
        },
        { sends: { tool_choice: 'auto' }, upstream: {} },
        {
          sends: { tool_choice: 'required' },
          refused: invalid('tool_choice', "it is 'required', but there are no tools"),
        },
        {
          beside: { tools: [weather] },
          sends: { tool_choice: 'maybe' },
          refused: invalid('tool_choice', "it must be one of 'none', 'auto', 'required' or an object"),
        },
        {
          beside: { tools: [search] },
          sends: { tool_choice: { type: 'mcp', server_label: 'x' } },
          refused: unavailable('tool_choice.type', "a choice of type 'mcp' is not available here"),
        },
        {
          beside: { tools: [weather] },
          sends: { tool_choice: { type: 'function', name: 'other' } },
          refused: invalid('tool_choice', 'it names a tool that is not declared'),
        },
        {
          beside: { tools: [weather] },
          sends: { tool_choice: { type: 'function' } },
          refused: missing('tool_choice.name'),
        },
        {
          beside: { tools: passed },
          sends: { tool_choice: { type: 'function', name: 'weather' } },
          upstream: { tool_choice: { type: 'function', name: 'weather' } },
        },
        {
          beside: { tools: [weather] },
          sends: { tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [search] } },
          refused: invalid('tool_choice.tools[0]', 'it names a tool that is not declared'),
        },
      ],
    },
    {
      field: 'parallel_tool_calls',
      outcome: ['map', 'drop', '400'],
      says: 'True unless the client says otherwise.',
      cases: [
        { sends: { parallel_tool_calls: false }, upstream: { parallel_tool_calls: false } },
        { sends: { parallel_tool_calls: null }, upstream: {} },
        {
          sends: { parallel_tool_calls: 'no' },
          refused: invalid('parallel_tool_calls', 'it must be a boolean'),
        },
      ],
    },
    {
      field: 'tools: none, while the history has calls',
      outcome: ['map'],
      says: 'Without tools the model would write its calls as text: those that the calls were made with are declared again, or what the calls tell of them. Not with `tool_choice: none`, nor when the Codex CLI asks for a summary.',
      cases: [
        {
          beside: { tool_choice: 'none' },
          sends: { input: [call, result], tool_choice: undefined },
          setting: { words: 'the tools of the call are remembered', recalled: { tools: [weather] } },
          upstream: { input: [call, result], tools: [weather] },
          here: looksUp,
          warns: 'restored=tools',
        },
        {
          sends: { input: [call, result] },
          upstream: {
            input: [call, result],
            tools: [
              {
                type: 'function',
                name: 'weather',
                description: '(restored from history)',
                parameters: { type: 'object', properties: { city: {} }, additionalProperties: true },
                strict: false,
              },
            ],
          },
          here: looksUp,
          warns: 'restored=tools',
        },
        {
          sends: { input: [call, result], tool_choice: 'none' },
          upstream: { input: [call, result] },
          here: looksUp,
        },
        {
          sends: {
            input: [call, result],
            client_metadata: { 'x-codex-turn-metadata': '{"request_kind":"compaction"}' },
          },
          upstream: { input: [call, result] },
          here: looksUp,
        },
      ],
    },
    {
      field: 'tools: calls that the model writes as text',
      outcome: ['local', 'drop'],
      says: 'A whole `<tool_use>` block that names a declared tool becomes a call; everything else stays text. The operator can switch it off.',
      cases: [
        {
          sends: {},
          setting: {
            words: 'the operator has switched it off',
            context: {
              options: {
                chat: { reasoning: 'reasoning_content' },
                emulate: { stop: true, maxTokens: true, toolText: false },
              },
            },
          },
          upstream: {},
          here: { readsWrittenCalls: false },
        },
        {
          file: 'packages/wire/test/emulation/tool-text.test.ts',
          test: 'is a call, and no text any more',
        },
      ],
    },
  ],
};
