import { invalid, missing, refused, type Section } from '../row.ts';
import { memoryIsAway, outOfReach } from './out-of-reach.ts';

const hi = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] };
const tool = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } };
/** With its tool declared none is restored, so the cases are about the items alone. */
const declared = { tools: [tool] };
const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
const result = { type: 'function_call_output', call_id: 'c', output: 'ok' };
const thought = {
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'Hm.' }],
  encrypted_content: 'gAAAA',
};
const sealed = { type: 'reasoning', summary: [], encrypted_content: 'gBBBB' } as const;
const longId = `rs_${'z'.repeat(300)}`;

function items(...input: readonly unknown[]) {
  return { input };
}

function said(role: string, type: string, text: string) {
  return { type: 'message', role, content: [{ type, text }] };
}

/** Calls are looked up for their reasoning when the client sends none. */
const looksUp = { recallsCalls: ['c'] };

const passedOn = [
  { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
  { type: 'compaction', encrypted_content: 'gAAAA' },
  { type: 'compaction_trigger' },
  { type: 'additional_tools', role: 'developer', tools: [tool] },
  { type: 'configuration_update', reasoning: { effort: 'low' } },
  { type: 'agent_message', content: [] },
  { type: 'program', code: 'x' },
] as const;

const dropped = [
  'file_search_call',
  'computer_call',
  'computer_call_output',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_list_tools',
  'mcp_approval_request',
  'mcp_approval_response',
  'mcp_call',
] as const;

const paired = [
  ['local_shell_call', 'local_shell_call_output'],
  ['shell_call', 'shell_call_output'],
  ['apply_patch_call', 'apply_patch_call_output'],
  ['tool_search_call', 'tool_search_output'],
] as const;

export const input: Section = {
  title: 'Input items',
  rows: [
    {
      field: 'input',
      outcome: ['map', '400'],
      says: 'A text is what the user says. Without any input there is nothing to answer, except after `previous_response_id`.',
      cases: [
        { sends: { input: 'Ho.' }, upstream: items(said('user', 'input_text', 'Ho.')) },
        { sends: { input: undefined }, refused: missing('input') },
        { sends: { input: null }, refused: missing('input') },
        {
          sends: { input: [] },
          refused: refused('invalid_request', 'input', "Invalid value for 'input': it must not be empty."),
        },
        {
          sends: items({ type: 'reasoning', id: 'rs_1', summary: [] }),
          refused: invalid('input', 'there is nothing in it that can be answered'),
        },
        { sends: { input: 5 }, refused: invalid('input', 'it must be a string or an array') },
        { sends: { input: ['Hi.'] }, refused: invalid('input[0]', 'it must be an object') },
        { sends: { input: [{ type: 5 }] }, refused: invalid('input[0].type', 'it must be a string') },
      ],
    },
    {
      field: 'input[].type: message',
      outcome: ['map', 'drop', '400'],
      says: 'The type may be left out. `id`, `status` and what else belongs to an answer stays behind; `phase` goes along.',
      cases: [
        {
          sends: items({
            type: 'message',
            id: 'msg_1',
            status: 'completed',
            role: 'assistant',
            content: 'Ho.',
            phase: 'commentary',
          }),
          upstream: items({ ...said('assistant', 'output_text', 'Ho.'), phase: 'commentary' }),
        },
        { sends: items({ role: 'user', content: 'Hi.', name: 'Ann' }), upstream: {} },
        {
          sends: items({ role: 'tool', content: '' }),
          refused: invalid('input[0].role', "it must be one of 'user', 'assistant', 'developer', 'system'"),
        },
      ],
    },
    {
      field: 'input[].role: system',
      outcome: ['map'],
      says: 'Becomes a developer message: the upstream refuses the role.',
      cases: [
        {
          sends: items({ role: 'user', content: 'Hi.' }, { role: 'system', content: 'Be brief.' }),
          upstream: items(hi, said('developer', 'input_text', 'Be brief.')),
        },
      ],
    },
    {
      field: 'input[].type: function_call, function_call_output',
      outcome: ['map', '400'],
      says: 'Ids and states of the answer stay behind; `namespace` goes along. Reasoning that the gateway remembers of the call is put back before it.',
      cases: [
        {
          beside: declared,
          sends: items(
            { ...call, id: 'fc_1', status: 'completed', caller: null, created_by: 'x', namespace: 'n' },
            { ...result, id: 'fco_1', status: 'completed' },
          ),
          upstream: items({ ...call, namespace: 'n', arguments: '{}' }, result),
          here: looksUp,
        },
        {
          beside: declared,
          sends: items(call, result),
          setting: {
            words: 'the reasoning before the call is remembered',
            recalled: {
              reasoningByCallId: new Map([
                ['c', [{ type: 'reasoning', summary: [], encrypted_content: 'gAAAA' }]],
              ]),
            },
          },
          upstream: items({ type: 'reasoning', summary: [], encrypted_content: 'gAAAA' }, call, result),
          here: looksUp,
        },
        {
          beside: declared,
          sends: items(call, { ...call, call_id: 'd' }, result, { ...result, call_id: 'd' }),
          setting: {
            words: 'the reasoning before both calls is remembered, which were made at once',
            recalled: { reasoningByCallId: new Map(['c', 'd'].map((id) => [id, [sealed]])) },
          },
          upstream: items(sealed, call, { ...call, call_id: 'd' }, result, { ...result, call_id: 'd' }),
          here: { recallsCalls: ['c', 'd'] },
        },
        {
          beside: declared,
          sends: items(thought, call, result),
          setting: {
            words: 'the reasoning is remembered, but the client sends its own',
            recalled: { reasoningByCallId: new Map([['c', [sealed]]]) },
          },
          upstream: items(thought, call, result),
        },
        {
          beside: declared,
          sends: items({ ...call, call_id: undefined }),
          refused: missing('input[0].call_id'),
        },
        {
          beside: declared,
          sends: items({ ...call, arguments: {} }),
          refused: invalid('input[0].arguments', 'it must be a string'),
        },
        {
          beside: declared,
          sends: items({ ...result, output: undefined }),
          refused: missing('input[0].output'),
        },
      ],
    },
    {
      field: 'input[].type: custom_tool_call, custom_tool_call_output',
      outcome: ['map'],
      says: 'As function calls, with the `input` instead of the arguments.',
      cases: [
        {
          beside: declared,
          sends: items(
            { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c', name: 'f', input: 'ls' },
            { type: 'custom_tool_call_output', call_id: 'c', output: 'ok' },
          ),
          upstream: items(
            { type: 'custom_tool_call', call_id: 'c', name: 'f', input: 'ls' },
            { type: 'custom_tool_call_output', call_id: 'c', output: 'ok' },
          ),
          here: looksUp,
        },
      ],
    },
    {
      field: 'input[].type: reasoning',
      outcome: ['map', 'local'],
      says: 'Goes back sealed as it came, without its id. Without its seal it is looked up by its id, else left out: it means nothing to the upstream.',
      cases: [
        {
          sends: items({ ...thought, id: longId, status: 'completed', content: null }, hi),
          upstream: items(
            {
              type: 'reasoning',
              summary: thought.summary,
              content: null,
              encrypted_content: 'gAAAA',
            },
            hi,
          ),
        },
        {
          sends: items({ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: null }, hi),
          upstream: {},
          here: { recallsItems: ['rs_1'] },
        },
        {
          sends: items({ type: 'reasoning', id: 'rs_1', summary: [] }, hi),
          setting: {
            words: 'the item is remembered',
            recalled: {
              itemsById: new Map([['rs_1', sealed]]),
            },
          },
          upstream: items(sealed, hi),
          here: { recallsItems: ['rs_1'] },
        },
      ],
    },
    {
      field: 'input[].type: item_reference',
      outcome: ['local', 'map', '400'],
      says: 'Stands for an item of an earlier answer, which the gateway remembers. Of what it does not remember only reasoning may be left out.',
      cases: [
        {
          sends: items({ type: 'item_reference', id: 'msg_1' }, { role: 'user', content: 'More.' }),
          setting: {
            words: 'the item is remembered',
            recalled: {
              itemsById: new Map([
                [
                  'msg_1',
                  { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Ho.' }] },
                ],
              ]),
            },
          },
          upstream: items(said('assistant', 'output_text', 'Ho.'), said('user', 'input_text', 'More.')),
          here: { recallsItems: ['msg_1'] },
        },
        {
          sends: items({ id: 'rs_1' }, hi),
          upstream: {},
          here: { recallsItems: ['rs_1'] },
        },
        {
          sends: items({ id: 'rs_1' }, hi),
          setting: memoryIsAway,
          upstream: {},
          here: { recallsItems: ['rs_1'] },
        },
        {
          sends: items({ type: 'item_reference', id: 'msg_1' }, hi),
          setting: memoryIsAway,
          refused: outOfReach,
        },
        {
          sends: items({ type: 'item_reference', id: 'msg_1' }, hi),
          refused: {
            status: 404,
            code: 'response_not_found',
            param: 'input',
            message:
              "Item with id 'msg_1' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
          },
        },
      ],
    },
    {
      field: 'input[].type: items of the upstream alone',
      outcome: ['map'],
      says: 'Compaction, tools in the input, searches and whatever comes after this version pass as they are; only what the upstream refuses in any item is left out: an id that is too long, a `prompt_cache_breakpoint`.',
      cases: [
        { sends: items(hi, ...passedOn), upstream: items(hi, ...passedOn), beside: declared },
        {
          sends: items(hi, { type: 'compaction', id: longId, encrypted_content: 'gAAAA' }),
          upstream: items(hi, { type: 'compaction', encrypted_content: 'gAAAA' }),
        },
        {
          sends: items(hi, {
            type: 'agent_message',
            content: [{ type: 'input_text', text: 'a', prompt_cache_breakpoint: {} }],
            prompt_cache_breakpoint: {},
          }),
          upstream: items(hi, { type: 'agent_message', content: [{ type: 'input_text', text: 'a' }] }),
        },
      ],
    },
    {
      field: 'input[].type: calls that clients run themselves',
      outcome: ['map'],
      says: 'Shell calls, patches and searches for tools pass with their outputs.',
      cases: [
        {
          sends: items(
            hi,
            ...paired.flatMap(([type, output]) => [
              { type, call_id: type },
              { type: output, call_id: type, output: 'ok' },
            ]),
          ),
          upstream: items(
            hi,
            ...paired.flatMap(([type, output]) => [
              { type, call_id: type },
              { type: output, call_id: type, output: 'ok' },
            ]),
          ),
        },
      ],
    },
    {
      field: 'input[].type: items of tools that run nowhere here',
      outcome: ['drop+warn'],
      says: 'What such a tool has done in another place is left out, and that is declared.',
      cases: [
        {
          sends: items(hi, ...dropped.map((type) => ({ type, id: 'x_1' }))),
          upstream: {},
          warns: `dropped=${dropped.map((type) => `input.${type}`).join(',')}`,
        },
      ],
    },
    {
      field: 'input[]: a bare part',
      outcome: ['map', '400'],
      says: 'Some clients leave the message out: it is what the user says.',
      cases: [
        {
          sends: items({ type: 'input_text', text: 'Ho.' }),
          upstream: items(said('user', 'input_text', 'Ho.')),
        },
        {
          sends: items({ type: 'input_image', image_url: 'https://example.com/a.png' }),
          upstream: items({
            type: 'message',
            role: 'user',
            content: [{ type: 'input_image', image_url: 'https://example.com/a.png' }],
          }),
        },
        { sends: items({ type: 'input_text' }), refused: missing('input[0].text') },
      ],
    },
    {
      field: 'input: a call without its output, an output without its call',
      outcome: ['map'],
      says: 'The upstream refuses both. A call that was interrupted gets the output `aborted`; an output that answers nothing becomes what the user says.',
      cases: [
        {
          beside: declared,
          sends: items(call, hi),
          upstream: items(call, { ...result, output: 'aborted' }, hi),
          here: looksUp,
        },
        {
          beside: declared,
          sends: items(result),
          upstream: items({
            type: 'message',
            role: 'user',
            content: [
              { type: 'input_text', text: '[tool result for c]' },
              { type: 'input_text', text: 'ok' },
            ],
          }),
        },
      ],
    },
    {
      field: 'input[].call_id: longer than 64 characters, or odd',
      outcome: ['map'],
      says: 'The upstream refuses it: both sides of the call get the same short one.',
      cases: [
        {
          beside: declared,
          sends: items({ ...call, call_id: 'c 1' }, { ...result, call_id: 'c 1' }),
          upstream: items(
            { ...call, call_id: 'call_242cb3fec8252e851da30f88' },
            { ...result, call_id: 'call_242cb3fec8252e851da30f88' },
          ),
          here: { recallsCalls: ['c 1'] },
        },
      ],
    },
  ],
};
