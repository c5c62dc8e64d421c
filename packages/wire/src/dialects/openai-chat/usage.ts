import { z } from 'zod';
import { isRecord } from '../../record.ts';
import type { Usage } from '../../usage.ts';

/** `usage` of the Chat API; what the upstream does not count (audio, predictions) is left out. */
export function chatUsage(usage: Usage) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.totalTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

const tokens = z.number().int().min(0);

const usageSchema = z.object({
  prompt_tokens: tokens,
  completion_tokens: tokens,
  total_tokens: tokens.nullish(),
  prompt_tokens_details: z
    .object({ cached_tokens: tokens.nullish(), cache_write_tokens: tokens.nullish() })
    .nullish(),
  completion_tokens_details: z.object({ reasoning_tokens: tokens.nullish() }).nullish(),
});

/** The other way round, from an answer of the API itself; null when there is none that makes sense. */
export function readChatUsage(value: unknown): Usage | null {
  if (!isRecord(value)) return null; // nearly every chunk of a stream
  const { data: counts } = usageSchema.safeParse(value);
  if (!counts) return null;
  const { prompt_tokens: input, completion_tokens: output } = counts;
  return {
    inputTokens: input,
    cachedInputTokens: counts.prompt_tokens_details?.cached_tokens ?? 0,
    cacheWriteTokens: counts.prompt_tokens_details?.cache_write_tokens ?? 0,
    outputTokens: output,
    reasoningTokens: counts.completion_tokens_details?.reasoning_tokens ?? 0,
    totalTokens: counts.total_tokens ?? input + output,
  };
}
