import { usageOf, type CodexEvent, type OutputItem, type ResponseObject } from '../../codex/events.ts';
import { refusalOfEvent } from '../../codex/refusal.ts';
import { createSeenItems, type SeenItems } from '../../codex/seen-items.ts';
import type { Fault } from '../../fault.ts';
import { sseComment, sseDone } from '../../sse.ts';
import type { Stamp, StreamEncoder } from '../dialect.ts';
import type { AnswerStyle } from './answer-style.ts';
import { createCallLine, isCallItem, type CallLine } from './call-line.ts';
import { createCallWriter } from './call-writer.ts';
import { createChunks, errorFrame, type Chunks } from './chunks.ts';
import { finishReason } from './finish.ts';
import { createOutput, type Output } from './output.ts';
import { createProse, type Prose } from './prose.ts';

interface Stream {
  readonly style: AnswerStyle;
  readonly chunks: Chunks;
  readonly output: Output;
  readonly prose: Prose;
  readonly calls: CallLine;
  readonly seen: SeenItems;
  ended: boolean;
}

/** Writes the chunks of one answer; every stream ends with `[DONE]`, a failed one with an error object before it. */
export function createChatEncoder(style: AnswerStyle, stamp: Stamp): StreamEncoder {
  const chunks = createChunks(style.model, stamp, style.includeUsage);
  const output = createOutput(chunks);
  const prose = createProse(style, output);
  const calls = createCallLine(createCallWriter(style, output));
  const seen = createSeenItems();
  const stream: Stream = { style, chunks, output, prose, calls, seen, ended: false };
  return {
    push: (events) => {
      for (const event of events) {
        if (stream.ended) break;
        take(stream, event);
      }
      return output.collect();
    },
    fail: (fault) => {
      if (!stream.ended) fail(stream, fault);
      return output.collect();
    },
    heartbeat: () => sseComment,
    ended: () => stream.ended,
  };
}

function take(stream: Stream, event: CodexEvent): void {
  const { prose, calls } = stream;
  switch (event.type) {
    case 'response.output_text.delta':
      return prose.more('text', event.output_index, event.content_index, event.delta);
    case 'response.output_text.done':
      return prose.whole('text', event.output_index, event.content_index, event.text);
    case 'response.refusal.delta':
      return prose.more('refusal', event.output_index, event.content_index, event.delta);
    case 'response.refusal.done':
      return prose.whole('refusal', event.output_index, event.content_index, event.refusal);
    case 'response.reasoning_summary_text.delta':
      return prose.more('summary', event.output_index, event.summary_index, event.delta);
    case 'response.reasoning_summary_text.done':
      return prose.whole('summary', event.output_index, event.summary_index, event.text);
    case 'response.reasoning_text.delta':
      return prose.more('reasoning', event.output_index, event.content_index, event.delta);
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      return calls.more(event.output_index, event.delta);
    case 'response.function_call_arguments.done':
      return calls.finish(event.output_index, { type: 'function_call', arguments: event.arguments });
    case 'response.custom_tool_call_input.done':
      return calls.finish(event.output_index, { type: 'custom_tool_call', input: event.input });
    case 'response.output_item.added':
      return itemAdded(stream, event.output_index, event.item);
    case 'response.output_item.done':
      return itemDone(stream, event.output_index, event.item);
    case 'response.completed':
      return finish(stream, event.response, null);
    case 'response.incomplete':
      return finish(stream, event.response, event.response.incomplete_details?.reason ?? 'unknown');
    case 'response.failed':
    case 'error':
      return failed(stream, event);
    case 'response.created':
    case 'response.queued':
    case 'response.in_progress':
    case 'response.content_part.added':
    case 'response.content_part.done':
    case 'response.reasoning_summary_part.added':
    case 'response.reasoning_summary_part.done':
    case 'other':
    case 'malformed':
      return undefined;
  }
}

function itemAdded({ prose, calls, seen }: Stream, index: number, item: OutputItem): void {
  seen.note(index, item);
  if (isCallItem(item)) calls.announce(index, item);
  else prose.itemAdded(index, item);
}

/** Also tells what no earlier event has told: some answers have a finished item and no deltas. */
function itemDone({ prose, calls, seen }: Stream, index: number, item: OutputItem): void {
  seen.note(index, item);
  if (!isCallItem(item)) return prose.itemDone(index, item);
  calls.announce(index, item);
  return calls.finish(index, item);
}

/** The usage chunk must be the last one: a later chunk with `usage: null` would erase it in the SDK. */
function finish(stream: Stream, response: ResponseObject, incompleteReason: string | null): void {
  const { style, chunks, output, calls, seen } = stream;
  for (const { outputIndex, item } of seen.placed(response)) itemDone(stream, outputIndex, item);
  const cutCall = calls.hasUnfinished();
  calls.flush();
  output.role('');
  const ending = { incompleteReason, called: !calls.isEmpty(), cutCall, legacy: style.legacy };
  output.frame(chunks.finish(finishReason(ending)));
  const usage = style.includeUsage ? usageOf(response) : null;
  if (usage) output.frame(chunks.usage(usage));
  output.frame(sseDone);
  stream.ended = true;
}

function failed(stream: Stream, event: CodexEvent): void {
  const refusal = refusalOfEvent(event);
  if (refusal) fail(stream, refusal.fault);
}

function fail(stream: Stream, fault: Fault): void {
  stream.output.frame(errorFrame(fault) + sseDone);
  stream.ended = true;
}
