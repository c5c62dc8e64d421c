import type { CodexEvent, OutputItem, ResponseObject } from '../codex/events.ts';
import type { CodexRequest } from '../codex/request.ts';
import { estimateTokens } from '../counting/request-tokens.ts';
import type { CountTokens } from '../counting/token-tally.ts';
import { statusOfCut, terminalOf, type Cut } from './ending.ts';
import { createSpending, type Spending } from './estimate.ts';
import type { EmulationRules } from './rules.ts';
import { createStopIndex, createStopScanner, type StopIndex, type StopScanner } from './stop-scanner.ts';
import { createTokenMeter, type TokenMeter } from './token-meter.ts';
import { callEvents, createToolText, createToolTextReader, type ToolText } from './tool-text.ts';
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
  /** Null when no text can mean a call. */
  readonly toolText: ToolText | null;
  /** Events to hand on. */
  out: CodexEvent[];
  /** Messages with visible text, by their output index. */
  readonly messages: Map<number, Message>;
  /** Messages that are not part of the visible text. */
  readonly asides: Set<number>;
  /** Calls and reasoning that have begun: they are not broken off. */
  readonly unfinished: Set<number>;
  hasItems: boolean;
  /** The largest output index so far. */
  lastIndex: number;
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
    toolText: rules.toolText ? createToolText(request) : null,
    out: [],
    messages: new Map(),
    asides: new Set(),
    unfinished: new Set(),
    hasItems: false,
    lastIndex: -1,
    response: {},
    lastSpoken: null,
    cut: null,
    ended: false,
  };
}

export function messageAt(answer: Answer, index: number, announced: OutputItem): Message {
  const { messages } = answer;
  noteIndex(answer, index);
  let message = messages.get(index);
  if (!message) messages.set(index, (message = { item: announced, parts: new Map() }));
  return message;
}

export function noteIndex(answer: Answer, index: number): void {
  if (index > answer.lastIndex) answer.lastIndex = index;
}

function scannerFor({ stops, toolText }: Answer, kind: VisibleKind): StopScanner {
  const scanner = createStopScanner(stops);
  if (toolText === null || kind !== 'output_text') return scanner;
  const reader = createToolTextReader(toolText);
  return { push: (piece, isLast) => scanner.push(reader.push(piece, isLast), isLast) };
}

/** The text that an event is about; null when it is no visible text. */
export function partAt(answer: Answer, kind: VisibleKind, place: PartPlace): VisiblePart | null {
  const { output_index: index, content_index, item_id } = place;
  if (answer.asides.has(index)) return null;
  const unannounced = { type: 'message', role: 'assistant', id: item_id };
  const { parts } = messageAt(answer, index, unannounced);
  let part = parts.get(content_index);
  if (!part) parts.set(content_index, (part = createVisiblePart(kind, place, scannerFor(answer, kind))));
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
  const { toolText } = answer;
  const callsBefore = toolText?.calls.length ?? 0;
  const { text, hit } = part.scanner.push(piece, part.over);
  if (hit !== null) toolText?.calls.splice(callsBefore); // what comes behind a stop string was never said
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
  const ended = tellCalls(answer, { ...response, usage, usage_estimated: known === null });
  answer.out.push(terminalOf(cut, ended));
  answer.ended = true;
}

/** Hands on the calls that were written as text, behind all other items, and notes them for who counts them. */
export function tellCalls(answer: Answer, response: ResponseObject): ResponseObject {
  const { toolText } = answer;
  if (toolText === null || toolText.calls.length + toolText.kept === 0) return response;
  const { calls, kept } = toolText;
  const origin = (response.id ?? answer.response.id ?? '')
    .replaceAll(/^resp_|[^A-Za-z0-9]/g, '')
    .slice(-ORIGIN);
  for (const [at, call] of calls.entries()) {
    answer.lastIndex += 1;
    const id = `${origin}_${at}`;
    answer.out.push(...callEvents(call, { outputIndex: answer.lastIndex, id }));
  }
  return { ...response, tool_text: { calls: calls.length, kept } };
}

/** Characters of the response's id in the id of a call: enough to be unique, and few enough for a call. */
const ORIGIN = 40;

function visibleTokens({ meter, messages }: Answer): number {
  const shown = [...messages.values()].flatMap(({ parts }) =>
    [...parts.values()].map((part) => part.shown.text()),
  );
  return meter?.counted() ?? estimateTokens(shown.join(''));
}
