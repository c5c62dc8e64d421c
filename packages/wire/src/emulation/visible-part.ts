import type { CodexEvent } from '../codex/events.ts';
import { isRecord } from '../record.ts';
import { createGrowingText, type GrowingText } from './growing-text.ts';
import type { StopScanner } from './stop-scanner.ts';

/** Texts that a client sees as the answer: a refusal is one, too. */
export type VisibleKind = 'output_text' | 'refusal';

/** Where an event says its text belongs. */
export interface PartPlace {
  readonly output_index: number;
  readonly content_index: number;
  readonly item_id?: string | null | undefined;
}

/** One text of a message as far as it has come. */
export interface VisiblePart {
  readonly kind: VisibleKind;
  readonly place: PartPlace;
  readonly scanner: StopScanner;
  /** What the client may see of it. */
  readonly shown: GrowingText;
  /** UTF-16 units that have come. */
  arrived: number;
  /** As they came; they stand in events of their own and in the finished part. */
  readonly annotations: unknown[];
  /** No more of it will come. */
  over: boolean;
}

export function createVisiblePart(kind: VisibleKind, place: PartPlace, scanner: StopScanner): VisiblePart {
  const { output_index, content_index, item_id } = place;
  return {
    kind,
    place: { output_index, content_index, item_id },
    scanner,
    shown: createGrowingText(),
    arrived: 0,
    annotations: [],
    over: false,
  };
}

export function isVisibleKind(type: unknown): type is VisibleKind {
  return type === 'output_text' || type === 'refusal';
}

/** Where a finished part or its event has the text. */
export const textMember = { output_text: 'text', refusal: 'refusal' } as const satisfies Record<
  VisibleKind,
  string
>;

/** The part as it stands in a finished item; what annotates text that is not shown goes with it. */
export function contentOf({ kind, shown, annotations }: VisiblePart) {
  const text = shown.text();
  if (kind === 'refusal') return { type: kind, refusal: text };
  const kept = annotations.filter((annotation) => endOfAnnotation(annotation) <= text.length);
  return { type: kind, text, annotations: kept, logprobs: [] };
}

function endOfAnnotation(annotation: unknown): number {
  const end = isRecord(annotation) ? annotation['end_index'] : null;
  return typeof end === 'number' ? end : 0;
}

export function deltaOf({ kind, place }: VisiblePart, delta: string): CodexEvent {
  return { type: `response.${kind}.delta`, ...place, delta };
}

/** What the upstream sends at the end of a part. */
export function endOfPart(part: VisiblePart): readonly CodexEvent[] {
  const { kind, place } = part;
  const text = part.shown.text();
  const closed = { type: 'response.content_part.done' as const, ...place, part: contentOf(part) };
  if (kind === 'refusal') return [{ type: 'response.refusal.done', ...place, refusal: text }, closed];
  return [{ type: 'response.output_text.done', ...place, text }, closed];
}
