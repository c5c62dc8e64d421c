import { createRequire } from 'node:module';
import type * as o200k from 'gpt-tokenizer/encoding/o200k_base';

/** Counts tokens as the models do (o200k_base). */
export interface Tokenizer {
  /**
   * Special tokens count as the plain text that they are in an answer. Merging is quadratic in the length of a run
   * without a break: give it short pieces (`addText` of the emulation does). The first call loads the vocabulary.
   */
  readonly count: (text: string) => number;
  /** Loads the vocabulary soon, in two steps with room for other work between them. */
  readonly warm: () => void;
}

const plainText = { disallowedSpecial: new Set<string>() };

/**
 * A tokenizer that is loaded when it is first needed: most processes never count a token, and it costs about 80 MB and
 * 0.2 s (docs/decisions/2026-11-21-stop-strings-and-token-limits.md). Not by `import()`: a count cannot wait.
 */
export function createTokenizer(): Tokenizer {
  const loadModule = createRequire(import.meta.url);
  let encoding: typeof o200k | null = null;
  let isWarming = false;
  const load = (): typeof o200k => {
    if (encoding) return encoding;
    const loaded: typeof o200k = loadModule('gpt-tokenizer/encoding/o200k_base');
    loaded.setMergeCacheSize(0); // it would keep pieces of answers, up to 100,000 of them
    encoding = loaded;
    return loaded;
  };
  return {
    count: (text) => load().countTokens(text, plainText),
    warm: () => {
      if (isWarming) return;
      isWarming = true;
      setImmediate(() => {
        loadModule('gpt-tokenizer/bpeRanks/o200k_base'); // the half of the time that can be had alone
        setImmediate(load);
      });
    },
  };
}
