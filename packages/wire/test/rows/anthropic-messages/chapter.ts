import { anthropicMessages } from '../../../src/dialects/anthropic-messages/dialect.ts';
import { messagesSchema } from '../../../src/dialects/anthropic-messages/schema.ts';
import { cases } from '../../anthropic-messages/cases.ts';
import { emulationCases } from '../../emulation/golden-cases.ts';
import type { Chapter } from '../row.ts';
import { beside, endings, failures, stream } from './answers.ts';
import { content, history, results } from './blocks.ts';
import { messages } from './messages.ts';
import { request } from './request.ts';
import { effort, signatures } from './thinking.ts';
import { choices, tools } from './tools.ts';

export const anthropicMessagesRows: Chapter = {
  title: 'Messages',
  dialect: anthropicMessages,
  smallest: { model: 'gpt-5.5', max_tokens: 1024, messages: [{ role: 'user', content: 'Hi.' }] },
  fields: Object.keys(messagesSchema.shape),
  goldens: [...cases, ...emulationCases].map(({ name }) => name),
  sections: [
    request,
    messages,
    content,
    history,
    results,
    tools,
    choices,
    effort,
    signatures,
    stream,
    endings,
    failures,
    beside,
  ],
};
