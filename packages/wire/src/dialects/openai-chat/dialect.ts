import type { Dialect } from '../dialect.ts';
import { openAiErrorReply } from '../openai-error.ts';
import { openChat } from './open.ts';
import { chatPassage } from './passage.ts';

/** Chat Completions (platform.openai.com/docs/api-reference/chat). */
export const openaiChat = {
  name: 'openai-chat',
  path: '/chat/completions',
  passage: chatPassage,
  open: openChat,
  errorReply: (fault) => openAiErrorReply(fault),
} as const satisfies Dialect;
