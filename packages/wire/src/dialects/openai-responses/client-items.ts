import type { OutputItem } from '../../codex/events.ts';
import type { ToolNames } from '../../codex/tool-names.ts';

/** An output item as the client gets it: identified, and with the members its type must have. */
export type ClientItem = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };

/** What an item is known by. It never changes once it was announced. */
export interface Identity {
  readonly type: string;
  readonly id: string;
  /** Null for items that nobody answers. */
  readonly callId: string | null;
}

export interface Identities {
  /** The item's own ids; new ones where they are missing or were used before, since clients refuse a second one. */
  readonly of: (item: OutputItem, outputIndex: number) => Identity;
}

const idPrefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
};

const answeredTypes: ReadonlySet<string> = new Set([
  'function_call',
  'custom_tool_call',
  'shell_call',
  'shell_call_output',
]);

/** @param seed makes the ids that have to be made up: the answer's id */
export function createIdentities(seed: string): Identities {
  const used = new Set<string>();
  const unused = (wanted: string | null | undefined, substitute: string, group: string): string => {
    const id = wanted && !used.has(`${group} ${wanted}`) ? wanted : substitute;
    used.add(`${group} ${id}`);
    return id;
  };
  return {
    of: ({ type, id, call_id: callId }, outputIndex) => ({
      type,
      id: unused(id, `${idPrefixes[type] ?? 'item'}_${seed}_${outputIndex}`, 'id'),
      callId: answeredTypes.has(type)
        ? unused(callId, `call_${seed}_${outputIndex}`, type)
        : (callId ?? null),
    }),
  };
}

/** A finished item; `completed` is assumed where a type has a status and the item says none. */
export function clientItem(item: OutputItem, identity: Identity, names: ToolNames): ClientItem {
  const { type, id, callId } = identity;
  const known = { ...item, type, id, ...(callId !== null && { call_id: callId }) };
  const name = names.toClient(item.name ?? '');
  switch (type) {
    case 'message':
      return { ...known, role: roleOf(item), status: statusOf(item), content: contentOf(item) };
    case 'reasoning':
      return { ...known, summary: item.summary ?? [] };
    case 'function_call':
      return { ...known, name, arguments: item.arguments ?? '', status: statusOf(item) };
    case 'custom_tool_call':
      return { ...known, name, input: item.input ?? '' };
  }
  return known;
}

function roleOf(item: OutputItem): unknown {
  return 'role' in item ? item.role : 'assistant';
}

function statusOf(item: OutputItem): unknown {
  return 'status' in item ? (item.status ?? 'completed') : 'completed';
}

function contentOf({ content }: OutputItem): readonly unknown[] {
  return (content ?? []).map((part) =>
    part.type === 'output_text'
      ? { ...part, text: part.text ?? '', annotations: part.annotations ?? [] }
      : part,
  );
}

/** The item at its beginning: whatever arrives by deltas is empty, or clients would have it twice. */
export function announcedItem(item: ClientItem): ClientItem {
  switch (item.type) {
    case 'message':
      return { ...item, status: 'in_progress', content: [] };
    case 'reasoning':
      return { ...item, summary: [], ...(Array.isArray(item['content']) && { content: [] }) };
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' };
    case 'custom_tool_call':
      return { ...item, input: '' };
  }
  return item;
}

/** An item that was cut short. A reasoning item's seal is whole only when the item is, so it goes. */
export function unfinishedItem(item: ClientItem): ClientItem {
  const { encrypted_content: _unfinishedSeal, ...rest } = item;
  return { ...rest, type: item.type, id: item.id, status: 'incomplete' };
}
