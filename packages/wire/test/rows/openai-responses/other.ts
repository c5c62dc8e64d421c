import { invalid, refused, type Section } from '../row.ts';

export const other: Section = {
  title: 'Everything else',
  rows: [
    {
      field: 'stream',
      outcome: ['local', 'drop', '400'],
      says: 'Upstream it is always a stream; without it the answer is gathered, and one that did not come to its end is an error.',
      cases: [
        { sends: { stream: true }, upstream: {}, here: { streams: true } },
        { sends: { stream: false }, upstream: {} },
        { sends: { stream: null }, upstream: {} },
        { sends: { stream: 'yes' }, refused: invalid('stream', 'it must be a boolean') },
      ],
    },
    {
      field: 'stream_options',
      outcome: ['drop', '400'],
      says: 'Nothing is obfuscated: `obfuscation` members of the upstream stay behind.',
      cases: [
        { sends: { stream_options: { include_obfuscation: true } }, upstream: {} },
        {
          sends: { stream_options: { include_obfuscation: 'no' } },
          refused: invalid('stream_options.include_obfuscation', 'it must be a boolean'),
        },
        { sends: { stream_options: [] }, refused: invalid('stream_options', 'it must be an object') },
        { golden: 'web-search' },
      ],
    },
    {
      field: 'service_tier',
      outcome: ['map', 'drop', 'drop+warn', '400'],
      says: '`priority`, which the Codex CLI calls `fast`, is all that can be asked for. The answer says what the upstream says.',
      cases: [
        { sends: { service_tier: 'priority' }, upstream: { service_tier: 'priority' } },
        { sends: { service_tier: 'fast' }, upstream: { service_tier: 'priority' } },
        { sends: { service_tier: 'auto' }, upstream: {} },
        { sends: { service_tier: 'default' }, upstream: {} },
        { sends: { service_tier: 'flex' }, upstream: {}, warns: 'dropped=service_tier' },
        { sends: { service_tier: 'ultrafast' }, upstream: {}, warns: 'dropped=service_tier' },
        { sends: { service_tier: 1 }, refused: invalid('service_tier', 'it must be a string') },
        { golden: 'text', stream: '"service_tier":"default"' },
      ],
    },
    {
      field: 'metadata',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'Nothing is stored that it could belong to; the answer repeats it.',
      cases: [
        { sends: { metadata: { team: 'blue' } }, upstream: {}, warns: 'dropped=metadata' },
        { sends: { metadata: {} }, upstream: {} },
        { sends: { metadata: { a: {} } }, refused: invalid('metadata.a', 'it must be a string') },
        { golden: 'everything-echoed', stream: '"metadata":{"team":"blue"}' },
      ],
    },
    {
      field: 'user',
      outcome: ['drop', '400'],
      says: 'The upstream takes no such name; it can name the prompt cache. The answer repeats it.',
      cases: [
        { sends: { user: 'u-1' }, upstream: {} },
        { sends: { user: 1 }, refused: invalid('user', 'it must be a string') },
        { golden: 'everything-echoed', stream: '"user":"u-1"' },
      ],
    },
    {
      field: 'safety_identifier',
      outcome: ['drop', '400'],
      says: 'As `user`.',
      cases: [
        { sends: { safety_identifier: 's-1' }, upstream: {} },
        { sends: { safety_identifier: 1 }, refused: invalid('safety_identifier', 'it must be a string') },
        { golden: 'everything-echoed', stream: '"safety_identifier":"s-1"' },
      ],
    },
    {
      field: 'client_metadata',
      outcome: ['drop', '400'],
      says: 'What the Codex CLI says of itself is its own: the gateway speaks upstream in its own name.',
      cases: [
        { sends: { client_metadata: { session_id: 'x' } }, upstream: {} },
        { sends: { client_metadata: 'x' }, refused: invalid('client_metadata', 'it must be an object') },
      ],
    },
    {
      field: 'moderation',
      outcome: ['drop+warn', '400'],
      says: 'A score can be left out; a policy that would block the answer cannot.',
      cases: [
        {
          sends: { moderation: { model: 'm', policy: { input: { mode: 'score' } } } },
          upstream: {},
          warns: 'dropped=moderation',
        },
        {
          sends: { moderation: { model: 'm', policy: { output: { mode: 'block' } } } },
          refused: refused(
            'unsupported_parameter',
            'moderation',
            "Unsupported parameter: 'moderation' is not available here.",
          ),
        },
        { sends: { moderation: true }, refused: invalid('moderation', 'it must be an object') },
      ],
    },
    {
      field: 'image',
      outcome: ['drop+warn', '400'],
      says: 'There is no image generation.',
      cases: [
        { sends: { image: { quality: 'low' } }, upstream: {}, warns: 'dropped=image' },
        { sends: { image: 'a' }, refused: invalid('image', 'it must be an object') },
      ],
    },
    {
      field: 'access_programs',
      outcome: ['drop+warn', '400'],
      says: 'They are of the account, which is the operator’s.',
      cases: [
        {
          sends: { access_programs: { cyber: 'standard' } },
          upstream: {},
          warns: 'dropped=access_programs',
        },
        { sends: { access_programs: [] }, refused: invalid('access_programs', 'it must be an object') },
      ],
    },
    {
      field: 'any name that no API has',
      outcome: ['drop+warn', 'drop'],
      says: 'It is declared, and never refused, not even for a strict key; what is no name at all is passed over.',
      cases: [
        {
          sends: { invented: 1 },
          upstream: {},
          warns: 'dropped=invented',
          here: { unknown: ['invented'] },
        },
        { sends: { invented: null }, upstream: {} },
        { sends: { 'not a name': 1 }, upstream: {} },
      ],
    },
    {
      field: 'the body',
      outcome: ['400'],
      says: 'It must be an object.',
      cases: [
        {
          sends: [],
          refused: refused('invalid_request', null, 'The request body must be a JSON object.'),
        },
      ],
    },
  ],
};
