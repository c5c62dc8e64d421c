import type { OutputItem } from '../../codex/events.ts';
import type { AnswerStyle } from './answer-style.ts';
import type { Output } from './output.ts';
import { reasoningObject } from './reasoning.ts';

/** What stands between two parts of reasoning, and between the texts of two message items. */
export const PARAGRAPH = '\n\n';

/** The kinds of running text in an answer; both reasoning kinds are shown in one place. */
export type ProseKind = 'text' | 'refusal' | 'summary' | 'reasoning';

/** Writes running text; a text is named by its kind, its output item and its part there. */
export interface Prose {
  readonly more: (kind: ProseKind, item: number, part: number, delta: string) => void;
  /** All of a text at its end: only what has not come by deltas is new. */
  readonly whole: (kind: ProseKind, item: number, part: number, text: string) => void;
  readonly itemAdded: (index: number, item: OutputItem) => void;
  readonly itemDone: (index: number, item: OutputItem) => void;
}

interface State {
  readonly style: AnswerStyle;
  readonly output: Output;
  /** Characters of each text so far. */
  readonly arrived: Map<string, number>;
  /** Messages that comment on the work instead of answering. */
  readonly commentary: Set<number>;
  /** The item whose visible text was written last. */
  textItem: number | null;
  /** The reasoning that was written last. */
  reasoningPart: string | null;
}

export function createProse(style: AnswerStyle, output: Output): Prose {
  const state: State = {
    style,
    output,
    arrived: new Map(),
    commentary: new Set(),
    textItem: null,
    reasoningPart: null,
  };
  const more: Prose['more'] = (kind, item, part, delta) => {
    if (delta === '') return;
    const key = `${kind}.${item}.${part}`;
    state.arrived.set(key, (state.arrived.get(key) ?? 0) + delta.length);
    say(state, { kind, item, key, text: delta });
  };
  const whole: Prose['whole'] = (kind, item, part, text) => {
    more(kind, item, part, text.slice(state.arrived.get(`${kind}.${item}.${part}`) ?? 0));
  };
  return {
    more,
    whole,
    itemAdded: (index, item) => {
      if (isCommentary(item)) state.commentary.add(index);
    },
    itemDone: (index, item) => {
      if (isCommentary(item)) state.commentary.add(index);
      item.summary?.forEach((part, place) => whole('summary', index, place, part.text ?? ''));
      item.content?.forEach((part, place) => {
        if (part.type === 'output_text') whole('text', index, place, part.text ?? '');
        if (part.type === 'refusal') whole('refusal', index, place, part.refusal ?? '');
        if (part.type === 'reasoning_text') whole('reasoning', index, place, part.text ?? '');
      });
    },
  };
}

/** Newer models label what they say between calls; it is no part of a JSON answer. */
export function isCommentary(item: OutputItem): boolean {
  return item.phase === 'commentary';
}

interface Said {
  readonly kind: ProseKind;
  readonly item: number;
  readonly key: string;
  readonly text: string;
}

function say(state: State, said: Said): void {
  switch (said.kind) {
    case 'text':
      if (state.style.json && state.commentary.has(said.item)) sayReasoning(state, said);
      else sayText(state, said);
      return;
    case 'refusal':
      state.output.delta({ refusal: said.text });
      return;
    case 'summary':
    case 'reasoning':
      sayReasoning(state, said);
      return;
  }
}

function sayText(state: State, { item, text }: Said): void {
  const parted = state.textItem !== null && state.textItem !== item && !state.style.json;
  state.textItem = item;
  state.output.text(parted ? `${PARAGRAPH}${text}` : text);
}

/** The member is never written empty or null: some clients would show an empty box. */
function sayReasoning(state: State, { key, text }: Said): void {
  if (state.style.reasoning === 'off') return;
  const parted = state.reasoningPart !== null && state.reasoningPart !== key;
  state.reasoningPart = key;
  state.output.delta(reasoningObject(state.style.reasoning, parted ? `${PARAGRAPH}${text}` : text));
}
