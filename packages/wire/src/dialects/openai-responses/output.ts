import type { OutputItem } from '../../codex/events.ts';
import type { ToolNames } from '../../codex/tool-names.ts';
import { isRecord } from '../../record.ts';
import {
  announcedItem,
  clientItem,
  unfinishedItem,
  type ClientItem,
  type Identities,
} from './client-items.ts';
import { writeEvent, type FrameLog } from './frames.ts';
import {
  closePart,
  createGrowth,
  growthRule,
  openPart,
  partKind,
  partOf,
  tellWhole,
  type Growth,
  type GrowthKind,
  type PartList,
} from './growth.ts';

/**
 * What the client has been told of the answer's output. It mirrors what a client gathers from the events, so that each
 * new event can be checked against it: what would be illegal is preceded by what it lacks, or left to the finished
 * item, which repeats everything.
 */
export interface Output {
  readonly log: FrameLog;
  readonly identities: Identities;
  readonly names: ToolNames;
  /** By the upstream's index. */
  readonly items: Map<number, OpenItem>;
}

export interface OpenItem {
  /** As the client knows it: items are numbered as they are announced, since readers take it for a place in a list. */
  readonly outputIndex: number;
  /** As it was told at first; its type and ids stay. */
  readonly announced: ClientItem;
  /** Text and refusal parts of a message, text parts of a reasoning item; no gaps. */
  readonly content: Growth[];
  readonly summary: Growth[];
  /** A call's arguments or input; null for other items. */
  readonly call: Growth | null;
  /** How many commands a shell call has; null for other items. */
  commands: number | null;
  finished: ClientItem | null;
}

/** Where an upstream event says it belongs. */
export interface Place {
  readonly output_index: number;
  readonly item_id?: string | null | undefined;
}

/** Tells the client of a new item; null when its index is taken or is no index. */
export function announce(output: Output, item: OutputItem, upstreamIndex: number): OpenItem | null {
  if (output.items.has(upstreamIndex) || !Number.isSafeInteger(upstreamIndex) || upstreamIndex < 0)
    return null;
  const identity = output.identities.of(item, upstreamIndex);
  const outputIndex = output.items.size;
  const announced = announcedItem(clientItem(item, identity, output.names));
  const open: OpenItem = {
    outputIndex,
    announced,
    content: [],
    summary: [],
    call: callGrowth(announced, outputIndex),
    commands: commandCount(announced),
    finished: null,
  };
  output.items.set(upstreamIndex, open);
  writeEvent(output.log, 'response.output_item.added', { output_index: outputIndex, item: announced });
  return open;
}

function callGrowth({ type, id, ...item }: ClientItem, outputIndex: number): Growth | null {
  const at = { itemId: id, outputIndex, index: 0 };
  if (type === 'function_call') return createGrowth('arguments', at, item['name']);
  return type === 'custom_tool_call' ? createGrowth('input', at) : null;
}

function commandCount({ type, action }: ClientItem): number | null {
  if (type !== 'shell_call' || !isRecord(action) || !Array.isArray(action['commands'])) return null;
  return action['commands'].length;
}

/**
 * The text that an event adds to, announced first if need be. Null when the event cannot be told: the item is
 * finished or of another type, the part would leave a gap, or a call's name is not known yet.
 */
export function growthAt(output: Output, kind: GrowthKind, place: Place, index: number): Growth | null {
  const { item, part } = growthRule(kind);
  const open = output.items.get(place.output_index) ?? (part && announceFor(output, item, place));
  if (!open || open.finished || open.announced.type !== item) return null;
  if (!part) return open.call;
  const found = open[part.list][index] ?? addPart(output, open, kind, index);
  return found?.kind === kind ? found : null;
}

function announceFor(output: Output, type: string, { output_index, item_id }: Place): OpenItem | null {
  return announce(output, { type, id: item_id }, output_index);
}

function addPart({ log }: Output, open: OpenItem, kind: GrowthKind, index: number): Growth | null {
  const { item, part } = growthRule(kind);
  if (!part || item !== open.announced.type || index !== open[part.list].length) return null;
  const grown = createGrowth(kind, { itemId: open.announced.id, outputIndex: open.outputIndex, index });
  open[part.list].push(grown);
  openPart(log, grown);
  return grown;
}

/** Ends an item, after telling what its upstream's finished form holds and no event had brought. */
export function finishItem(output: Output, item: OutputItem, upstreamIndex: number): void {
  const open = output.items.get(upstreamIndex) ?? announce(output, item, upstreamIndex);
  if (!open || open.finished || open.announced.type !== item.type) return;
  conclude(output, open, clientItem(item, identityOf(open), output.names));
}

function identityOf({ announced: { type, id, call_id: callId } }: OpenItem) {
  return { type, id, callId: typeof callId === 'string' ? callId : null };
}

/** Ends an item whose end never came. */
export function abandonItem(output: Output, open: OpenItem): void {
  if (!open.finished) conclude(output, open, snapshot(open));
}

function conclude(output: Output, open: OpenItem, final: ClientItem): void {
  concludeParts(output, open, 'content', final['content']);
  concludeParts(output, open, 'summary', final['summary']);
  if (open.call) {
    const whole = final[growthRule(open.call.kind).member];
    tellWhole(output.log, open.call, typeof whole === 'string' ? whole : open.call.text);
  }
  open.finished = final;
  writeEvent(output.log, 'response.output_item.done', { output_index: open.outputIndex, item: final });
}

function concludeParts(output: Output, open: OpenItem, list: PartList, final: unknown): void {
  const parts: readonly unknown[] = Array.isArray(final) ? final : [];
  for (const [index, part] of parts.entries()) {
    const kind = partKind(part, list);
    const grown = open[list][index] ?? (kind && addPart(output, open, kind, index));
    if (grown) closePart(output.log, grown, part);
  }
  for (const grown of open[list]) closePart(output.log, grown, null);
}

/** The output as far as it is known, in the order of its announcement; what is not finished is marked so. */
export function outputSoFar({ items }: Output): readonly ClientItem[] {
  return [...items.values()].map((open) => open.finished ?? snapshot(open));
}

function snapshot({ announced, content, summary, call }: OpenItem): ClientItem {
  const parts = content.map(partOf);
  return unfinishedItem({
    ...announced,
    ...(announced.type === 'message' && { content: parts }),
    ...(announced.type === 'reasoning' && { summary: summary.map(partOf) }),
    ...(announced.type === 'reasoning' && parts.length > 0 && { content: parts }),
    ...(call && { [growthRule(call.kind).member]: call.text }),
  });
}
