import type { Dialect } from '../dialect.ts';
import { openAiErrorReply } from '../openai-error.ts';
import { openCompact } from './compact.ts';
import { openInputTokens } from './input-tokens.ts';
import { openResponses } from './open.ts';
import { responsesPassage } from './passage.ts';

/** The OpenAI Responses API, and what the Codex CLI adds to it. */
export const openaiResponses: Dialect = {
  name: 'openai-responses',
  path: '/responses',
  passage: responsesPassage,
  takesRaw: true,
  open: openResponses,
  variants: [{ path: '/responses/compact', open: openCompact }],
  tokenCount: { path: '/responses/input_tokens', open: openInputTokens },
  storedAnswers: [
    { method: 'get', path: '/responses/:id' },
    { method: 'delete', path: '/responses/:id' },
    { method: 'post', path: '/responses/:id/cancel' },
    { method: 'get', path: '/responses/:id/input_items' },
  ],
  errorReply: openAiErrorReply,
};
