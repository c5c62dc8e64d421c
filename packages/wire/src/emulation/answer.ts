import type { CodexEvent, OutputItem, ResponseObject } from '../codex/events.ts';
import type { CodexRequest } from '../codex/request.ts';
import { statusOfCut, terminalOf, type Cut } from './ending.ts';
import { createSpending, estimateTokens, type Spending } from './estimate.ts';
import type { EmulationRules } from './rules.ts';
import { createStopIndex, type StopIndex } from './stop-scanner.ts';
import { createTokenMeter, type TokenMeter } from './token-meter.ts';
import type { CountTokens } from './token-tally.ts';
import {
  contentOf,
  createVisiblePart,
  deltaOf,
  endOfPart,
  type PartPlace,
  type VisibleKind,
  type VisiblePart,
} from './visible-part.ts';

/** An answer as far as it has been handed on. */
export interface Answer {
  readonly rules: EmulationRules;
  readonly stops: StopIndex;
  readonly meter: TokenMeter | null;
  readonly spending: Spending;
  /** Events to hand on. */
  out: CodexEvent[];
  /** Messages with visible text, by their output index. */
  readonly messages: Map<number, Message>;
  /** Messages that are not part of the visible text. */
  readonly asides: Set<number>;
  /** Calls and reasoning that have begun: they are not broken off. */
  readonly unfinished: Set<number>;
  hasItems: boolean;
  /** The upstream's last response object. */
  response: ResponseObject;
  /** The message whose text came last. */
  lastSpoken: number | null;
  cut: Cut | null;
  ended: boolean;
}

export interface Message {
  /** As it was announced. */
  readonly item: OutputItem;
  readonly parts: Map<number, VisiblePart>;
}

export interface EmulationDeps {
  readonly countTokens: CountTokens;
  /** What was asked: the usage of an answer that is ended here is estimated from it. */
  readonly request: CodexRequest;
}

export function createAnswer(rules: EmulationRules, { countTokens, request }: EmulationDeps): Answer {
  return {
    rules,
    stops: createStopIndex(rules.stop),
    meter: rules.maxTokens === null ? null : createTokenMeter(rules.maxTokens, countTokens),
    spending: createSpending(request),
    out: [],
    messages: new Map(),
    asides: new Set(),
    unfinished: new Set(),
    hasItems: false,
    response: {},
    lastSpoken: null,
    cut: null,
    ended: false,
  };
}

export function messageAt({ messages }: Answer, index: number, announced: OutputItem): Message {
  let message = messages.get(index);
  if (!message) messages.set(index, (message = { item: announced, parts: new Map() }));
  return message;
}

/** The text that an event is about; null when it is no visible text. */
export function partAt(answer: Answer, kind: VisibleKind, place: PartPlace): VisiblePart | null {
  const { output_index: index, content_index, item_id } = place;
  if (answer.asides.has(index)) return null;
  const unannounced = { type: 'message', role: 'assistant', id: item_id };
  const { parts } = messageAt(answer, index, unannounced);
  let part = parts.get(content_index);
  if (!part) parts.set(content_index, (part = createVisiblePart(kind, place, answer.stops)));
  return part.kind === kind ? part : null;
}

/**
 * Takes the next piece of a visible text and hands on what the client may have of it.
 *
 * @param event the event it came in, when it is a delta: handed on as it is when nothing is kept back
 */
export function showText(
  answer: Answer,
  part: VisiblePart,
  piece: string,
  event: (CodexEvent & { readonly delta: string }) | null,
): void {
  part.arrived += piece.length;
  const { text, hit } = part.scanner.push(piece, part.over);
  const shown = allowed(answer, part, text);
  if (shown !== '') {
    part.shown.add(shown);
    answer.lastSpoken = part.place.output_index;
    answer.out.push(event?.delta === shown ? event : deltaOf(part, shown));
  }
  if (shown.length < text.length) cutAnswer(answer, part, { kind: 'max_tokens' });
  else if (hit !== null) cutAnswer(answer, part, { kind: 'stop', sequence: hit });
}

/** What the limit leaves of a text; the client's own separator counts. */
function allowed({ meter, rules, lastSpoken }: Answer, { place }: VisiblePart, text: string): string {
  if (meter === null || text === '') return text;
  const separator = lastSpoken === null || lastSpoken === place.output_index ? '' : rules.separator;
  return text.slice(0, Math.max(0, meter.take(separator + text) - separator.length));
}

function cutAnswer(answer: Answer, part: VisiblePart, cut: Cut): void {
  answer.cut = cut;
  answer.out.push(...endOfPart(part), endOfMessage(answer, part, statusOfCut[cut.kind]));
  if (answer.unfinished.size === 0) endCutAnswer(answer, cut);
}

function endOfMessage(answer: Answer, { place }: VisiblePart, status: string): CodexEvent {
  const { output_index } = place;
  const { item, parts } = messageAt(answer, output_index, { type: 'message' });
  const inOrder = [...parts.values()].toSorted(
    (left, right) => left.place.content_index - right.place.content_index,
  );
  const ended = { ...item, status, content: inOrder.map(contentOf) };
  return { type: 'response.output_item.done', output_index, item: ended };
}

/** Hands on the last event of an answer that was cut. */
export function endCutAnswer(answer: Answer, cut: Cut): void {
  const { response, spending } = answer;
  const known = response.usage ?? null;
  const usage = known ?? spending.usage(visibleTokens(answer));
  answer.out.push(terminalOf(cut, { ...response, usage, usage_estimated: known === null }));
  answer.ended = true;
}

function visibleTokens({ meter, messages }: Answer): number {
  const shown = [...messages.values()].flatMap(({ parts }) =>
    [...parts.values()].map((part) => part.shown.text()),
  );
  return meter?.counted() ?? estimateTokens(shown.join(''));
}
