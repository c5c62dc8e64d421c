import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import { createEmulation } from '@codex-gateway/wire/emulation/emulation.ts';
import { enforcesNothing, type EmulationRules } from '@codex-gateway/wire/emulation/rules.ts';
import type { Tokenizer } from '../counting/tokenizer.ts';
import type { Batch } from '../upstream/event-client.ts';

export interface EnforcementDeps {
  /** What was asked of the upstream. */
  readonly request: CodexRequest;
  readonly tokenizer: Tokenizer;
}

/**
 * An answer up to where its request ends it; the upstream is let go at that moment. An answer that nothing can end is
 * handed on untouched.
 */
export function enforced(
  batches: AsyncIterable<Batch>,
  rules: EmulationRules,
  { request, tokenizer }: EnforcementDeps,
): AsyncIterable<Batch> {
  if (enforcesNothing(rules, request)) return batches;
  const emulation = createEmulation(rules, { countTokens: tokenizer.count, request });
  const upstream = batches[Symbol.asyncIterator]();
  // written by hand as the iterators below it: a generator is one promise more for each batch
  const iterator: AsyncIterableIterator<Batch, void> = {
    next: async () => {
      const next = emulation.ended() ? null : await upstream.next();
      if (!next || next.done) return { value: undefined, done: true };
      const value = emulation.push(next.value);
      if (emulation.ended()) await upstream.return?.();
      else if (emulation.nearsLimit()) tokenizer.warm();
      return { value, done: false };
    },
    return: async () => {
      await upstream.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
