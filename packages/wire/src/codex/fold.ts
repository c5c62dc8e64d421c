import type { Usage } from '../usage.ts';
import { isTerminal, usageOf, type CodexEvent, type OutputItem, type ResponseObject } from './events.ts';
import { pieceOf, type Piece, type PieceKind } from './pieces.ts';
import { createSeenItems } from './seen-items.ts';

/** An output item with its place; `done` items are whole, others were rebuilt from what had arrived. */
export interface FoldedItem {
  readonly outputIndex: number;
  readonly item: OutputItem;
  readonly done: boolean;
}

/** A whole answer. */
export interface Folded {
  readonly status: 'completed' | 'incomplete';
  /** `max_output_tokens`, `content_filter`, …; null when completed. */
  readonly incompleteReason: string | null;
  readonly items: readonly FoldedItem[];
  readonly usage: Usage | null;
  /** The last response object of the upstream, its `output` as it came (empty, since nothing is stored). */
  readonly response: ResponseObject;
}

export interface Fold {
  readonly push: (events: readonly CodexEvent[]) => void;
  /** Items so far in their order, unfinished ones rebuilt from their deltas. */
  readonly items: () => readonly FoldedItem[];
  /** The answer, or null when it did not end with a `completed` or `incomplete` event: half an answer is none. */
  readonly result: () => Folded | null;
}

interface OpenItem {
  item: OutputItem;
  done: boolean;
  /** Its texts so far, by kind and place, for an item that never gets its `done`. */
  readonly parts: Map<string, { kind: PieceKind; text: string }>;
}

const itemTypeOf: Readonly<Record<PieceKind, string>> = {
  output_text: 'message',
  refusal: 'message',
  summary_text: 'reasoning',
  reasoning_text: 'reasoning',
  arguments: 'function_call',
  input: 'custom_tool_call',
};

/**
 * Gathers a stream into one answer. The final response object carries `output: []` (nothing is stored), so items come
 * from `output_item.done`; what it holds all the same is added.
 */
export function createFold(): Fold {
  const open = new Map<number, OpenItem>();
  const seen = createSeenItems();
  let terminal: Extract<CodexEvent, { type: 'response.completed' | 'response.incomplete' }> | null = null;
  let over = false;

  const note = ({ outputIndex, kind, place, text, whole }: Piece): void => {
    let entry = open.get(outputIndex);
    if (!entry)
      open.set(outputIndex, (entry = { item: { type: itemTypeOf[kind] }, done: false, parts: new Map() }));
    const part = entry.parts.get(`${kind}.${place}`);
    if (part) part.text = whole ? text : part.text + text;
    else entry.parts.set(`${kind}.${place}`, { kind, text });
  };

  const take = (event: CodexEvent): void => {
    if (over) return;
    over = isTerminal(event);
    if (event.type === 'response.output_item.added' || event.type === 'response.output_item.done') {
      const done = event.type === 'response.output_item.done';
      seen.note(event.output_index, event.item);
      open.set(event.output_index, { item: event.item, done, parts: new Map() });
    } else if (event.type === 'response.completed' || event.type === 'response.incomplete') {
      terminal = event;
      for (const { outputIndex, item } of seen.placed(event.response))
        open.set(outputIndex, { item, done: true, parts: new Map() });
    } else {
      const piece = pieceOf(event);
      if (piece) note(piece);
    }
  };

  const items = (): readonly FoldedItem[] =>
    [...open]
      .toSorted(([left], [right]) => left - right)
      .map(([outputIndex, entry]) => {
        const { done } = entry;
        return { outputIndex, item: done ? entry.item : rebuilt(entry), done };
      });

  return {
    push: (events) => events.forEach(take),
    items,
    result: () => {
      if (terminal === null) return null;
      const { type, response } = terminal;
      const completed = type === 'response.completed';
      return {
        status: completed ? 'completed' : 'incomplete',
        incompleteReason: completed ? null : (response.incomplete_details?.reason ?? 'unknown'),
        items: items(),
        usage: usageOf(response),
        response,
      };
    },
  };
}

/** An item whose `done` never came, from its texts. */
function rebuilt({ item, parts }: OpenItem): OutputItem {
  const texts = (kind: PieceKind): string[] =>
    [...parts.values()].filter((part) => part.kind === kind).map((part) => part.text);
  const unfinished = { ...item, status: 'incomplete' };
  const raw = texts('reasoning_text');
  switch (item.type) {
    case 'message':
      return {
        ...unfinished,
        content: [
          ...texts('output_text').map((text) => ({ type: 'output_text', text, annotations: [] })),
          ...texts('refusal').map((refusal) => ({ type: 'refusal', refusal })),
        ],
      };
    case 'reasoning':
      return {
        ...unfinished,
        summary: texts('summary_text').map((text) => ({ type: 'summary_text', text })),
        ...(raw.length > 0 && { content: raw.map((text) => ({ type: 'reasoning_text', text })) }),
      };
    case 'function_call':
      return { ...unfinished, arguments: texts('arguments').join('') };
    case 'custom_tool_call':
      return { ...unfinished, input: texts('input').join('') };
  }
  return unfinished;
}
