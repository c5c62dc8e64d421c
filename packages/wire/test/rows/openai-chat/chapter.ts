import { openaiChat } from '../../../src/dialects/openai-chat/dialect.ts';
import { chatRequestSchema } from '../../../src/dialects/openai-chat/schema.ts';
import { emulationCases } from '../../emulation/golden-cases.ts';
import { cases } from '../../openai-chat/cases.ts';
import type { Chapter } from '../row.ts';
import { answer } from './answer.ts';
import { ending } from './ending.ts';
import { format } from './format.ts';
import { history } from './history.ts';
import { limits } from './limits.ts';
import { media } from './media.ts';
import { messages } from './messages.ts';
import { model } from './model.ts';
import { reasoning } from './reasoning.ts';
import { sampling } from './sampling.ts';
import { stream } from './stream.ts';
import { toolChoice } from './tool-choice.ts';
import { tools } from './tools.ts';
import { whole } from './whole.ts';

export const openaiChatRows: Chapter = {
  title: 'Chat Completions',
  dialect: openaiChat,
  smallest: { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hi.' }] },
  fields: Object.keys(chatRequestSchema.shape),
  goldens: [...cases, ...emulationCases].map(({ name }) => name),
  sections: [
    model,
    messages,
    media,
    history,
    tools,
    toolChoice,
    answer,
    format,
    limits,
    reasoning,
    sampling,
    stream,
    ending,
    whole,
  ],
};
