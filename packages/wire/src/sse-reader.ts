import { createParser } from 'eventsource-parser';
import { FaultError } from './fault.ts';

/** The longest single event that is taken, in characters: an image in an output item fits, an endless line does not. */
const MAX_EVENT_CHARS = 64 * 1024 * 1024;

/**
 * Frames the text of an event stream, however it is cut: CRLF, comments and a byte-order mark are fine. `onData` gets the
 * data of each event as it is complete, while its last piece is fed.
 *
 * @throws FaultError from what it returns, for an event that is too large to be held
 */
export function createSseReader(onData: (data: string) => void): (text: string) => void {
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onError: (error) => {
      if (error.type !== 'max-buffer-size-exceeded') return; // an unknown field or a bad retry: harmless by the SSE rules
      throw new FaultError({
        kind: 'upstream_error',
        message: 'The upstream sent an event that is too large.',
      });
    },
    onEvent: ({ data }) => onData(data),
  });
  return (text) => parser.feed(text);
}
