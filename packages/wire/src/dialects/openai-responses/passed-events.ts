import type { OtherEvent } from '../../codex/events.ts';
import { isRecord } from '../../record.ts';
import { writeEvent } from './frames.ts';
import type { OpenItem, Output } from './output.ts';

/**
 * Events that are handed on without being read, with the type of the item that each belongs to. Readers of the official
 * SDKs throw on any type they do not know, so what is not in this table stays here: limits (`codex.rate_limits`),
 * `keepalive`, and what comes after this version. `response.reasoning_text.done` is told by the end of its part;
 * `response.shell_call_output_content.*` by the finished item, since a reader needs more of the call than it carries.
 */
const itemTypes: ReadonlyMap<string, string> = new Map([
  ...eventsOf('code_interpreter_call', ['in_progress', 'interpreting', 'completed']),
  ...eventsOf('code_interpreter_call_code', ['delta', 'done'], 'code_interpreter_call'),
  ...eventsOf('compaction', ['compacting']),
  ...eventsOf('file_search_call', ['in_progress', 'searching', 'completed']),
  ...eventsOf('image_generation_call', ['in_progress', 'generating', 'completed', 'partial_image']),
  ...eventsOf('mcp_call', ['in_progress', 'completed', 'failed']),
  ...eventsOf('mcp_call_arguments', ['delta', 'done'], 'mcp_call'),
  ...eventsOf('mcp_list_tools', ['in_progress', 'completed', 'failed']),
  ...eventsOf('shell_call_command', ['added', 'delta', 'done'], 'shell_call'),
  ...eventsOf('web_search_call', ['in_progress', 'searching', 'completed']),
]);

/** Events that belong to no item. */
const freeEvents: ReadonlySet<string> = new Set([
  'response.audio.delta',
  'response.audio.done',
  'response.audio.transcript.delta',
  'response.audio.transcript.done',
]);

function eventsOf(group: string, endings: readonly string[], itemType = group): [string, string][] {
  return endings.map((ending) => [`response.${group}.${ending}`, itemType]);
}

/** Hands an event on if clients know its type and it fits what they were told before. */
export function passEvent(output: Output, { name, body }: OtherEvent): void {
  const { sequence_number: _number, obfuscation: _padding, type: _name, ...members } = body;
  if (freeEvents.has(name)) return writeEvent(output.log, name, members);
  const open = openItemOf(output, body);
  if (!open) return;
  if (name === 'response.output_text.annotation.added') return passAnnotation(output, open, body);
  if (itemTypes.get(name) !== open.announced.type) return;
  if (name.startsWith('response.shell_call_command.') && !fitsCommands(open, name, body)) return;
  writeEvent(output.log, name, {
    ...members,
    output_index: open.outputIndex,
    item_id: open.announced.id,
  });
}

function openItemOf({ items }: Output, body: OtherEvent['body']): OpenItem | null {
  const index = body['output_index'];
  const open = typeof index === 'number' ? items.get(index) : undefined;
  return open && !open.finished ? open : null;
}

/** Annotations are numbered as they come: a gap would be an error to readers. */
function passAnnotation({ log }: Output, open: OpenItem, body: OtherEvent['body']): void {
  const { content_index: index, annotation } = body;
  const part = typeof index === 'number' ? open.content[index] : undefined;
  if (part?.kind !== 'output_text' || part.closed || !isRecord(annotation)) return;
  const annotation_index = part.annotations.push(annotation) - 1;
  writeEvent(log, 'response.output_text.annotation.added', { ...part.place, annotation_index, annotation });
}

/** A command's text may only follow the command, and commands come in order. */
function fitsCommands(open: OpenItem, name: string, { command_index: index }: OtherEvent['body']): boolean {
  if (typeof index !== 'number' || open.commands === null) return false;
  if (name.endsWith('.added') && index === open.commands) open.commands += 1;
  return Number.isInteger(index) && index >= 0 && index < open.commands;
}
