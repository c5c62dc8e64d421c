export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

/** How an answer ended. */
export interface Ending {
  /** Why it is not whole; null when it is. */
  readonly incompleteReason: string | null;
  /** Whether a call was told to the client, and whether one was cut off. */
  readonly called: boolean;
  readonly cutCall: boolean;
  readonly legacy: boolean;
}

const byReason: ReadonlyMap<string, FinishReason> = new Map([
  ['max_output_tokens', 'length'],
  ['content_filter', 'content_filter'],
]);

/** From what the client was told, at the end. A cut call is `length`: its arguments must not be used. */
export function finishReason({ incompleteReason, called, cutCall, legacy }: Ending): FinishReason {
  if (incompleteReason !== null) return byReason.get(incompleteReason) ?? (cutCall ? 'length' : 'stop');
  if (!called) return 'stop';
  return legacy ? 'function_call' : 'tool_calls';
}
