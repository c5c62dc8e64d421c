import type { CodexEvent } from '../../codex/events.ts';
import { refusalOfEvent } from '../../codex/refusal.ts';
import { createSeenItems, type SeenItems } from '../../codex/seen-items.ts';
import type { Fault } from '../../fault.ts';
import { sseComment } from '../../sse.ts';
import type { Stamp, StreamEncoder } from '../dialect.ts';
import { anthropicError } from './error.ts';
import type { AnswerStyle, StopReason } from './message.ts';
import { createRenderer, type Renderer } from './renderer.ts';
import { createSseSink, ping, type SseSink } from './sse-sink.ts';

interface State {
  readonly sink: SseSink;
  readonly renderer: Renderer;
  readonly seen: SeenItems;
  readonly requestId: string;
  ended: boolean;
}

/** A Messages stream: `message_start`, blocks one after another, `message_delta`, `message_stop`; or an `error` event. */
export function createMessagesEncoder(style: AnswerStyle, stamp: Stamp): StreamEncoder {
  const sink = createSseSink(style, stamp);
  const renderer = createRenderer(sink, style, stamp);
  const seen = createSeenItems();
  const state: State = { sink, renderer, seen, requestId: stamp.requestId, ended: false };
  return {
    push: (events) => {
      for (const event of events) {
        if (state.ended) break;
        take(event, state);
      }
      return sink.taken();
    },
    fail: (fault) => {
      if (!state.ended) fail(fault, state);
      return sink.taken();
    },
    heartbeat: () => {
      if (state.ended) return '';
      return sink.started() ? ping : sseComment;
    },
    ended: () => state.ended,
  };
}

function take(event: CodexEvent, state: State): void {
  switch (event.type) {
    case 'response.created':
      state.sink.start();
      break;
    case 'response.completed':
    case 'response.incomplete': {
      state.sink.start();
      for (const { outputIndex, item } of state.seen.placed(event.response))
        state.renderer.take({ type: 'response.output_item.done', output_index: outputIndex, item });
      const fault = state.renderer.end(event);
      if (fault) fail(fault, state);
      state.ended = true;
      break;
    }
    case 'response.failed':
    case 'error':
      fail(refusalOfEvent(event)?.fault ?? unexplained, state);
      break;
    case 'response.queued':
    case 'response.in_progress':
    case 'other':
    case 'malformed':
      break;
    case 'response.output_item.added':
    case 'response.output_item.done':
      state.sink.start();
      state.seen.note(event.output_index, event.item);
      state.renderer.take(event);
      break;
    case 'response.output_text.delta':
    case 'response.output_text.done':
    case 'response.content_part.added':
    case 'response.content_part.done':
    case 'response.refusal.delta':
    case 'response.refusal.done':
    case 'response.reasoning_summary_part.added':
    case 'response.reasoning_summary_part.done':
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_summary_text.done':
    case 'response.reasoning_text.delta':
    case 'response.function_call_arguments.delta':
    case 'response.function_call_arguments.done':
    case 'response.custom_tool_call_input.delta':
    case 'response.custom_tool_call_input.done':
      state.sink.start();
      state.renderer.take(event);
      break;
  }
}

const unexplained: Fault = { kind: 'upstream_error', message: 'The upstream failed while it answered.' };

/** Within a message some failures are a way to stop; all others are an `error` event, and the open block stays open. */
function fail(fault: Fault, state: State): void {
  const stopReason = state.sink.started() ? stopReasonOf(fault) : null;
  if (stopReason) state.renderer.stop({ stopReason, explanation: fault.message });
  else state.sink.error(anthropicError(fault, state.requestId));
  state.ended = true;
}

const policies: ReadonlySet<string | null> = new Set(['cyber_policy', 'bio_policy']);

function stopReasonOf(fault: Fault): StopReason | null {
  if (fault.kind === 'context_length_exceeded') return 'model_context_window_exceeded';
  return fault.kind === 'upstream_refused' && policies.has(fault.code) ? 'refusal' : null;
}
