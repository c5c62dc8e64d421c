import { isRecord } from '../../record.ts';
import { deltaHead, writeDelta, writeEvent, type FrameLog } from './frames.ts';

/** A text that reaches the client piece by piece: a part of an item, or the arguments or input of a call. */
export interface Growth {
  readonly kind: GrowthKind;
  /** `item_id`, `output_index` and the part's index: the same in all its events. */
  readonly place: Readonly<Record<string, unknown>>;
  /** The delta event up to its text. */
  readonly head: string;
  /** What the event with the whole text carries besides. */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly annotations: unknown[];
  text: string;
  /** The event with the whole text was sent. */
  told: boolean;
  /** The event that ends the part was sent. */
  closed: boolean;
}

export type PartList = 'content' | 'summary';

interface GrowthRule {
  /** The type of item that has such texts. */
  readonly item: string;
  /** Its events are `<event>.delta` and `<event>.done`. */
  readonly event: string;
  /** Where the whole text stands in the `done` event and in the part or item. */
  readonly member: 'text' | 'refusal' | 'arguments' | 'input';
  /** For texts that are parts: the events `<part>.added` and `<part>.done`, and the member that numbers them. */
  readonly part: { readonly event: string; readonly list: PartList; readonly index: string } | null;
}

const contentPart = { event: 'response.content_part', list: 'content', index: 'content_index' } as const;
const summaryEvent = 'response.reasoning_summary_part';
const summaryPart = { event: summaryEvent, list: 'summary', index: 'summary_index' } as const;

const rules = {
  output_text: { item: 'message', event: 'response.output_text', member: 'text', part: contentPart },
  refusal: { item: 'message', event: 'response.refusal', member: 'refusal', part: contentPart },
  reasoning_text: { item: 'reasoning', event: 'response.reasoning_text', member: 'text', part: contentPart },
  summary_text: {
    item: 'reasoning',
    event: 'response.reasoning_summary_text',
    member: 'text',
    part: summaryPart,
  },
  arguments: {
    item: 'function_call',
    event: 'response.function_call_arguments',
    member: 'arguments',
    part: null,
  },
  input: {
    item: 'custom_tool_call',
    event: 'response.custom_tool_call_input',
    member: 'input',
    part: null,
  },
} as const satisfies Record<string, GrowthRule>;
export type GrowthKind = keyof typeof rules;

export function growthRule(kind: GrowthKind): GrowthRule {
  return rules[kind];
}

/** What kind of text a part is, when it is one that is streamed in this list of an item. */
export function partKind(part: unknown, list: PartList): GrowthKind | null {
  const type = isRecord(part) ? part['type'] : null;
  if (typeof type !== 'string' || !isGrowthKind(type)) return null;
  return growthRule(type).part?.list === list ? type : null;
}

function isGrowthKind(type: string): type is GrowthKind {
  return Object.hasOwn(rules, type);
}

export interface GrowthPlace {
  readonly itemId: string;
  readonly outputIndex: number;
  /** The part's index; of no meaning for calls. */
  readonly index: number;
}

/** @param name of the function, for `arguments` */
export function createGrowth(kind: GrowthKind, at: GrowthPlace, name: unknown = null): Growth {
  const { event, part } = growthRule(kind);
  const place = { item_id: at.itemId, output_index: at.outputIndex, ...(part && { [part.index]: at.index }) };
  // Log probabilities cannot be asked of the backend, yet readers of the official SDKs expect the member.
  const extra = kind === 'output_text' ? { logprobs: [] } : {};
  return {
    kind,
    place,
    head: deltaHead(`${event}.delta`, { ...place, ...extra }),
    extra: kind === 'arguments' ? { name } : extra,
    annotations: [],
    text: '',
    told: false,
    closed: false,
  };
}

export function openPart(log: FrameLog, grown: Growth): void {
  const { part } = growthRule(grown.kind);
  if (part) writeEvent(log, `${part.event}.added`, { ...grown.place, part: partOf(grown) });
}

export function addText(log: FrameLog, grown: Growth, delta: string): void {
  if (grown.told) return;
  grown.text += delta;
  writeDelta(log, grown.head, delta);
}

/** Tells the whole text, and before it what no delta had brought. */
export function tellWhole(log: FrameLog, grown: Growth, whole: string): void {
  if (grown.told) return;
  const { event, member } = growthRule(grown.kind);
  if (whole.length > grown.text.length && whole.startsWith(grown.text)) {
    writeDelta(log, grown.head, whole.slice(grown.text.length));
  }
  grown.text = whole;
  grown.told = true;
  writeEvent(log, `${event}.done`, { ...grown.place, ...grown.extra, [member]: whole });
}

/** Ends a part. `final` is the part as the upstream sent it, when it did. */
export function closePart(log: FrameLog, grown: Growth, final: unknown): void {
  const { part, member } = growthRule(grown.kind);
  if (!part || grown.closed) return;
  const known = isRecord(final) && final['type'] === grown.kind ? final : {};
  const whole = known[member];
  tellWhole(log, grown, typeof whole === 'string' ? whole : grown.text);
  grown.closed = true;
  writeEvent(log, `${part.event}.done`, { ...grown.place, part: { ...partOf(grown), ...known } });
}

/** The part as far as it has grown. */
export function partOf({ kind, text, annotations }: Growth): Readonly<Record<string, unknown>> {
  return { type: kind, [growthRule(kind).member]: text, ...(kind === 'output_text' && { annotations }) };
}
