import { partsWithoutCacheMarks } from './cache-marks.ts';
import type { OutputItem } from './events.ts';
import type { ContentPart, InputItem, PassedItem, ReasoningItem } from './items.ts';

/** Longest item id that the backend takes back; it hands out longer ones. */
const MAX_ITEM_ID = 64;

/**
 * An item of an answer as the next request carries it: the same that a client would send back, without what belongs to
 * the answer alone (`id`, `status`, annotations). Null for one that means nothing there: an empty message, a call that
 * nobody can answer or that was cut, reasoning without its seal.
 */
export function replayedItem(item: OutputItem): InputItem | null {
  switch (item.type) {
    case 'message':
      return replayedMessage(item);
    case 'reasoning':
      return replayedReasoning(item);
    case 'function_call':
    case 'custom_tool_call':
      return replayedCall(item);
  }
  return passedItem(item);
}

/**
 * An item that is handed on as it came, except for what the backend refuses in every item: a long id, the role `system`,
 * and marks for the prompt cache.
 */
export function passedItem(item: Readonly<Record<string, unknown>>): PassedItem {
  return {
    type: 'passed',
    item: mendable.some((member) => Object.hasOwn(item, member)) ? mended(item) : item,
  };
}

/** Members by which the backend may refuse an item that it knows. */
const mendable = ['id', 'role', 'content', 'output', 'prompt_cache_breakpoint'];

function mended(item: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const sent = { ...item };
  delete sent['prompt_cache_breakpoint'];
  if (!isItemId(sent['id'])) delete sent['id'];
  if (sent['role'] === 'system') sent['role'] = 'developer';
  for (const parts of ['content', 'output'])
    if (Object.hasOwn(sent, parts)) sent[parts] = partsWithoutCacheMarks(sent[parts]);
  return sent;
}

function isItemId(id: unknown): boolean {
  return typeof id === 'string' && id.length <= MAX_ITEM_ID;
}

function replayedMessage({ content, phase }: OutputItem): InputItem | null {
  const parts = (content ?? []).flatMap((part): readonly ContentPart[] => {
    if (part.type === 'output_text') return [{ type: 'output_text', text: part.text ?? '' }];
    return part.type === 'refusal' ? [{ type: 'refusal', refusal: part.refusal ?? '' }] : [];
  });
  if (parts.length === 0) return null;
  return {
    type: 'message',
    role: 'assistant',
    content: parts,
    ...(typeof phase === 'string' && { phase }),
  };
}

export function replayedReasoning(item: OutputItem): ReasoningItem | null {
  const { summary, content, encrypted_content: seal } = item;
  if (typeof seal !== 'string' || seal === '') return null;
  return {
    type: 'reasoning',
    summary: (summary ?? []).map(({ text }) => ({ type: 'summary_text', text: text ?? '' })),
    ...(content !== undefined && { content }),
    encrypted_content: seal,
  };
}

function replayedCall(item: OutputItem): InputItem | null {
  const { call_id, name, namespace } = item;
  const cut = 'status' in item && item.status === 'incomplete';
  if (!call_id || !name || cut) return null;
  const named = { call_id, name, ...(typeof namespace === 'string' && { namespace }) };
  return item.type === 'function_call'
    ? { type: 'function_call', ...named, arguments: item.arguments ?? '' }
    : { type: 'custom_tool_call', ...named, input: item.input ?? '' };
}
