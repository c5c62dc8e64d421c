import { sseFrame } from '../../sse.ts';
import type { Stamp } from '../dialect.ts';
import type { AnthropicError } from './error.ts';
import { messageEnd, messageStart, type AnswerStyle, type MessageSink } from './message.ts';

export interface SseSink extends MessageSink {
  /** The head of the message, once. */
  readonly start: () => void;
  readonly started: () => boolean;
  readonly error: (error: AnthropicError) => void;
  /** What has been written since the last call. */
  readonly taken: () => string;
}

/** The SDK skips frames without a name, so every frame has one. */
export const ping = sseFrame({ type: 'ping' }, 'ping');

type NamedEvent = AnthropicError | (Readonly<Record<string, unknown>> & { readonly type: string });

/** Writes a message as the events of a stream. */
export function createSseSink(style: AnswerStyle, stamp: Stamp): SseSink {
  let text = '';
  let started = false;
  let index = -1;
  /** A delta's frame up to the delta: the same for all of a block, so that only the delta itself is serialised. */
  let delta = '';
  const named = (event: NamedEvent): void => {
    text += sseFrame(event, event.type);
  };
  const write = (type: string, member: string, value: string): void => {
    text += `${delta}{"type":"${type}","${member}":${JSON.stringify(value)}}}\n\n`;
  };
  return {
    start: () => {
      if (started) return;
      started = true;
      named({ type: 'message_start', message: messageStart(style, stamp) });
      text += ping;
    },
    started: () => started,
    openBlock: (content_block) => {
      index += 1;
      delta = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":`;
      named({ type: 'content_block_start', index, content_block });
    },
    text: (value) => write('text_delta', 'text', value),
    thinking: (value) => write('thinking_delta', 'thinking', value),
    input: (value) => write('input_json_delta', 'partial_json', value),
    signature: (value) => write('signature_delta', 'signature', value),
    closeBlock: () => named({ type: 'content_block_stop', index }),
    end: (ending) => {
      named({ type: 'message_delta', ...messageEnd(ending, style) });
      named({ type: 'message_stop' });
    },
    error: named,
    taken: () => {
      const written = text;
      text = '';
      return written;
    },
  };
}
