import { decodeEvent, type CodexEvent } from '@codex-gateway/wire/codex/events.ts';
import type { Batch, UpstreamStream } from '../../src/upstream/event-client.ts';

/** An upstream event from its type and members. */
export function event(type: string, more: Readonly<Record<string, unknown>> = {}): CodexEvent {
  return decodeEvent(JSON.stringify({ type, ...more }));
}

export const created = event('response.created', { response: { id: 'resp_1' } });
export const inProgress = event('response.in_progress');
export const completed = event('response.completed', { response: { id: 'resp_1' } });

export function text(delta: string): CodexEvent {
  return event('response.output_text.delta', { output_index: 0, content_index: 0, delta });
}

export function failed(error: Readonly<Record<string, unknown>>): CodexEvent {
  return event('response.failed', { response: { error } });
}

export interface ScriptedStream {
  readonly stream: UpstreamStream;
  /** Resolves the read that waits, or the next one. */
  readonly send: (...events: readonly CodexEvent[]) => void;
  readonly end: () => void;
  readonly break: (error: Error) => void;
  readonly wasReturned: () => boolean;
}

/** An upstream answer of which the test sends one read after the other. */
export function scriptedStream(): ScriptedStream {
  const queue: PromiseWithResolvers<IteratorResult<Batch, void>>[] = [];
  let sent = 0;
  let read = 0;
  let returned = false;
  const at = (index: number) => (queue[index] ??= Promise.withResolvers());
  return {
    stream: {
      kind: 'stream',
      requestId: 'up_1',
      turnState: null,
      account: 'account-1',
      batches: {
        next: () => at(read++).promise,
        return: async () => {
          returned = true;
          return { value: undefined, done: true };
        },
      },
    },
    send: (...events) => at(sent++).resolve({ value: events, done: false }),
    end: () => at(sent++).resolve({ value: undefined, done: true }),
    break: (error) => at(sent++).reject(error),
    wasReturned: () => returned,
  };
}
