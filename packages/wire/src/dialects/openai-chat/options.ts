/** Where a client finds the reasoning summary; the API itself has no place for it. */
export type ReasoningDisplay = 'reasoning_content' | 'reasoning' | 'both' | 'off';

/** What an operator may choose about this dialect. */
export interface ChatOptions {
  readonly reasoning: ReasoningDisplay;
}

export const defaultChatOptions: ChatOptions = { reasoning: 'reasoning_content' };
