import { MALFORMED_HTML, type Noise } from '../../stream/distort.ts';
import { errorTypeOf, type FailureFrames, type StreamFault } from '../../stream/failures.ts';
import type { Frame } from '../../stream/frames.ts';

/** A chat stream has one form for every failure: an error in the place of a chunk, and no sentinel. */
function errorFrame({ code, message }: StreamFault): Frame {
  const error = { message, type: errorTypeOf(code), param: null, code };
  return { type: 'error', text: `data: ${JSON.stringify({ error })}\n\n` };
}

export const CHAT_FAILURES: FailureFrames = {
  fail: (fault) => [errorFrame(fault)],
  overload: (fault) => [errorFrame(fault)],
  error: (fault) => [errorFrame(fault)],
};

/** A chunk that no choice has a part in. */
function oddChunk(members: object): Frame {
  const chunk = {
    id: 'chatcmpl-odd',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'odd',
    choices: [],
  };
  return { type: 'odd', text: `data: ${JSON.stringify({ ...chunk, ...members })}\n\n` };
}

/** The noise of a chat stream. */
export const CHAT_NOISE: Noise = {
  unknown: () => oddChunk({ simulated_unknown: { nested: [1, 'two', null] } }),
  rateLimits: () => oddChunk({ rate_limits: { remaining_requests: 9999 } }),
  malformed: {
    json: {
      type: 'malformed',
      text: 'data: {"id":"chatcmpl-odd","choices":[{"index":0,"delta":{"content":"unfin\n\n',
    },
    html: MALFORMED_HTML,
  },
};
