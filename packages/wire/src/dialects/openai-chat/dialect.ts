import type { Dialect } from '../dialect.ts';
import { openAiErrorReply } from '../openai-error.ts';
import { openChat } from './open.ts';
import { defaultChatOptions } from './options.ts';

/** Chat Completions (platform.openai.com/docs/api-reference/chat). */
export const openaiChat = {
  name: 'openai-chat',
  path: '/chat/completions',
  open: (body, context) => openChat(body, context, defaultChatOptions),
  errorReply: (fault) => openAiErrorReply(fault),
} as const satisfies Dialect;
