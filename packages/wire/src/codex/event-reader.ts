import { createParser } from 'eventsource-parser';
import { FaultError } from '../fault.ts';
import { decodeEvent, type CodexEvent } from './events.ts';

/** The longest single event that is taken, in characters: an image in an output item fits, an endless line does not. */
const MAX_EVENT_CHARS = 64 * 1024 * 1024;

export interface EventReader {
  /** The events that are complete after this piece of text; what is left waits for the next piece. */
  readonly push: (text: string) => readonly CodexEvent[];
}

/** Frames upstream text into events: any split, CRLF, comments and a byte-order mark are fine. */
export function createEventReader(): EventReader {
  let complete: CodexEvent[] = [];
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onError: (error) => {
      if (error.type !== 'max-buffer-size-exceeded') return; // an unknown field or a bad retry: harmless by the SSE rules
      throw new FaultError({
        kind: 'upstream_error',
        message: 'The upstream sent an event that is too large.',
      });
    },
    onEvent: ({ data }) => {
      if (data !== '' && data !== '[DONE]') complete.push(decodeEvent(data));
    },
  });
  return {
    push: (text) => {
      complete = [];
      parser.feed(text);
      return complete;
    },
  };
}
