import type { Dialect, ToldLimit } from '../dialect.ts';
import { openCountTokens } from './count-tokens.ts';
import { anthropicErrorReply } from './error.ts';
import { openMessages } from './open.ts';

/** The Anthropic Messages API, as @anthropic-ai/sdk 1.11 and Claude Code 2.1 speak it. */
export const anthropicMessages: Dialect = {
  name: 'anthropic-messages',
  path: '/messages',
  clientHeader: 'anthropic-version',
  modelPrefix: 'claude-',
  open: openMessages,
  tokenCount: { path: '/messages/count_tokens', open: openCountTokens },
  errorReply: anthropicErrorReply,
  limitHeaders,
};

/** Never `-unified-`: Claude Code takes those for the state of a subscription. */
function limitHeaders({ unit, limit, remaining, resetsAt }: ToldLimit): Record<string, string> {
  const name = `anthropic-ratelimit-${unit}`;
  return {
    [`${name}-limit`]: String(limit),
    [`${name}-remaining`]: String(remaining),
    ...(resetsAt !== null && { [`${name}-reset`]: resetsAt }),
  };
}
