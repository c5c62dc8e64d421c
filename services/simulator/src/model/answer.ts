/** What the model decided to answer, before it is spoken as events. */
export interface Answer {
  readonly items: readonly AnswerItem[];
  /** Calls are spoken one after the other, or with their argument deltas mixed. */
  readonly interleaved: boolean;
  readonly usage: UsageFigures;
  /** Set when the answer stops early: the last item ends `incomplete`. */
  readonly incompleteReason?: string;
}

export type AnswerItem =
  | { readonly type: 'reasoning'; readonly summary: readonly string[]; readonly sealed: boolean }
  | { readonly type: 'message'; readonly text: string; readonly phase?: 'commentary' | 'final_answer' }
  | { readonly type: 'refusal'; readonly text: string }
  /** A message of equal deltas, made while it is sent: its size does not matter. */
  | { readonly type: 'load'; readonly events: number; readonly delta: string }
  | {
      readonly type: 'function_call';
      readonly name: string;
      readonly namespace?: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'custom_tool_call';
      readonly name: string;
      readonly namespace?: string;
      readonly input: string;
    }
  | { readonly type: 'web_search_call'; readonly query: string }
  | { readonly type: 'compaction' };

export interface UsageFigures {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}
