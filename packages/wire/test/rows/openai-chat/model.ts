import { createHash } from 'node:crypto';
import { invalid, missing, refused, type Section } from '../row.ts';
import { hi } from '../items.ts';

/** The key that goes upstream for what names a conversation, from a request of the key `key-1`. */
function cacheKey(named: string): string {
  return createHash('sha256').update(`key-1\n${named}`).digest('hex').slice(0, 32);
}

const noSession = { words: 'no header names the session', context: { sessionId: null } };
const helpful = 'You are a helpful assistant.';
const preamble = JSON.stringify([helpful, []]);

export const model: Section = {
  title: 'Model and session',
  rows: [
    {
      field: 'the body',
      outcome: ['400'],
      says: 'It is a JSON object.',
      cases: [
        { sends: [], refused: refused('invalid_request', null, 'The request body must be a JSON object.') },
      ],
    },
    {
      field: 'model',
      outcome: ['map', '400'],
      says: 'Aliases, presets, provider prefixes and effort suffixes are resolved; the answer repeats the name as it was written.',
      cases: [
        {
          sends: { model: 'openai/gpt-5.4-high' },
          setting: {
            words: 'the name means gpt-5.4 with high effort',
            context: { model: { slug: 'gpt-5.4', effort: 'high' } },
          },
          upstream: { model: 'gpt-5.4', reasoning: { effort: 'high', summary: 'auto' } },
        },
        {
          sends: { model: 'gpt-5.5@brief' },
          setting: {
            words: 'the preset sets summary, verbosity, tier and instructions',
            context: {
              model: {
                slug: 'gpt-5.5',
                preset: {
                  summary: 'detailed',
                  verbosity: 'low',
                  serviceTier: 'fast',
                  instructions: 'Be brief.',
                },
              },
            },
          },
          upstream: {
            instructions: 'Be brief.',
            reasoning: { summary: 'detailed' },
            text: { verbosity: 'low' },
            service_tier: 'priority',
          },
        },
        { sends: { model: undefined }, refused: missing('model') },
        { sends: { model: '' }, refused: invalid('model', 'it must be a non-empty string') },
        { sends: { model: 5 }, refused: invalid('model', 'it must be a string') },
        { golden: 'text', stream: '"model":"gpt-5.5"', reply: '"model":"gpt-5.5"' },
        {
          file: 'services/gateway/test/component/answers.component.test.ts',
          test: 'a model answers to every name it has, and is called as the client called it',
        },
        {
          file: 'services/gateway/test/component/models.component.test.ts',
          test: 'a model that is not there is not found, in the envelope of who asks',
        },
        {
          file: 'packages/wire/test/dialects/operator-choices.test.ts',
          test: 'what the request says wins over a preset',
        },
      ],
    },
    {
      field: 'prompt_cache_key',
      outcome: ['map', 'drop', '400'],
      says: 'What goes upstream is a hash of it and of the API key, so that no two keys share a prompt cache.',
      cases: [
        { sends: { prompt_cache_key: 'chat-7' }, upstream: { prompt_cache_key: cacheKey('chat-7') } },
        {
          sends: { prompt_cache_key: 'k'.repeat(70) },
          upstream: { prompt_cache_key: cacheKey('k'.repeat(70)) },
        },
        { sends: { prompt_cache_key: null }, upstream: {} },
        { sends: { prompt_cache_key: '' }, upstream: {} },
        { sends: { prompt_cache_key: 1 }, refused: invalid('prompt_cache_key', 'it must be a string') },
      ],
    },
    {
      field: 'user',
      outcome: ['map', 'drop', '400'],
      says: 'Not sent: it only tells conversations apart in the prompt cache, where neither `prompt_cache_key` nor a session header does; else the first message does.',
      cases: [
        { sends: { user: 'u' }, upstream: {} },
        {
          sends: { user: 'u' },
          setting: noSession,
          upstream: { prompt_cache_key: cacheKey(`u\n${preamble}`) },
        },
        {
          sends: {},
          setting: noSession,
          upstream: { prompt_cache_key: cacheKey(`${preamble}\n${JSON.stringify(['gpt-5.5', [hi]])}`) },
        },
        { sends: { user: 1 }, refused: invalid('user', 'it must be a string') },
      ],
    },
    {
      field: 'safety_identifier',
      outcome: ['map', 'drop', '400'],
      says: 'The newer name of `user`.',
      cases: [
        { sends: { safety_identifier: 'u' }, upstream: {} },
        {
          sends: { safety_identifier: 'u' },
          setting: noSession,
          upstream: { prompt_cache_key: cacheKey(`u\n${preamble}`) },
        },
        { sends: { safety_identifier: [] }, refused: invalid('safety_identifier', 'it must be a string') },
      ],
    },
    {
      field: 'prompt_cache_options',
      outcome: ['drop', '400'],
      says: 'The upstream caches as it does.',
      cases: [
        { sends: { prompt_cache_options: { mode: 'explicit' } }, upstream: {} },
        {
          sends: { prompt_cache_options: 'explicit' },
          refused: invalid('prompt_cache_options', 'it must be an object'),
        },
      ],
    },
    {
      field: 'prompt_cache_retention',
      outcome: ['drop', '400'],
      says: 'The upstream keeps its cache as long as it does.',
      cases: [
        { sends: { prompt_cache_retention: '24h' }, upstream: {} },
        {
          sends: { prompt_cache_retention: 24 },
          refused: invalid('prompt_cache_retention', 'it must be a string'),
        },
      ],
    },
    {
      field: 'service_tier',
      outcome: ['map', 'drop', 'drop+warn', '400'],
      says: '`priority`, and `fast`, which is the Codex CLI’s word for it, go upstream; no other tier can be had. The answer tells the tier that the upstream reports.',
      cases: [
        { sends: { service_tier: 'priority' }, upstream: { service_tier: 'priority' } },
        { sends: { service_tier: 'fast' }, upstream: { service_tier: 'priority' } },
        { sends: { service_tier: 'auto' }, upstream: {} },
        { sends: { service_tier: 'default' }, upstream: {} },
        { sends: { service_tier: null }, upstream: {} },
        { sends: { service_tier: 'flex' }, upstream: {}, warns: 'dropped=service_tier' },
        { sends: { service_tier: 'scale' }, upstream: {}, warns: 'dropped=service_tier' },
        { sends: { service_tier: 1 }, refused: invalid('service_tier', 'it must be a string') },
        { golden: 'text', reply: '"service_tier":"default"' },
      ],
    },
    {
      field: 'store',
      outcome: ['local', 'drop+warn', '400'],
      says: 'Nothing is stored as the API would store it; `false` also keeps the gateway from remembering the reasoning of this answer.',
      cases: [
        { sends: { store: true }, upstream: {}, warns: 'dropped=store' },
        { sends: { store: false }, upstream: {}, here: { remembers: false } },
        { sends: { store: 'x' }, refused: invalid('store', 'it must be a boolean') },
      ],
    },
    {
      field: 'metadata',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'The upstream refuses it; the JSON answer repeats it.',
      cases: [
        { sends: { metadata: { run: '7' } }, upstream: {}, warns: 'dropped=metadata' },
        { sends: { metadata: {} }, upstream: {} },
        { sends: { metadata: 'x' }, refused: invalid('metadata', 'it must be an object') },
        { sends: { metadata: { run: 7 } }, refused: invalid('metadata.run', 'it must be a string') },
        { golden: 'echoed-members', reply: '"metadata":{"run":"7"}' },
      ],
    },
    {
      field:
        'thinking, enable_thinking, chat_template_kwargs, top_k, min_p, repetition_penalty, provider, extra_body',
      outcome: ['drop'],
      says: 'What other servers of this API take.',
      cases: [
        { sends: { thinking: { type: 'enabled' }, enable_thinking: true }, upstream: {} },
        { sends: { chat_template_kwargs: {}, top_k: 40, min_p: 0.1 }, upstream: {} },
        { sends: { repetition_penalty: 1.1, provider: {}, extra_body: {} }, upstream: {} },
      ],
    },
    {
      field: 'any other name',
      outcome: ['drop+warn', 'drop'],
      says: 'Clients are often ahead: it is never an error, also for a strict key. A name that no header can carry is not declared.',
      cases: [
        {
          sends: { invented_later: false },
          upstream: {},
          warns: 'dropped=invented_later',
          here: { unknown: ['invented_later'] },
        },
        {
          sends: { 'vendor.option-1': 1 },
          upstream: {},
          warns: 'dropped=vendor.option-1',
          here: { unknown: ['vendor.option-1'] },
        },
        { sends: { invented_later: null }, upstream: {} },
        { sends: { 'a name with spaces': 1 }, upstream: {} },
        { sends: { [`n${'a'.repeat(64)}`]: 1 }, upstream: {} },
      ],
    },
  ],
};
