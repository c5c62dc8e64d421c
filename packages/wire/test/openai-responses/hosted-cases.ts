import { begin, completed, upstream, type RawEvent } from '../upstream-events.ts';
import type { WholeAnswer } from './pieces.ts';

/** An item of a tool that runs upstream, with the events of its work. */
function hosted(at: number, item: Readonly<Record<string, unknown>>, ...events: readonly RawEvent[]) {
  const id = `it_${at}`;
  const place = { output_index: at, item_id: id };
  return [
    { type: 'response.output_item.added', output_index: at, item: { id, ...item } },
    ...events.map((event) => ({ ...event, ...place })),
    { type: 'response.output_item.done', output_index: at, item: { id, ...item, status: 'completed' } },
  ];
}

function steps(group: string, ...endings: readonly string[]): readonly RawEvent[] {
  return endings.map((ending) => ({ type: `response.${group}.${ending}` }));
}

/** Tools that run upstream are not offered here, but what they say is handed on. */
export const hostedAnswers: readonly WholeAnswer[] = [
  {
    name: 'hosted-tools',
    events: upstream(
      begin(),
      hosted(
        0,
        { type: 'code_interpreter_call', code: '1+1', container_id: 'c', outputs: null },
        ...steps('code_interpreter_call', 'in_progress', 'interpreting'),
        { type: 'response.code_interpreter_call_code.delta', delta: '1+1' },
        { type: 'response.code_interpreter_call_code.done', code: '1+1' },
        ...steps('code_interpreter_call', 'completed'),
      ),
      hosted(
        1,
        { type: 'file_search_call', queries: ['q'], results: null },
        ...steps('file_search_call', 'in_progress', 'searching', 'completed'),
      ),
      hosted(
        2,
        { type: 'image_generation_call', result: null },
        ...steps('image_generation_call', 'in_progress', 'generating'),
        {
          type: 'response.image_generation_call.partial_image',
          partial_image_b64: 'AAAA',
          partial_image_index: 0,
        },
        ...steps('image_generation_call', 'completed'),
      ),
      hosted(
        3,
        { type: 'mcp_list_tools', server_label: 's', tools: [] },
        ...steps('mcp_list_tools', 'in_progress', 'completed'),
      ),
      hosted(
        4,
        { type: 'mcp_call', server_label: 's', name: 'f', arguments: '' },
        ...steps('mcp_call', 'in_progress'),
        { type: 'response.mcp_call_arguments.delta', delta: '{}' },
        { type: 'response.mcp_call_arguments.done', arguments: '{}' },
        ...steps('mcp_call', 'failed'),
      ),
      hosted(
        5,
        { type: 'shell_call', call_id: 'call_shell', action: { commands: [] } },
        { type: 'response.shell_call_command.added', command_index: 0, command: '' },
        { type: 'response.shell_call_command.delta', command_index: 0, delta: 'ls' },
        { type: 'response.shell_call_command.done', command_index: 0, command: 'ls' },
      ),
      hosted(6, { type: 'compaction', encrypted_content: 'gAAAA' }, ...steps('compaction', 'compacting')),
      completed(),
    ),
  },
  {
    name: 'audio',
    events: upstream(
      begin(),
      [
        { type: 'response.audio.delta', delta: 'AAAA' },
        { type: 'response.audio.transcript.delta', delta: 'Hel' },
        { type: 'response.audio.transcript.done' },
        { type: 'response.audio.done' },
      ],
      completed(),
    ),
  },
];
