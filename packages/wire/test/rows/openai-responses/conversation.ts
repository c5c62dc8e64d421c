import { invalid, refused, type Section } from '../row.ts';
import { memoryIsAway, outOfReach } from './out-of-reach.ts';

const hi = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi.' }] } as const;
const first = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'First.' }] } as const;
const yes = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes.' }] } as const;

function unavailable(field: string) {
  return refused('unsupported_parameter', field, `Unsupported parameter: '${field}' is not available here.`);
}

export const conversation: Section = {
  title: 'Conversations',
  about:
    'The upstream stores nothing. The gateway remembers whole answers for a while, each for the API key that asked, so that clients can refer to them.',
  rows: [
    {
      field: 'store',
      outcome: ['local', 'drop', '400'],
      says: 'With `false` nothing of the answer is remembered. Upstream it is always false, and so the answer says.',
      cases: [
        { sends: { store: false }, upstream: {}, here: { remembers: false } },
        { sends: { store: true }, upstream: {} },
        { sends: { store: 'no' }, refused: invalid('store', 'it must be a boolean') },
        { golden: 'everything-echoed', stream: '"store":false' },
      ],
    },
    {
      field: 'previous_response_id',
      outcome: ['map', 'local', '400'],
      says: 'What the gateway remembers of that conversation goes before the input; its instructions do not. Another key never finds it.',
      cases: [
        {
          sends: { previous_response_id: 'resp_1' },
          setting: { words: 'the response is remembered', recalled: { history: [first, yes] } },
          upstream: { input: [first, yes, hi] },
          here: { recallsResponse: 'resp_1' },
        },
        {
          sends: { previous_response_id: 'resp_1', input: undefined },
          setting: { words: 'the response is remembered', recalled: { history: [first, yes] } },
          upstream: { input: [first, yes] },
          here: { recallsResponse: 'resp_1' },
        },
        {
          sends: { previous_response_id: 'resp_1' },
          refused: refused(
            'previous_response_not_found',
            'previous_response_id',
            "Previous response with id 'resp_1' not found.",
          ),
        },
        { sends: { previous_response_id: 'resp_1' }, setting: memoryIsAway, refused: outOfReach },
        {
          sends: { previous_response_id: 5 },
          refused: invalid('previous_response_id', 'it must be a string'),
        },
        {
          file: 'services/gateway/test/component/conversation.component.test.ts',
          test: 'another key never sees a conversation',
        },
        {
          file: 'services/gateway/test/component/conversation.component.test.ts',
          test: 'with CONVERSATION_TTL_SECONDS=0 nothing is kept',
        },
        {
          file: 'services/gateway/test/component/shared-conversation.component.test.ts',
          test: 'without Redis what a request needs is out of reach, and what would only help is left out',
        },
      ],
    },
    {
      field: 'conversation',
      outcome: ['400', 'drop'],
      says: 'There are no stored conversations: to leave it out would lose all that was said before.',
      cases: [
        { sends: { conversation: 'conv_1' }, refused: unavailable('conversation') },
        { sends: { conversation: { id: 'conv_1' } }, refused: unavailable('conversation') },
        { sends: { conversation: null }, upstream: {} },
      ],
    },
    {
      field: 'prompt',
      outcome: ['400', 'drop'],
      says: 'There are no stored prompts.',
      cases: [
        { sends: { prompt: { id: 'pmpt_1' } }, refused: unavailable('prompt') },
        { sends: { prompt: null }, upstream: {} },
      ],
    },
    {
      field: 'background',
      outcome: ['400', 'drop'],
      says: 'Nothing could be fetched later.',
      cases: [
        { sends: { background: true }, refused: unavailable('background') },
        { sends: { background: false }, upstream: {} },
        { sends: { background: 1 }, refused: invalid('background', 'it must be a boolean') },
      ],
    },
    {
      field: 'context_management',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'The upstream compacts only when it is asked to (`POST /v1/responses/compact`).',
      cases: [
        {
          sends: { context_management: [{ type: 'compaction', compact_threshold: 1000 }] },
          upstream: {},
          warns: 'dropped=context_management',
        },
        { sends: { context_management: [] }, upstream: {} },
        { sends: { context_management: {} }, refused: invalid('context_management', 'it must be an array') },
      ],
    },
    {
      field: 'prompt_cache_key',
      outcome: ['map', '400'],
      says: 'Hashed with the API key’s id, so that keys never share a cache; else the session that the client names, else the user, else the beginning of the conversation.',
      cases: [
        {
          sends: { prompt_cache_key: 'k'.repeat(100) },
          upstream: { prompt_cache_key: '66d95979fa6fd9f7b2d36c7cb3beb429' },
        },
        {
          sends: {},
          setting: { words: 'another key asks', context: { cacheScope: 'key-2' } },
          upstream: { prompt_cache_key: 'cef6a995a02fab8d31e775eeaf5f29a4' },
        },
        {
          sends: { user: 'u-1' },
          setting: { words: 'the client names no session', context: { sessionId: null } },
          upstream: { prompt_cache_key: '8bc359d0daa2b98ebe87cc12d9c997e5' },
        },
        {
          sends: { safety_identifier: 'u-1' },
          setting: { words: 'the client names no session', context: { sessionId: null } },
          upstream: { prompt_cache_key: '8bc359d0daa2b98ebe87cc12d9c997e5' },
        },
        {
          sends: {},
          setting: { words: 'the client names no session', context: { sessionId: null } },
          upstream: { prompt_cache_key: 'c9a043082c91d521f0b6aee378da5004' },
        },
        { sends: { prompt_cache_key: 5 }, refused: invalid('prompt_cache_key', 'it must be a string') },
        { golden: 'everything-echoed', stream: '"prompt_cache_key":"k-1"' },
      ],
    },
    {
      field: 'prompt_cache_retention',
      outcome: ['drop', '400'],
      says: 'The upstream decides how long its cache lives.',
      cases: [
        { sends: { prompt_cache_retention: '24h' }, upstream: {} },
        {
          sends: { prompt_cache_retention: 24 },
          refused: invalid('prompt_cache_retention', 'it must be a string'),
        },
      ],
    },
    {
      field: 'prompt_cache_options',
      outcome: ['drop', '400'],
      says: 'As `prompt_cache_retention`.',
      cases: [
        { sends: { prompt_cache_options: { mode: 'explicit' } }, upstream: {} },
        {
          sends: { prompt_cache_options: 'x' },
          refused: invalid('prompt_cache_options', 'it must be an object'),
        },
      ],
    },
  ],
};
