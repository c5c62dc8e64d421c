import { invalid, type Section } from '../row.ts';

export const sampling: Section = {
  title: 'Sampling',
  rows: [
    {
      field: 'temperature',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'The upstream takes no temperature; `1`, the default, needs no warning.',
      cases: [
        { sends: { temperature: 0.2 }, upstream: {}, warns: 'dropped=temperature' },
        { sends: { temperature: 1 }, upstream: {} },
        { sends: { temperature: null }, upstream: {} },
        { sends: { temperature: 'hot' }, refused: invalid('temperature', 'it must be a number') },
      ],
    },
  ],
};
