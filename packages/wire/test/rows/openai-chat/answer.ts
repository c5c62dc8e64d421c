import { invalid, refused, type Section } from '../row.ts';

/** What the answer is to be. */
export const answer: Section = {
  title: 'Form of the answer',
  rows: [
    {
      field: 'stream',
      outcome: ['local', 'drop', '400'],
      says: 'The upstream always streams; without `stream` its answer is gathered here.',
      cases: [
        { sends: { stream: true }, upstream: {}, here: { streams: true } },
        { sends: { stream: false }, upstream: {} },
        { sends: { stream: null }, upstream: {} },
        { sends: { stream: 'true' }, refused: invalid('stream', 'it must be a boolean') },
      ],
    },
    {
      field: 'stream_options',
      outcome: ['drop', '400'],
      says: 'Only allowed with `stream: true`, as in the API itself.',
      cases: [
        { sends: { stream_options: {} }, beside: { stream: true }, upstream: {} },
        { sends: { stream_options: null }, upstream: {} },
        {
          sends: { stream_options: { include_usage: true } },
          refused: invalid('stream_options', "it is only allowed when 'stream' is true"),
        },
        {
          sends: { stream_options: {}, stream: false },
          refused: invalid('stream_options', "it is only allowed when 'stream' is true"),
        },
        {
          sends: { stream_options: 'usage' },
          refused: invalid('stream_options', 'it must be an object'),
        },
      ],
    },
    {
      field: 'stream_options.include_usage',
      outcome: ['local', '400'],
      says: 'The last chunk before `[DONE]` has the usage and no choices, the others have `"usage":null`.',
      cases: [
        { golden: 'text-with-usage', stream: '"choices":[],"usage":{"prompt_tokens":20' },
        { golden: 'text-with-usage', stream: '"finish_reason":null}],"usage":null' },
        {
          sends: { stream_options: { include_usage: 'yes' } },
          beside: { stream: true },
          refused: invalid('stream_options.include_usage', 'it must be a boolean'),
        },
      ],
    },
    {
      field: 'stream_options.include_obfuscation',
      outcome: ['drop'],
      says: 'Nothing is padded.',
      cases: [
        {
          sends: { stream_options: { include_obfuscation: true } },
          beside: { stream: true },
          upstream: {},
        },
      ],
    },
    {
      field: 'usage.include',
      outcome: ['local', '400'],
      says: 'OpenRouter’s way to say `stream_options.include_usage`.',
      cases: [
        { golden: 'usage-asked-for-in-another-way', stream: '"choices":[],"usage":{"prompt_tokens":20' },
        { sends: { usage: { include: 1 } }, refused: invalid('usage.include', 'it must be a boolean') },
      ],
    },
    {
      field: 'n',
      outcome: ['drop', '400'],
      says: 'One answer is what a request gets; more would be paid for several times.',
      cases: [
        { sends: { n: 1 }, upstream: {} },
        { sends: { n: null }, upstream: {} },
        {
          sends: { n: 2 },
          refused: refused('unsupported_value', 'n', "Invalid value for 'n': a request has one answer."),
        },
        { sends: { n: '1' }, refused: invalid('n', 'it must be a number') },
      ],
    },
    {
      field: 'modalities',
      outcome: ['drop', '400'],
      says: 'Answers are text.',
      cases: [
        { sends: { modalities: ['text'] }, upstream: {} },
        { sends: { modalities: null }, upstream: {} },
        {
          sends: { modalities: ['text', 'audio'] },
          refused: refused(
            'unsupported_value',
            'modalities',
            "Invalid value for 'modalities': an answer is text.",
          ),
        },
        { sends: { modalities: 'text' }, refused: invalid('modalities', 'it must be an array') },
      ],
    },
    {
      field: 'audio',
      outcome: ['drop', '400'],
      says: 'There is no audio upstream.',
      cases: [
        { sends: { audio: null }, upstream: {} },
        {
          sends: { audio: { voice: 'alloy', format: 'wav' } },
          refused: refused(
            'unsupported_parameter',
            'audio',
            "Unsupported parameter: 'audio' is not available here.",
          ),
        },
      ],
    },
    {
      field: 'moderation',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'A score is left out and the answer says `"moderation":null`; a policy that would block is refused, because to pass over it would be a change of safety.',
      cases: [
        {
          sends: { moderation: { policy: { input: { mode: 'score' } } } },
          upstream: {},
          warns: 'dropped=moderation',
        },
        { sends: { moderation: null }, upstream: {} },
        {
          sends: { moderation: { policy: { output: { mode: 'block' } } } },
          refused: refused(
            'unsupported_value',
            'moderation',
            "Invalid value for 'moderation': nothing is blocked here, 'score' is the only mode.",
          ),
        },
        {
          sends: { moderation: { policy: { input: { mode: 'block' }, output: { mode: 'score' } } } },
          refused: refused(
            'unsupported_value',
            'moderation',
            "Invalid value for 'moderation': nothing is blocked here, 'score' is the only mode.",
          ),
        },
        {
          sends: { moderation: { policy: { input: { mode: 'loud' } } } },
          refused: invalid('moderation.policy.input.mode', "it must be one of 'score', 'block'"),
        },
        { golden: 'echoed-members', reply: '"moderation":null' },
      ],
    },
    {
      field: 'verbosity',
      outcome: ['map', 'drop', '400'],
      says: 'It is `text.verbosity` upstream.',
      cases: [
        { sends: { verbosity: 'low' }, upstream: { text: { verbosity: 'low' } } },
        { sends: { verbosity: null }, upstream: {} },
        {
          sends: { verbosity: 'loud' },
          refused: invalid('verbosity', "it must be one of 'low', 'medium', 'high'"),
        },
      ],
    },
  ],
};
