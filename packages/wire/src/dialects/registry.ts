import { anthropicMessages } from './anthropic-messages/dialect.ts';
import type { Dialect } from './dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';
import { openaiResponses } from './openai-responses/dialect.ts';

/** Every client format there is. Routes, error shapes and metric labels follow from this list. */
export const dialects: readonly Dialect[] = [openaiChat, openaiResponses, anthropicMessages];
