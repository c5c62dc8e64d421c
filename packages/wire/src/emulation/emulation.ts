import { isTerminal, outputOf, type CodexEvent, type OutputItem } from '../codex/events.ts';
import { isRecord } from '../record.ts';
import {
  createAnswer,
  endCutAnswer,
  messageAt,
  noteIndex,
  partAt,
  showText,
  tellCalls,
  type Answer,
  type EmulationDeps,
} from './answer.ts';
import type { Cut } from './ending.ts';
import type { EmulationRules } from './rules.ts';
import { isVisibleKind, textMember, type VisibleKind, type VisiblePart } from './visible-part.ts';

/** Enforces what the upstream cannot be told: a filter of its events. */
export interface Emulation {
  /** The events to go on with; from where the answer must end, the events of its end. Batches make no difference. */
  readonly push: (events: readonly CodexEvent[]) => readonly CodexEvent[];
  /** The answer is over, nothing more of the upstream is wanted. */
  readonly ended: () => boolean;
  /** Whether tokens may soon have to be counted. */
  readonly nearsLimit: () => boolean;
}

/**
 * Ends an answer before a stop string or at a token limit, as if the upstream had: below the dialects, so that each of
 * them sees an ordinary answer. A limit is kept exactly by o200k's count of the visible text; reasoning and calls are
 * neither counted nor broken off, so what has begun of them is finished first.
 */
export function createEmulation(rules: EmulationRules, deps: EmulationDeps): Emulation {
  const answer = createAnswer(rules, deps);
  return {
    push: (events) => {
      for (const event of events) {
        if (answer.ended) break;
        if (answer.cut === null) take(answer, event);
        else finishUp(answer, event, answer.cut);
      }
      const { out } = answer;
      answer.out = [];
      return out;
    },
    ended: () => answer.ended,
    nearsLimit: () => answer.meter?.isNear() ?? false,
  };
}

type EventOf<Type extends CodexEvent['type']> = Extract<CodexEvent, { type: Type }>;

function take(answer: Answer, event: CodexEvent): void {
  switch (event.type) {
    case 'response.output_text.delta':
      return takeDelta(answer, 'output_text', event);
    case 'response.refusal.delta':
      return takeDelta(answer, 'refusal', event);
    case 'response.output_text.done':
    case 'response.refusal.done':
      return takeText(answer, event);
    case 'response.content_part.done':
      return takePart(answer, event);
    case 'response.output_item.added':
      return beginItem(answer, event);
    case 'response.output_item.done':
      return finishItem(answer, event);
    case 'response.completed':
    case 'response.incomplete':
      return takeEnd(answer, event);
    case 'response.failed':
    case 'error':
      answer.ended = true;
      return pass(answer, event);
    case 'response.created':
      answer.response = event.response;
      return pass(answer, event);
    case 'other':
      noteAnnotation(answer, event);
      return pass(answer, event);
    case 'response.queued':
    case 'response.in_progress':
    case 'response.content_part.added':
    case 'response.reasoning_summary_part.added':
    case 'response.reasoning_summary_part.done':
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_summary_text.done':
    case 'response.reasoning_text.delta':
    case 'response.function_call_arguments.delta':
    case 'response.function_call_arguments.done':
    case 'response.custom_tool_call_input.delta':
    case 'response.custom_tool_call_input.done':
    case 'malformed':
      return pass(answer, event);
  }
}

function pass(answer: Answer, event: CodexEvent): void {
  answer.out.push(event);
}

function takeDelta(
  answer: Answer,
  kind: VisibleKind,
  event: EventOf<'response.output_text.delta' | 'response.refusal.delta'>,
): void {
  const part = partAt(answer, kind, event);
  if (part === null) pass(answer, event);
  else if (!part.over) showText(answer, part, event.delta, event);
}

/** Brings what of a text had not come by deltas. Its end is handed on by the caller, unless the answer was cut. */
function finishText(answer: Answer, part: VisiblePart, whole: string): void {
  if (part.over || answer.cut !== null) return;
  part.over = true;
  showText(answer, part, whole.slice(part.arrived), null);
}

function takeText(
  answer: Answer,
  event: EventOf<'response.output_text.done' | 'response.refusal.done'>,
): void {
  const isText = event.type === 'response.output_text.done';
  const part = partAt(answer, isText ? 'output_text' : 'refusal', event);
  if (part === null) return pass(answer, event);
  finishText(answer, part, isText ? event.text : event.refusal);
  if (answer.cut !== null) return;
  const shown = part.shown.text();
  pass(answer, isText ? { ...event, text: shown } : { ...event, refusal: shown });
}

