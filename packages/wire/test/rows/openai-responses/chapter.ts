import { openaiResponses } from '../../../src/dialects/openai-responses/dialect.ts';
import { emulationCases } from '../../emulation/golden-cases.ts';
import { cases } from '../../openai-responses/cases.ts';
import type { Chapter } from '../row.ts';
import { model } from './model.ts';
import { options } from './options.ts';
import { sampling } from './sampling.ts';

export const openaiResponsesRows: Chapter = {
  title: 'Responses',
  dialect: openaiResponses,
  smallest: { model: 'gpt-5.5', input: 'Hi.' },
  fields: [],
  goldens: [...cases, ...emulationCases].map(({ name }) => name),
  sections: [model, options, sampling],
};
