import { openaiChat } from '../../../src/dialects/openai-chat/dialect.ts';
import { chatRequestSchema } from '../../../src/dialects/openai-chat/schema.ts';
import { emulationCases } from '../../emulation/golden-cases.ts';
import { cases } from '../../openai-chat/cases.ts';
import type { Chapter } from '../row.ts';
import { format } from './format.ts';

export const openaiChatRows: Chapter = {
  title: 'Chat Completions',
  dialect: openaiChat,
  smallest: { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hi.' }] },
  fields: Object.keys(chatRequestSchema.shape).filter((field) => field === 'response_format'),
  goldens: [...cases, ...emulationCases].map(({ name }) => name),
  sections: [format],
};
