import { invalid, missing, refused, type Members, type Section } from '../row.ts';

const beside = { tools: [{ type: 'function', function: { name: 'f' } }] };
const custom = { tools: [{ type: 'custom', custom: { name: 'c' } }] };
const f = { type: 'function', function: { name: 'f' } };
const g = { type: 'function', function: { name: 'g' } };
const allowed = (mode: string | undefined, ...tools: readonly Members[]): Members => ({
  tool_choice: { type: 'allowed_tools', allowed_tools: { mode, tools } },
});
const undeclared = 'it names a tool that is not declared';

export const toolChoice: Section = {
  title: 'Choice of a tool',
  rows: [
    {
      field: 'tool_choice',
      outcome: ['map', 'drop', '400'],
      says: '`none`, `auto` and `required` mean the same upstream; without tools there is nothing to choose.',
      cases: [
        { sends: { tool_choice: 'none' }, beside, upstream: { tool_choice: 'none' } },
        { sends: { tool_choice: 'auto' }, beside, upstream: { tool_choice: 'auto' } },
        { sends: { tool_choice: 'required' }, beside, upstream: { tool_choice: 'required' } },
        { sends: { tool_choice: 'auto' }, upstream: {} },
        { sends: { tool_choice: null }, upstream: {} },
        {
          sends: { tool_choice: 'required' },
          refused: invalid('tool_choice', "it is 'required', but there are no tools"),
        },
        {
          sends: { tool_choice: 'maybe' },
          refused: invalid('tool_choice', "it must be one of 'none', 'auto', 'required' or an object"),
        },
      ],
    },
    {
      field: 'tool_choice.type: function, custom',
      outcome: ['map', '400'],
      says: 'The name stands one level higher upstream. It has to be that of a declared tool: the upstream would refuse it in words that the client never wrote.',
      cases: [
        { sends: { tool_choice: f }, beside, upstream: { tool_choice: { type: 'function', name: 'f' } } },
        {
          sends: { tool_choice: { type: 'function', name: 'f' } },
          beside,
          upstream: { tool_choice: { type: 'function', name: 'f' } },
        },
        {
          sends: { tool_choice: { type: 'custom', custom: { name: 'c' } } },
          beside: custom,
          upstream: { tool_choice: { type: 'custom', name: 'c' } },
        },
        { sends: { tool_choice: g }, beside, refused: invalid('tool_choice', undeclared) },
        { sends: { tool_choice: f }, refused: invalid('tool_choice', undeclared) },
        {
          sends: { tool_choice: { type: 'function', function: { name: 'c' } } },
          beside: custom,
          refused: invalid('tool_choice', undeclared),
        },
        {
          sends: { tool_choice: { type: 'function' } },
          beside,
          refused: missing('tool_choice.function.name'),
        },
      ],
    },
    {
      field: 'tool_choice.type: web_search',
      outcome: ['map', '400'],
      says: 'By any of its names.',
      cases: [
        {
          sends: { tool_choice: { type: 'web_search_preview' } },
          beside: { tools: [{ type: 'web_search' }] },
          upstream: { tool_choice: { type: 'web_search' } },
        },
        {
          sends: { tool_choice: { type: 'web_search_preview' } },
          beside,
          refused: invalid('tool_choice', undeclared),
        },
      ],
    },
    {
      field: 'tool_choice.type: allowed_tools',
      outcome: ['map', '400'],
      says: 'The members of `allowed_tools` stand one level higher upstream, and the names of its tools, too.',
      cases: [
        {
          sends: allowed('required', f),
          beside,
          upstream: {
            tool_choice: {
              type: 'allowed_tools',
              mode: 'required',
              tools: [{ type: 'function', name: 'f' }],
            },
          },
        },
        {
          sends: {
            tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
          },
          beside,
          upstream: {
            tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
          },
        },
        {
          sends: allowed('auto', f, g),
          beside,
          refused: invalid('tool_choice.allowed_tools.tools[1]', undeclared),
        },
        {
          sends: allowed(undefined, f),
          beside,
          refused: missing('tool_choice.allowed_tools.mode'),
        },
        {
          sends: allowed('auto'),
          beside,
          refused: invalid('tool_choice.allowed_tools.tools', 'it must be a non-empty array'),
        },
        {
          sends: { tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [g] } },
          beside,
          refused: invalid('tool_choice.tools[0]', undeclared),
        },
      ],
    },
    {
      field: 'tool_choice.type',
      outcome: ['400'],
      says: 'Other types have no meaning upstream.',
      cases: [
        {
          sends: { tool_choice: { type: 'mcp' } },
          beside,
          refused: refused(
            'unsupported_value',
            'tool_choice.type',
            "Invalid value for 'tool_choice.type': a choice of type 'mcp' is not available here.",
          ),
        },
      ],
    },
    {
      field: 'function_call',
      outcome: ['map', '400'],
      says: 'The older form of `tool_choice`, which wins when both are there.',
      cases: [
        {
          sends: { function_call: 'none' },
          beside: { functions: [{ name: 'f' }] },
          upstream: { tool_choice: 'none' },
        },
        {
          sends: { function_call: { name: 'f' } },
          beside: { functions: [{ name: 'f' }] },
          upstream: { tool_choice: { type: 'function', name: 'f' } },
        },
        {
          sends: { function_call: 'none', tool_choice: 'required' },
          beside,
          upstream: { tool_choice: 'required' },
        },
        {
          sends: { function_call: { name: 'g' } },
          beside: { functions: [{ name: 'f' }] },
          refused: invalid('function_call', undeclared),
        },
        {
          sends: { function_call: 'required' },
          refused: invalid('function_call', "it must be one of 'none', 'auto' or an object"),
        },
      ],
    },
  ],
};
