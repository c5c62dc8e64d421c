import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

const plainText = { disallowedSpecial: new Set<string>() };

/** The real tokenizer: what the emulation promises is measured by it. */
export function o200k(text: string): number {
  return countTokens(text, plainText);
}
