import { openaiResponses } from '../../../src/dialects/openai-responses/dialect.ts';
import { requestSchema } from '../../../src/dialects/openai-responses/schema.ts';
import { emulationCases } from '../../emulation/golden-cases.ts';
import { cases } from '../../openai-responses/cases.ts';
import type { Chapter } from '../row.ts';
import { endings, output, stream } from './answers.ts';
import { conversation } from './conversation.ts';
import { input } from './input.ts';
import { model } from './model.ts';
import { options } from './options.ts';
import { other } from './other.ts';
import { parts } from './parts.ts';
import { paths } from './paths.ts';
import { sampling } from './sampling.ts';
import { tools } from './tools.ts';

export const openaiResponsesRows: Chapter = {
  title: 'Responses',
  dialect: openaiResponses,
  smallest: { model: 'gpt-5.5', input: 'Hi.' },
  fields: Object.keys(requestSchema.shape),
  goldens: [...cases, ...emulationCases].map(({ name }) => name),
  sections: [
    model,
    input,
    parts,
    tools,
    options,
    sampling,
    conversation,
    other,
    stream,
    output,
    endings,
    paths,
  ],
};
