import type { OutputItem, ResponseObject } from '../codex/events.ts';
import type { CodexRequest } from '../codex/request.ts';
import { estimateTokens, requestTokens, sealedTokens } from '../counting/request-tokens.ts';

/** Gathers what an answer has cost beside its visible text. */
export interface Spending {
  readonly note: (item: OutputItem) => void;
  /** The usage of an answer that ended here, before the upstream could tell its own. */
  readonly usage: (visibleTokens: number) => NonNullable<ResponseObject['usage']>;
}

export function createSpending(request: CodexRequest): Spending {
  let reasoning = 0;
  let rest = 0;
  return {
    note: (item) => {
      if (item.type === 'reasoning') reasoning += sealedTokens(item.encrypted_content ?? '');
      else rest += estimateTokens(unseenText(item));
    },
    usage: (visibleTokens) => {
      const input = requestTokens(request, estimateTokens);
      const output = visibleTokens + reasoning + rest;
      return {
        input_tokens: input,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: reasoning },
        total_tokens: input + output,
      };
    },
  };
}

/** What a call says, or a message that is not part of the visible text. */
function unseenText({ name, arguments: args, input, content }: OutputItem): string {
  const texts = (content ?? []).map(({ text }) => text ?? '');
  return [name ?? '', args ?? input ?? '', ...texts].join('');
}
