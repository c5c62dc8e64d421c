import { isRecord } from '../record.ts';

/** An item or a part without the mark for the vendor's own prompt cache, which this backend refuses wherever it stands. */
export function withoutCacheMark(
  marked: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (!Object.hasOwn(marked, 'prompt_cache_breakpoint')) return marked;
  const { prompt_cache_breakpoint: _, ...rest } = marked;
  return rest;
}

/** The same of every part, in a list or alone. */
export function partsWithoutCacheMarks(parts: unknown): unknown {
  return Array.isArray(parts) ? parts.map(partWithoutCacheMark) : partWithoutCacheMark(parts);
}

function partWithoutCacheMark(part: unknown): unknown {
  return isRecord(part) ? withoutCacheMark(part) : part;
}
