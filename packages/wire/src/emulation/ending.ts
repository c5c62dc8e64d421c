import type { CodexEvent, ResponseObject } from '../codex/events.ts';

/** Why an answer is ended here. */
export type Cut = { readonly kind: 'stop'; readonly sequence: string } | { readonly kind: 'max_tokens' };

/** The status of an answer that is cut so, and of the item that the cut is in. */
export const statusOfCut = { stop: 'completed', max_tokens: 'incomplete' } as const satisfies Record<
  Cut['kind'],
  string
>;

/**
 * The upstream's last event of an answer that is cut. An answer that has met a stop string is whole.
 *
 * @param response the upstream's own as far as it is known, with its usage or an estimate of it
 */
export function terminalOf(cut: Cut, response: ResponseObject): CodexEvent {
  const ended = { ...response, status: statusOfCut[cut.kind] };
  switch (cut.kind) {
    case 'stop':
      return {
        type: 'response.completed',
        response: { ...ended, incomplete_details: null, stop_sequence: cut.sequence },
      };
    case 'max_tokens': {
      const reason = { incomplete_details: { reason: 'max_output_tokens' } };
      return { type: 'response.incomplete', response: { ...ended, ...reason } };
    }
  }
}
