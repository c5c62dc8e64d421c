export interface CacheKeyParts {
  /** The first of these that is a text wins: the client's own key, its session, its user. */
  readonly candidates: readonly (string | null | undefined)[];
  /** What the conversation begins with, for clients that name nothing. */
  readonly beginning: string;
  /** The API key's id: two keys never share a prompt cache. */
  readonly scope: string;
}

const KEY_LENGTH = 32;

/** The upstream's `prompt_cache_key` (at most 64 characters): stable for a conversation, different for every API key. */
export function promptCacheKey(
  { candidates, beginning, scope }: CacheKeyParts,
  digest: (text: string) => string,
): string {
  const named = candidates.find((candidate) => typeof candidate === 'string' && candidate !== '');
  return digest(`${scope}\n${named ?? beginning}`).slice(0, KEY_LENGTH);
}
