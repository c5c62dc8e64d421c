import type { CodexEvent } from '../codex/events.ts';
import { isRecord } from '../record.ts';
import { createStopScanner, type StopIndex, type StopScanner } from './stop-scanner.ts';

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
  /** UTF-16 units that have come, and what of them the client may see. */
  arrived: number;
  shown: string;
  /** As they came; they stand in events of their own and in the finished part. */
  readonly annotations: unknown[];
  /** No more of it will come. */
  over: boolean;
}

export function createVisiblePart(kind: VisibleKind, place: PartPlace, stops: StopIndex): VisiblePart {
  const { output_index, content_index, item_id } = place;
  return {
    kind,
    place: { output_index, content_index, item_id },
    scanner: createStopScanner(stops),
    arrived: 0,
    shown: '',
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
  if (kind === 'refusal') return { type: kind, refusal: shown };
  const kept = annotations.filter((annotation) => endOfAnnotation(annotation) <= shown.length);
  return { type: kind, text: shown, annotations: kept, logprobs: [] };
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
  const { kind, place, shown } = part;
  const closed = { type: 'response.content_part.done' as const, ...place, part: contentOf(part) };
  if (kind === 'refusal') return [{ type: 'response.refusal.done', ...place, refusal: shown }, closed];
  return [{ type: 'response.output_text.done', ...place, text: shown }, closed];
}