function takePart(answer: Answer, event: EventOf<'response.content_part.done'>): void {
  const content = 'part' in event ? event.part : null;
  if (!isRecord(content) || !isVisibleKind(content['type'])) return pass(answer, event);
  const part = partAt(answer, content['type'], event);
  if (part === null) return pass(answer, event);
  const member = textMember[part.kind];
  finishText(answer, part, typeof content[member] === 'string' ? content[member] : '');
  if (answer.cut !== null) return;
  const handedOn = { ...event, part: { ...content, [member]: part.shown.text() } };
  pass(answer, handedOn);
}

/** Kinds of items that mean nothing when they are not whole. */
const unbroken: ReadonlySet<string> = new Set(['function_call', 'custom_tool_call', 'reasoning']);

function beginItem(answer: Answer, event: EventOf<'response.output_item.added'>): void {
  const { item, output_index: index } = event;
  answer.hasItems = true;
  noteIndex(answer, index);
  if (unbroken.has(item.type)) answer.unfinished.add(index);
  if (isAside(answer, item)) answer.asides.add(index);
  else if (item.type === 'message') messageAt(answer, index, item);
  pass(answer, event);
}

function isAside({ rules }: Answer, { type, phase }: OutputItem): boolean {
  return type === 'message' && phase === 'commentary' && !rules.commentaryIsVisible;
}

function finishItem(answer: Answer, event: EventOf<'response.output_item.done'>): void {
  const { item, output_index: index } = event;
  answer.hasItems = true;
  noteIndex(answer, index);
  if (item.type === 'message' && !isAside(answer, item) && !answer.asides.has(index))
    return finishMessage(answer, event);
  answer.unfinished.delete(index);
  answer.spending.note(item);
  pass(answer, event);
}

function finishMessage(answer: Answer, event: EventOf<'response.output_item.done'>): void {
  const { item, output_index } = event;
  const message = messageAt(answer, output_index, item);
  const content = item.content?.map((found, content_index) => {
    const place = { output_index, content_index, item_id: item.id };
    const part = isVisibleKind(found.type) ? partAt(answer, found.type, place) : null;
    if (part === null) return found;
    if (part.annotations.length === 0) part.annotations.push(...(found.annotations ?? []));
    finishText(answer, part, found[textMember[part.kind]] ?? '');
    return { ...found, [textMember[part.kind]]: part.shown.text() };
  });
  for (const part of message.parts.values()) finishText(answer, part, '');
  if (answer.cut === null) pass(answer, { ...event, item: { ...item, content } });
}

/** An answer may come in its last event alone. */
function takeEnd(answer: Answer, event: EventOf<'response.completed' | 'response.incomplete'>): void {
  answer.response = event.response;
  const unstreamed = answer.hasItems ? [] : outputOf(event.response);
  for (const [output_index, item] of unstreamed.entries()) {
    if (answer.cut === null) finishItem(answer, { type: 'response.output_item.done', output_index, item });
  }
  for (const { parts } of answer.messages.values())
    for (const part of parts.values()) finishText(answer, part, '');
  if (answer.cut !== null) return finishUp(answer, event, answer.cut);
  answer.ended = true;
  const response = tellCalls(answer, event.response);
  pass(answer, response === event.response ? event : { ...event, response });
}

/** After the cut: only what had begun and must not be broken off is still handed on. */
function finishUp(answer: Answer, event: CodexEvent, cut: Cut): void {
  if (answer.ended) return;
  if (event.type === 'response.completed') {
    answer.response = event.response;
    return endCutAnswer(answer, cut);
  }
  if (isTerminal(event)) {
    answer.ended = true;
    return pass(answer, event);
  }
  if (!('output_index' in event) || !answer.unfinished.has(event.output_index)) return;
  pass(answer, event);
  if (event.type !== 'response.output_item.done') return;
  answer.spending.note(event.item);
  answer.unfinished.delete(event.output_index);
  if (answer.unfinished.size === 0) endCutAnswer(answer, cut);
}

/** Annotations come in events of their own and stand in the finished part again. */
function noteAnnotation({ messages }: Answer, { name, body }: EventOf<'other'>): void {
  const { output_index: item, content_index: part, annotation } = body;
  if (name !== 'response.output_text.annotation.added') return;
  if (typeof item !== 'number' || typeof part !== 'number') return;
  messages.get(item)?.parts.get(part)?.annotations.push(annotation);
}
