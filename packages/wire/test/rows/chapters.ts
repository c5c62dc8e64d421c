import { anthropicMessagesRows } from './anthropic-messages/chapter.ts';
import { errorRows } from './errors/chapter.ts';
import { modelRows } from './models/chapter.ts';
import { openaiChatRows } from './openai-chat/chapter.ts';
import { openaiResponsesRows } from './openai-responses/chapter.ts';
import type { Chapter } from './row.ts';

/** All tables, in the order of the page. */
export const chapters: readonly Chapter[] = [
  openaiChatRows,
  openaiResponsesRows,
  anthropicMessagesRows,
  errorRows,
  modelRows,
];
