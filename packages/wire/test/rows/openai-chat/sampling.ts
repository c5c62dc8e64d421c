import { invalid, type RequestRow, type Section } from '../row.ts';

/** A field that the upstream refuses and that only shifts probabilities. */
function ignored(
  field: string,
  { neutral, other }: { readonly neutral: unknown; readonly other: unknown },
): RequestRow {
  return {
    field,
    outcome: ['drop+warn', 'drop', '400'],
    says: `The upstream does not take it; \`${JSON.stringify(neutral)}\`, the default, needs no warning.`,
    cases: [
      { sends: { [field]: other }, upstream: {}, warns: `dropped=${field}` },
      { sends: { [field]: neutral }, upstream: {} },
      { sends: { [field]: null }, upstream: {} },
      { sends: { [field]: 'hot' }, refused: invalid(field, 'it must be a number') },
    ],
  };
}

export const sampling: Section = {
  title: 'Sampling',
  about: 'Values are checked for their type, not for their range.',
  rows: [
    ignored('temperature', { neutral: 1, other: 0 }),
    ignored('top_p', { neutral: 1, other: 0.5 }),
    ignored('frequency_penalty', { neutral: 0, other: 0.1 }),
    ignored('presence_penalty', { neutral: 0, other: -1 }),
    {
      field: 'several of these',
      outcome: ['drop+warn', '400'],
      says: 'All are named at once, in the header or, for a key with `unsupportedParameters: strict`, in one refusal.',
      cases: [
        {
          sends: { top_p: 0.5, temperature: 0, seed: 1 },
          upstream: {},
          warns: 'dropped=seed,temperature,top_p',
        },
        {
          file: 'services/gateway/test/component/operator-choices.component.test.ts',
          test: 'a key is told of what was not honoured, refused, or left in peace',
        },
      ],
    },
    {
      field: 'seed',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'Answers cannot be repeated, so there is no `system_fingerprint` either.',
      cases: [
        { sends: { seed: 0 }, upstream: {}, warns: 'dropped=seed' },
        { sends: { seed: null }, upstream: {} },
        { sends: { seed: 1.5 }, refused: invalid('seed', 'it must be a whole number') },
      ],
    },
    {
      field: 'logit_bias',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'The upstream does not take it; an empty one asks for nothing.',
      cases: [
        { sends: { logit_bias: { '1': 2 } }, upstream: {}, warns: 'dropped=logit_bias' },
        { sends: { logit_bias: {} }, upstream: {} },
        { sends: { logit_bias: [] }, refused: invalid('logit_bias', 'it must be an object') },
        { sends: { logit_bias: { '1': 'x' } }, refused: invalid('logit_bias.1', 'it must be a number') },
      ],
    },
    {
      field: 'logprobs',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'There are no probabilities to be had; every answer says `"logprobs":null`.',
      cases: [
        { sends: { logprobs: true }, upstream: {}, warns: 'dropped=logprobs' },
        { sends: { logprobs: false }, upstream: {} },
        { sends: { logprobs: 1 }, refused: invalid('logprobs', 'it must be a boolean') },
        { golden: 'text', stream: '"logprobs":null,"finish_reason":"stop"', reply: '"logprobs":null' },
      ],
    },
    {
      field: 'top_logprobs',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'The upstream refuses it.',
      cases: [
        { sends: { top_logprobs: 1 }, upstream: {}, warns: 'dropped=top_logprobs' },
        { sends: { top_logprobs: 0 }, upstream: {} },
        { sends: { top_logprobs: '1' }, refused: invalid('top_logprobs', 'it must be a number') },
      ],
    },
    {
      field: 'prediction',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'It would only make the answer faster.',
      cases: [
        {
          sends: { prediction: { type: 'content', content: 'x' } },
          upstream: {},
          warns: 'dropped=prediction',
        },
        { sends: { prediction: null }, upstream: {} },
        { sends: { prediction: 'x' }, refused: invalid('prediction', 'it must be an object') },
      ],
    },
  ],
};
