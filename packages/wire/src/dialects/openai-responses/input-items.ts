import { z } from 'zod';
import { partsWithoutCacheMarks } from '../../codex/cache-marks.ts';
import type { CallOutputItem, ContentPart, InputItem } from '../../codex/items.ts';
import { passedItem } from '../../codex/replay.ts';
import { isRecord } from '../../record.ts';
import type { Recalled } from '../dialect.ts';
import { parseBody } from '../field-path.ts';
import { listOf } from '../lists.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import type { WarningLog } from '../warnings.ts';
import { missing } from './missing.ts';
import { isBarePart, readContent, readPart } from './content-parts.ts';

/** An item of `input` as it is understood before anything is recalled. */
export type Draft =
  | { readonly kind: 'item'; readonly item: InputItem }
  /** Stands for an item of an earlier answer. Without it a required one is an error, the others are left out. */
  | { readonly kind: 'reference'; readonly id: string; readonly required: boolean };

interface ItemContext {
  readonly names: ToolNames;
  readonly warnings: WarningLog;
}

type Path = readonly PropertyKey[];
type Item = Readonly<Record<string, unknown>>;
type ItemReader = (item: Item, at: Path, context: ItemContext) => Draft | null;

const itemSchema = z.looseObject({ type: z.string().nullish() });
const messageSchema = z.object({
  role: z.enum(['user', 'assistant', 'developer', 'system']),
  content: z.unknown(),
  phase: z.string().nullish(),
});
const callSchema = z.object({
  call_id: z.string().min(1),
  name: z.string().min(1),
  namespace: z.string().nullish(),
});
const functionCallSchema = callSchema.extend({ arguments: z.string() });
const customCallSchema = callSchema.extend({ input: z.string() });
const outputSchema = z.object({ call_id: z.string().min(1), output: z.unknown() });
const reasoningSchema = z.object({
  id: z.string().nullish(),
  summary: listOf(z.object({ text: z.string() })).nullish(),
  content: listOf(z.looseObject({})).nullish(),
  encrypted_content: z.string().nullish(),
});
const referenceSchema = z.object({ id: z.string().min(1) });

const readers: ReadonlyMap<string, ItemReader> = new Map<string, ItemReader>([
  ['message', readMessage],
  ['function_call', readFunctionCall],
  ['custom_tool_call', readCustomCall],
  ['function_call_output', readOutput('function_call_output')],
  ['custom_tool_call_output', readOutput('custom_tool_call_output')],
  ['reasoning', readReasoning],
  ['item_reference', readReference],
  ...[
    'file_search_call',
    'computer_call',
    'computer_call_output',
    'code_interpreter_call',
    'image_generation_call',
    'mcp_list_tools',
    'mcp_approval_request',
    'mcp_approval_response',
    'mcp_call',
  ].map((type): [string, ItemReader] => [type, dropItem]),
]);

/**
 * Reads `input`. What the backend calls by ids it never stored loses them; items that only it understands (compaction,
 * additional_tools, tool_search_call, and those that come after this version) pass as they are.
 *
 * @throws FaultError with the item's place
 */
export function readInput(input: string | readonly unknown[], context: ItemContext): readonly Draft[] {
  if (typeof input === 'string') return [userMessage([{ type: 'input_text', text: input }])];
  return input.flatMap((value, index) => {
    const at = ['input', index];
    const item = isTyped(value) ? value : parseBody(itemSchema, value, 'brackets', at);
    const draft = readItem(item, at, context);
    return draft ? [draft] : [];
  });
}

/** Most items say what they are, and are read by the schema of that. */
function isTyped(value: unknown): value is z.infer<typeof itemSchema> {
  return isRecord(value) && typeof value['type'] === 'string';
}

function readItem(item: z.infer<typeof itemSchema>, at: Path, context: ItemContext): Draft | null {
  const type = typeOf(item);
  const reader = readers.get(type);
  if (reader) return reader(item, at, context);
  if (isBarePart(type)) return userMessage([readPart({ ...item, type }, 'user', at)]);
  return { kind: 'item', item: passedItem(item) };
}

