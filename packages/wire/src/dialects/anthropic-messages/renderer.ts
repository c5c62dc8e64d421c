import type { CodexEvent, OutputItem } from '../../codex/events.ts';
import { usageOf } from '../../codex/events.ts';
import type { Fault } from '../../fault.ts';
import type { Stamp } from '../dialect.ts';
import { createCallItem } from './call-item.ts';
import { incompleteStopReason, type AnswerStyle, type Ending, type MessageSink } from './message.ts';
import { createReasoningItem } from './reasoning-item.ts';
import type { ItemRenderer, RenderState } from './render-state.ts';
import { createSearchItem } from './search-item.ts';
import { createTextItem } from './text-item.ts';
import { createUntangler, type ItemEvent } from './untangle.ts';

export type GoodEnd = Extract<CodexEvent, { type: 'response.completed' | 'response.incomplete' }>;

export interface Renderer {
  readonly take: (event: ItemEvent) => void;
  /** Ends the message, or says why it must not look finished. */
  readonly end: (event: GoodEnd) => Fault | null;
  /** Ends the message early with what there is of it. */
  readonly stop: (ending: Pick<Ending, 'stopReason' | 'explanation'>) => void;
}

/** Upstream events as the blocks of a message. The sink decides whether that is a stream or one object. */
export function createRenderer(sink: MessageSink, style: AnswerStyle, stamp: Stamp): Renderer {
  const state: RenderState = {
    sink,
    style,
    answerId: stamp.id,
    account: stamp.account,
    calledTool: false,
    webSearches: 0,
    hasBrokenCall: false,
  };
  let current: { readonly index: number; readonly item: ItemRenderer } | null = null;

  const cutCurrent = (): void => {
    if (!state.hasBrokenCall) current?.item.cut();
    current = null;
  };
  const itemFor = (event: ItemEvent): ItemRenderer | null => {
    if (current?.index === event.output_index) return current.item;
    cutCurrent();
    if (state.hasBrokenCall) return null; // nothing may follow a call that is not whole
    const item = createItem(event, state);
    if (item) current = { index: event.output_index, item };
    return item;
  };
  const untangler = createUntangler((event) => {
    const item = itemFor(event);
    if (event.type === 'response.output_item.added') item?.begin?.(event.item);
    else if (event.type === 'response.output_item.done') {
      item?.finish(event.item);
      current = null;
    } else item?.take(event);
  });
  const close = (): void => {
    untangler.flush();
    cutCurrent();
  };
  const end = (ending: Omit<Ending, 'webSearches'>): void => {
    if (state.hasBrokenCall) sink.closeBlock();
    sink.end({ ...ending, webSearches: state.webSearches });
  };

  return {
    take: untangler.take,
    end: (event) => {
      close();
      const completed = event.type === 'response.completed';
      if (completed && state.hasBrokenCall) return brokenCallFault;
      end({ ...goodEnding(event, state), usage: usageOf(event.response) });
      return null;
    },
    stop: (ending) => {
      close();
      end({ ...ending, stopSequence: null, usage: null });
    },
  };
}

const brokenCallFault: Fault = {
  kind: 'upstream_error',
  message: 'The upstream ended a tool call before its arguments were whole.',
};

const FILTERED = 'The answer was stopped by a content filter.';

function goodEnding(
  event: GoodEnd,
  { calledTool, hasBrokenCall }: RenderState,
): Omit<Ending, 'usage' | 'webSearches'> {
  const plain = { stopSequence: null, explanation: null };
  if (event.type === 'response.completed') {
    const { stop_sequence: sequence } = event.response;
    // the SDK's tool runner stops at every other reason, and the call would stay unanswered
    if (calledTool) return { ...plain, stopReason: 'tool_use' };
    return sequence
      ? { ...plain, stopReason: 'stop_sequence', stopSequence: sequence }
      : { ...plain, stopReason: 'end_turn' };
  }
  if (hasBrokenCall) return { ...plain, stopReason: 'max_tokens' };
  const stopReason = incompleteStopReason(event.response.incomplete_details?.reason ?? '');
  return { ...plain, stopReason, explanation: stopReason === 'refusal' ? FILTERED : null };
}

const silent: ItemRenderer = { take: () => {}, finish: () => {}, cut: () => {} };

type CreateItem = (state: RenderState, index: number) => ItemRenderer;

const creators: ReadonlyMap<string, CreateItem> = new Map<string, CreateItem>([
  ['message', createTextItem],
  ['reasoning', createReasoningItem],
  ['function_call', createCallItem],
  ['custom_tool_call', createCallItem],
  ['web_search_call', createSearchItem],
]);

/** Null for items that a message has no block for. */
function createItem(event: ItemEvent, state: RenderState): ItemRenderer | null {
  const isComment = 'item' in event && event.item.phase === 'commentary';
  if (isComment && state.style.isJson) return silent;
  return creators.get(itemType(event))?.(state, event.output_index) ?? null;
}

/** The type of an event's item, also when the upstream did not announce it. */
function itemType(event: ItemEvent): OutputItem['type'] {
  switch (event.type) {
    case 'response.output_item.added':
    case 'response.output_item.done':
      return event.item.type;
    case 'response.content_part.added':
    case 'response.content_part.done':
    case 'response.output_text.delta':
    case 'response.output_text.done':
    case 'response.refusal.delta':
    case 'response.refusal.done':
      return 'message';
    case 'response.reasoning_summary_part.added':
    case 'response.reasoning_summary_part.done':
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_summary_text.done':
    case 'response.reasoning_text.delta':
      return 'reasoning';
    case 'response.function_call_arguments.delta':
    case 'response.function_call_arguments.done':
      return 'function_call';
    case 'response.custom_tool_call_input.delta':
    case 'response.custom_tool_call_input.done':
      return 'custom_tool_call';
  }
}
