/** Where a Chat client finds the reasoning summary; the API itself has no place for it. */
export type ReasoningDisplay = 'reasoning_content' | 'reasoning' | 'both' | 'off';

/** What an operator may choose about the translation, for every key. */
export interface DialectOptions {
  readonly chat: { readonly reasoning: ReasoningDisplay };
  /** What the gateway does itself because the upstream cannot; what is off is declared instead. */
  readonly emulate: {
    readonly stop: boolean;
    readonly maxTokens: boolean;
    /** Tool calls that the model wrote as text become real ones. */
    readonly toolText: boolean;
  };
}

export const defaultOptions: DialectOptions = {
  chat: { reasoning: 'reasoning_content' },
  emulate: { stop: true, maxTokens: true, toolText: true },
};
