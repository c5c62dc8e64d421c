/** How many input tokens of a request were seen before, by account and cache key. */
export interface PromptCache {
  readonly cachedTokens: (accountId: string, key: string | undefined, inputTokens: number) => number;
  readonly clear: () => void;
}

const BLOCK_TOKENS = 128;
const MAX_ENTRIES = 10_000;

/** Counts like the backend: whole blocks of 128 tokens of what the last request with this key had. */
export function createPromptCache(): PromptCache {
  const seen = new Map<string, number>();
  return {
    cachedTokens: (accountId, key, inputTokens) => {
      if (key === undefined) return 0;
      const name = `${accountId}\n${key}`;
      const before = seen.get(name) ?? 0;
      if (seen.size >= MAX_ENTRIES) seen.clear();
      seen.set(name, inputTokens);
      return Math.floor(Math.min(before, inputTokens) / BLOCK_TOKENS) * BLOCK_TOKENS;
    },
    clear: () => seen.clear(),
  };
}
