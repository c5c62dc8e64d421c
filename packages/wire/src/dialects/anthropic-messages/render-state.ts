import type { OutputItem } from '../../codex/events.ts';
import type { AnswerStyle, MessageSink } from './message.ts';
import type { ItemEvent } from './untangle.ts';

/** One output item on its way into content blocks. */
export interface ItemRenderer {
  /** The item was announced; its seal and its text are not final here, its name and ids are. */
  readonly begin?: (item: OutputItem) => void;
  /** An event between the item's beginning and its end. */
  readonly take: (event: ItemEvent) => void;
  /** The item is finished; `item` is all of it, and what had not come as deltas is still to be written. */
  readonly finish: (item: OutputItem) => void;
  /** The answer ended within the item. */
  readonly cut: () => void;
}

/** What the items of one answer share. */
export interface RenderState {
  readonly sink: MessageSink;
  readonly style: AnswerStyle;
  /** Makes the ids of server tools, which the client never sends back to anybody but us. */
  readonly answerId: string;
  /** Whose seal the reasoning has. */
  readonly account: string;
  calledTool: boolean;
  webSearches: number;
  /** A call whose arguments are not whole: how the answer ends decides what that means. */
  hasBrokenCall: boolean;
}
