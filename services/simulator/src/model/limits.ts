import type { AnswerItem } from './answer.ts';
import { CALL_TOKENS, firstTokens, tokensIn, tokensOf } from './tokens.ts';

/** What is left of an answer, and whether the token limit took something from it. */
export interface Limited {
  readonly items: readonly AnswerItem[];
  readonly isCut: boolean;
}

/** Ends an answer before the first of these texts; what would have come after it is never said. */
export function upToStop(items: readonly AnswerItem[], stop: readonly string[]): readonly AnswerItem[] {
  for (const [index, item] of items.entries()) {
    const text = item.type === 'message' ? item.text : item.type === 'load' ? loadText(item, stop) : '';
    const places = stop.map((wanted) => text.indexOf(wanted)).filter((place) => place !== -1);
    if (places.length === 0) continue;
    return [...items.slice(0, index), { type: 'message', text: text.slice(0, Math.min(...places)) }];
  }
  return items;
}

type Load = Extract<AnswerItem, { type: 'load' }>;

/** As much of a load's text as must be looked at: its deltas are equal, so a match comes early or never. */
function loadText({ events, delta }: Load, stop: readonly string[]): string {
  const longest = Math.max(0, ...stop.map((text) => text.length));
  return delta.repeat(Math.min(events, 1 + Math.ceil(longest / Math.max(1, delta.length))));
}

/** The first `most` tokens of an answer. */
export function upToTokens(items: readonly AnswerItem[], most: number): Limited {
  const taken: AnswerItem[] = [];
  let room = most;
  for (const item of items) {
    const cost = tokensOf(item);
    if (cost > room) {
      return { items: room > 0 ? [...taken, ...beginningOf(item, room)] : taken, isCut: true };
    }
    taken.push(item);
    room -= cost;
  }
  return { items: taken, isCut: false };
}

/** An item cut to so many tokens; one that has no beginning is not there at all. */
function beginningOf(item: AnswerItem, tokens: number): readonly AnswerItem[] {
  switch (item.type) {
    case 'message':
    case 'refusal':
      return [{ ...item, text: firstTokens(item.text, tokens) }];
    case 'load':
      return [{ ...item, events: Math.floor(tokens / Math.max(1, tokensIn(item.delta.length))) }];
    case 'function_call':
      return [{ ...item, arguments: firstTokens(item.arguments, tokens - CALL_TOKENS) }];
    case 'custom_tool_call':
      return [{ ...item, input: firstTokens(item.input, tokens - CALL_TOKENS) }];
    case 'reasoning':
    case 'web_search_call':
    case 'compaction':
      return [];
  }
}