/** Messages and references may come without a type. */
function typeOf(item: z.infer<typeof itemSchema>): string {
  if (typeof item.type === 'string') return item.type;
  return 'id' in item && !('role' in item) ? 'item_reference' : 'message';
}

function userMessage(content: readonly ContentPart[]): Draft {
  return { kind: 'item', item: { type: 'message', role: 'user', content } };
}

/** `id`, `status` and members of the answer (`annotations`, …) stay behind; the backend refuses the role `system`. */
function readMessage(item: Item, at: Path): Draft {
  const { role: given, content, phase } = parseBody(messageSchema, item, 'brackets', at);
  const role = given === 'system' ? 'developer' : given;
  const parts = readContent(content, role, [...at, 'content']);
  return {
    kind: 'item',
    item: {
      type: 'message',
      role,
      content: parts,
      ...(role === 'assistant' && typeof phase === 'string' && { phase }),
    },
  };
}

function readFunctionCall(item: Item, at: Path, { names }: ItemContext): Draft {
  const given = parseBody(functionCallSchema, item, 'brackets', at);
  const { call_id, namespace } = given;
  return {
    kind: 'item',
    item: {
      type: 'function_call',
      call_id,
      name: names.toUpstream(given.name),
      ...(typeof namespace === 'string' && { namespace }),
      arguments: given.arguments,
    },
  };
}

function readCustomCall(item: Item, at: Path, { names }: ItemContext): Draft {
  const given = parseBody(customCallSchema, item, 'brackets', at);
  const { call_id, namespace } = given;
  return {
    kind: 'item',
    item: {
      type: 'custom_tool_call',
      call_id,
      name: names.toUpstream(given.name),
      ...(typeof namespace === 'string' && { namespace }),
      input: given.input,
    },
  };
}

function readOutput(type: CallOutputItem['type']): ItemReader {
  return (item, at) => {
    const { call_id, output: given } = parseBody(outputSchema, item, 'brackets', at);
    const output = typeof given === 'string' ? given : readContent(given, 'tool', [...at, 'output']);
    return { kind: 'item', item: { type, call_id, output } };
  };
}

/** Without its seal a reasoning item means nothing to the backend; the seal may be known from the earlier answer. */
function readReasoning(item: Item, at: Path): Draft | null {
  const { id, summary, content, encrypted_content: seal } = parseBody(reasoningSchema, item, 'brackets', at);
  if (typeof seal !== 'string' || seal === '') {
    return typeof id === 'string' ? reference(id, false) : null;
  }
  return {
    kind: 'item',
    item: {
      type: 'reasoning',
      summary: (summary ?? []).map(({ text }) => ({ type: 'summary_text', text })),
      ...(content !== undefined && { content: partsWithoutCacheMarks(content) }),
      encrypted_content: seal,
    },
  };
}

/** A missing reasoning item costs nothing but thought; leaving out anything else would lose words. */
function readReference(item: Item, at: Path): Draft {
  const { id } = parseBody(referenceSchema, item, 'brackets', at);
  return reference(id, !id.startsWith('rs_'));
}

function reference(id: string, required: boolean): Draft {
  return { kind: 'reference', id, required };
}

function dropItem(item: Item, _at: Path, { warnings }: ItemContext): null {
  warnings.dropped(`input.${String(item['type'])}`);
  return null;
}

/** The item that a reference stands for, or null when it can be left out. */
export function resolveReference(draft: Draft, recalled: Recalled): InputItem | null {
  if (draft.kind === 'item') return draft.item;
  const found = recalled.itemsById.get(draft.id);
  if (found) return found;
  if (!draft.required) return null;
  throw missing(recalled, {
    kind: 'response_not_found',
    message: `Item with id '${draft.id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    param: 'input',
  });
}

/** Whether an item that is only passed on is of this type. */
export function isPassed(item: InputItem, type: string): boolean {
  return item.type === 'passed' && item.item['type'] === type;
}
