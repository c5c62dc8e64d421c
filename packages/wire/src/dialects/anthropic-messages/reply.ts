import type { CodexEvent, OutputItem } from '../../codex/events.ts';
import type { Folded, FoldedItem } from '../../codex/fold.ts';
import { FaultError } from '../../fault.ts';
import type { Stamp } from '../dialect.ts';
import {
  messageEnd,
  messageStart,
  type AnswerStyle,
  type BlockStart,
  type Ending,
  type MessageSink,
} from './message.ts';
import { createRenderer, type GoodEnd } from './renderer.ts';
import type { ItemEvent } from './untangle.ts';

/**
 * The answer as one `Message`: the same that a client accumulates from the stream, because the same renderer makes it.
 *
 * @throws FaultError `upstream_error` for a finished answer with a tool call that is not whole
 */
export function messagesReply(answer: Folded, style: AnswerStyle, stamp: Stamp): unknown {
  const sink = createObjectSink(style, stamp);
  const renderer = createRenderer(sink, style, stamp);
  for (const event of answer.items.flatMap(eventsOf)) renderer.take(event);
  const fault = renderer.end(endOf(answer));
  if (fault) throw new FaultError(fault);
  return sink.message();
}

function endOf({ status, response }: Folded): GoodEnd {
  return { type: `response.${status}`, response };
}

/** An item as the upstream would have sent it: whole, or announced and then cut. */
function eventsOf({ outputIndex, item, done }: FoldedItem): readonly ItemEvent[] {
  if (done) return [{ type: 'response.output_item.done', output_index: outputIndex, item }];
  return [
    { type: 'response.output_item.added', output_index: outputIndex, item },
    ...deltasOf(item).map((delta) => ({ ...delta, output_index: outputIndex })),
  ];
}

type Delta = Extract<CodexEvent, { delta: string }>;
type PlacelessDelta = Delta extends infer Event
  ? Event extends Delta
    ? Omit<Event, 'output_index'>
    : never
  : never;

function deltasOf(item: OutputItem): readonly PlacelessDelta[] {
  const texts = item.content ?? [];
  return [
    ...texts.map(({ text, refusal }, content_index) => {
      return { type: 'response.output_text.delta', content_index, delta: text ?? refusal ?? '' } as const;
    }),
    ...(item.summary ?? []).map(({ text }, summary_index) => {
      return { type: 'response.reasoning_summary_text.delta', summary_index, delta: text ?? '' } as const;
    }),
    ...(item.arguments
      ? [{ type: 'response.function_call_arguments.delta', delta: item.arguments } as const]
      : []),
    ...(item.input ? [{ type: 'response.custom_tool_call_input.delta', delta: item.input } as const] : []),
  ];
}

interface ObjectSink extends MessageSink {
  readonly message: () => unknown;
}

/** Gathers a message into one object, as the SDK's accumulator does. */
function createObjectSink(style: AnswerStyle, stamp: Stamp): ObjectSink {
  const content: Readonly<Record<string, unknown>>[] = [];
  let block: BlockStart | null = null;
  let written = '';
  let signature = '';
  let ending: Ending | null = null;
  const gather = (delta: string): void => {
    written += delta;
  };
  return {
    openBlock: (start) => {
      [block, written, signature] = [start, '', ''];
    },
    text: gather,
    thinking: gather,
    input: gather,
    signature: (value) => {
      signature = value;
    },
    closeBlock: () => {
      if (block) content.push(filled(block, written, signature));
    },
    end: (last) => {
      ending = last;
    },
    message: () => {
      const start = messageStart(style, stamp);
      if (!ending) return start;
      const { delta, usage, ...more } = messageEnd(ending, style);
      return { ...start, ...delta, ...more, content, usage: { ...start.usage, ...usage } };
    },
  };
}

function filled(block: BlockStart, written: string, signature: string): Readonly<Record<string, unknown>> {
  switch (block.type) {
    case 'text':
      return { ...block, text: written };
    case 'thinking':
      return { ...block, thinking: written, signature };
    case 'tool_use':
    case 'server_tool_use':
      return { ...block, input: inputOf(written) };
    case 'web_search_tool_result':
      return block;
  }
}

/** A call that the token limit has cut is not JSON; the SDK makes of it what can be parsed, here it has no input. */
function inputOf(written: string): unknown {
  try {
    return written === '' ? {} : JSON.parse(written);
  } catch {
    return {};
  }
}
