import { Worker } from 'node:worker_threads';
import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import type { CountAnswer, CountJob } from './counting-thread.ts';

/** Counts the tokens of whole requests beside the thread that serves streams. */
export interface TokenCounter {
  /** @throws the signal's reason when the request ends before its count is there */
  readonly count: (request: CodexRequest, signal: AbortSignal) => Promise<number>;
  /** Ends the thread, if there is one. */
  readonly close: () => Promise<void>;
}

/**
 * A counter with one thread, which begins with the first count. Counts wait for each other; nothing else waits for them
 * (docs/decisions/2026-11-21-counts-in-a-thread-of-their-own.md).
 */
export function createTokenCounter(): TokenCounter {
  let thread: Worker | null = null;
  let jobs = 0;
  const waiting = new Map<number, PromiseWithResolvers<number>>();
  const begin = (): Worker => {
    const worker = new Worker(new URL('counting-thread.ts', import.meta.url));
    worker.unref();
    worker.on('message', ({ id, tokens }: CountAnswer) => waiting.get(id)?.resolve(tokens));
    worker.on('error', (error) => {
      thread = null;
      for (const { reject } of waiting.values()) reject(error);
    });
    return worker;
  };
  return {
    count: async (request, signal) => {
      signal.throwIfAborted();
      const id = (jobs += 1);
      const count = Promise.withResolvers<number>();
      const end = (): void => count.reject(signal.reason);
      signal.addEventListener('abort', end, { once: true });
      waiting.set(id, count);
      try {
        thread ??= begin();
        thread.postMessage({ id, request } satisfies CountJob);
        return await count.promise;
      } finally {
        waiting.delete(id);
        signal.removeEventListener('abort', end);
      }
    },
    close: async () => {
      await thread?.terminate();
    },
  };
}
