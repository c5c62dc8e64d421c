import type { AnswerHead } from '../upstream/post.ts';
import { TURN_STATE_HEADER } from '../upstream/turn-state.ts';

/** What every answer of the upstream says of its way through the gateway. */
export function answerHeaders(
  { requestId, turnState }: AnswerHead,
  overheadMs: number,
): Record<string, string> {
  return {
    'server-timing': `gateway;dur=${overheadMs}`,
    ...(requestId !== null && { 'x-upstream-request-id': requestId }),
    ...(turnState !== null && { [TURN_STATE_HEADER]: turnState }),
  };
}
