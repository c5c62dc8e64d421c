import { createSseReader } from '../sse-reader.ts';
import { decodeEvent, type CodexEvent } from './events.ts';

export interface EventReader {
  /** The events that are complete after this piece of text; what is left waits for the next piece. */
  readonly push: (text: string) => readonly CodexEvent[];
}

/** Frames upstream text into events. */
export function createEventReader(): EventReader {
  let complete: CodexEvent[] = [];
  const feed = createSseReader((data) => {
    if (data !== '' && data !== '[DONE]') complete.push(decodeEvent(data));
  });
  return {
    push: (text) => {
      complete = [];
      feed(text);
      return complete;
    },
  };
}
