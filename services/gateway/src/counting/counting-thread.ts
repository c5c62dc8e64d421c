import { parentPort } from 'node:worker_threads';
import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import { requestTokens } from '@codex-gateway/wire/counting/request-tokens.ts';
import { textTokens } from '@codex-gateway/wire/counting/text-tokens.ts';
import { createTokenizer } from './tokenizer.ts';

/** What the thread is given, and what it gives back. */
export interface CountJob {
  readonly id: number;
  readonly request: CodexRequest;
}
export interface CountAnswer {
  readonly id: number;
  readonly tokens: number;
}

/** A thread's own file: it does its work when it is imported, as a `main.ts` does. */
const { count } = createTokenizer();

parentPort?.on('message', ({ id, request }: CountJob) => {
  const tokens = requestTokens(request, (text) => textTokens(text, count));
  parentPort?.postMessage({ id, tokens } satisfies CountAnswer);
});
