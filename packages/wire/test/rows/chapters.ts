import { anthropicMessagesRows } from './anthropic-messages/chapter.ts';
import { openaiChatRows } from './openai-chat/chapter.ts';
import { openaiResponsesRows } from './openai-responses/chapter.ts';
import type { Chapter } from './row.ts';

/** The tables of every dialect, in the order of the page. */
export const chapters: readonly Chapter[] = [openaiChatRows, openaiResponsesRows, anthropicMessagesRows];
