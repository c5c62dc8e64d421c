import type { AnswerItem } from './answer.ts';

const CHARACTERS_PER_TOKEN = 4;
/** What a call costs beside its arguments. */
export const CALL_TOKENS = 12;

/** About as many tokens as a text of this length has. */
export function tokensIn(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** So many tokens of the beginning of a text; half of a surrogate pair is left out. */
export function firstTokens(text: string, tokens: number): string {
  const end = Math.max(0, tokens * CHARACTERS_PER_TOKEN);
  return text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '');
}

/** The tokens of an item; those of reasoning are counted apart. */
export function tokensOf(item: AnswerItem): number {
  switch (item.type) {
    case 'message':
    case 'refusal':
      return tokensIn(item.text.length);
    case 'load':
      return item.events * Math.max(1, tokensIn(item.delta.length));
    case 'function_call':
      return CALL_TOKENS + tokensIn(item.arguments.length);
    case 'custom_tool_call':
      return CALL_TOKENS + tokensIn(item.input.length);
    case 'compaction':
    case 'web_search_call':
      return CALL_TOKENS;
    case 'reasoning':
      return 0;
  }
}
