import { refused, type Section } from '../row.ts';
import { absent, said, wrong } from './pieces.ts';

const schema = { type: 'object', properties: { a: { type: 'number' } } };
const strictSchema = { ...schema, required: ['a'], additionalProperties: false };
/** Closed but not all required; required but not closed; and an open one within a closed one. */
const looseSchemas = [
  { ...schema, required: [], additionalProperties: false },
  { ...schema, required: ['a'] },
  { ...strictSchema, properties: { a: { type: 'array', items: schema } } },
];
const speaksJson = { showsComments: false };

export const request: Section = {
  title: 'The request',
  rows: [
    {
      field: 'model',
      outcome: ['map', '400'],
      says: 'The name is resolved (README, "Models and translation"); `claude-<slug>`, `anthropic/` and `[1m]` mean the slug. The answer repeats what was asked for.',
      cases: [
        { sends: { model: 'gpt-6-sol' }, upstream: { model: 'gpt-6-sol' } },
        { sends: { model: undefined }, refused: absent('model') },
        { sends: { model: '' }, refused: wrong('model', 'it must be a non-empty string') },
        { sends: { model: 5 }, refused: wrong('model', 'it must be a string') },
        { golden: 'text', stream: '"model":"gpt-5.5"' },
        {
          file: 'services/gateway/test/models/resolve.test.ts',
          test: "['claude-gpt-6-sol-high[1m]', { ...sol, effort: 'high' }]",
        },
      ],
    },
    {
      field: 'max_tokens',
      outcome: ['local', '400'],
      says: 'The upstream takes no limit: visible text is counted here and ended at it. A probe with 1 is answered like any other request.',
      cases: [
        {
          sends: { max_tokens: 1 },
          upstream: {},
          here: { tokenLimit: 1, asksFor: { field: 'max_tokens', tokens: 1 } },
        },
        { sends: { max_tokens: undefined }, refused: absent('max_tokens') },
        { sends: { max_tokens: 0 }, refused: wrong('max_tokens', 'it must be at least 1') },
        { sends: { max_tokens: 1.5 }, refused: wrong('max_tokens', 'it must be a whole number') },
        { sends: { max_tokens: '1' }, refused: wrong('max_tokens', 'it must be a number') },
        { golden: 'emulated-limit', stream: '"stop_reason":"max_tokens"' },
        {
          file: 'services/gateway/test/component/messages.component.test.ts',
          test: 'a probe with a limit of one token is answered with one',
        },
      ],
    },
    {
      field: 'messages',
      outcome: ['map', '400'],
      says: 'In their order, as items of `input`; something must be left to answer.',
      cases: [
        {
          sends: { messages: [{ role: 'user', content: 'Hello.' }] },
          upstream: { input: [said('Hello.')] },
        },
        { sends: { messages: undefined }, refused: absent('messages') },
        { sends: { messages: [] }, refused: wrong('messages', 'it must be a non-empty array') },
        { sends: { messages: 'Hi.' }, refused: wrong('messages', 'it must be an array') },
        {
          sends: { messages: [{ role: 'user', content: '' }] },
          refused: wrong('messages', 'there is no content to answer'),
        },
        { sends: null, refused: refused('invalid_request', null, 'The request body must be a JSON object.') },
        { sends: [], refused: refused('invalid_request', null, 'The request body must be a JSON object.') },
      ],
    },
    {
      field: 'system',
      outcome: ['map', 'drop', '400'],
      says: 'One text, the same for a string and for blocks. The line that Claude Code puts before its own prompt is left out: it differs between conversations and would spoil the prompt cache for all that follows.',
      cases: [
        { sends: { system: 'Be brief.' }, upstream: { instructions: 'Be brief.' } },
        {
          sends: {
            system: [
              { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329.abc;' },
              { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
              { type: 'text', text: '' },
              { type: 'text', text: 'Be kind.' },
            ],
          },
          upstream: { instructions: 'Be brief.\n\nBe kind.' },
        },
        { sends: { system: ' \n' }, upstream: {} },
        { sends: { system: [] }, upstream: {} },
        { sends: { system: 5 }, refused: wrong('system', 'it must be a string or an array') },
        { sends: { system: [{ type: 'text' }] }, refused: absent('system.0.text') },
      ],
    },
    {
      field: 'stream',
      outcome: ['local', 'drop', '400'],
      says: 'Upstream it is always a stream; without it the same renderer makes one object.',
      cases: [
        { sends: { stream: true }, upstream: {}, here: { streams: true } },
        { sends: { stream: false }, upstream: {} },
        { sends: { stream: null }, upstream: {} },
        { sends: { stream: 'yes' }, refused: wrong('stream', 'it must be a boolean') },
        {
          file: 'packages/wire/test/anthropic-messages/properties.test.ts',
          test: 'what the SDK gathers from a stream is the JSON answer, and neither exists when the other fails',
        },
      ],
    },
    {
      field: 'stop_sequences',
      outcome: ['local', 'drop', '400'],
      says: 'The upstream takes none: the answer is ended here before the first of them, and says which.',
      cases: [
        { sends: { stop_sequences: ['END', 'STOP'] }, upstream: {}, here: { stop: ['END', 'STOP'] } },
        { sends: { stop_sequences: [] }, upstream: {} },
        { sends: { stop_sequences: [''] }, upstream: {} },
        { sends: { stop_sequences: 'END' }, refused: wrong('stop_sequences', 'it must be an array') },
        { sends: { stop_sequences: [5] }, refused: wrong('stop_sequences.0', 'it must be a string') },
        { golden: 'emulated-stop', stream: '"stop_reason":"stop_sequence","stop_sequence":"STOP"' },
      ],
    },
    {
      field: 'temperature',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'The upstream takes none; `1`, the default, needs no warning.',
      cases: [
        { sends: { temperature: 0.2 }, upstream: {}, warns: 'dropped=temperature' },
        { sends: { temperature: 1 }, upstream: {} },
        { sends: { temperature: 'hot' }, refused: wrong('temperature', 'it must be a number') },
      ],
    },
    {
      field: 'top_p',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'As `temperature`.',
      cases: [
        { sends: { top_p: 0.9 }, upstream: {}, warns: 'dropped=top_p' },
        { sends: { top_p: 1 }, upstream: {} },
        { sends: { top_p: '1' }, refused: wrong('top_p', 'it must be a number') },
      ],
    },
    {
      field: 'top_k',
      outcome: ['drop+warn', 'drop', '400'],
      says: 'As `temperature`; there is no default.',
      cases: [
        { sends: { top_k: 40 }, upstream: {}, warns: 'dropped=top_k' },
        { sends: { top_k: null }, upstream: {} },
        { sends: { top_k: [] }, refused: wrong('top_k', 'it must be a number') },
      ],
    },
    {
      field: 'output_config.format',
      outcome: ['map', 'local', '400'],
      says: 'A schema for the answer. It is `strict` upstream when every object in it is closed and requires all of its properties, as OpenAI wants it; what the model says beside the JSON is left out.',
      cases: [
        {
          sends: { output_config: { format: { type: 'json_schema', schema: strictSchema } } },
          upstream: {
            text: { format: { type: 'json_schema', name: 'output', schema: strictSchema, strict: true } },
          },
          here: speaksJson,
        },
        {
          sends: {
            output_config: { format: { type: 'json_schema', schema: { $schema: 'x', ...schema } } },
          },
          upstream: { text: { format: { type: 'json_schema', name: 'output', schema, strict: false } } },
          here: speaksJson,
        },
        ...looseSchemas.map((loose) => ({
          sends: { output_config: { format: { type: 'json_schema', schema: loose } } },
          upstream: {
            text: { format: { type: 'json_schema', name: 'output', schema: loose, strict: false } },
          },
          here: speaksJson,
        })),
        {
          sends: { output_config: { format: { type: 'yaml' } } },
          refused: wrong('output_config.format.type', "it must be 'json_schema'"),
        },
        {
          sends: { output_config: { format: { type: 'json_schema' } } },
          refused: absent('output_config.format.schema'),
        },
        { golden: 'json-with-commentary', never: 'Let me' },
      ],
    },
    {
      field: 'output_format',
      outcome: ['map', 'local', '400'],
      says: 'The same, as an earlier beta wrote it.',
      cases: [
        {
          sends: { output_format: { type: 'json_schema', schema: strictSchema } },
          upstream: {
            text: { format: { type: 'json_schema', name: 'output', schema: strictSchema, strict: true } },
          },
          here: speaksJson,
        },
        { sends: { output_format: 'json' }, refused: wrong('output_format', 'it must be an object') },
      ],
    },
    {
      field: 'output_config.task_budget',
      outcome: ['drop+warn', 'drop'],
      says: 'The upstream knows no budget for a task.',
      cases: [
        {
          sends: { output_config: { task_budget: { type: 'tokens', total: 5 } } },
          upstream: {},
          warns: 'dropped=output_config.task_budget',
        },
        { sends: { output_config: { task_budget: null } }, upstream: {} },
      ],
    },
    {
      field: 'speed',
      outcome: ['map', 'drop', '400'],
      says: '`fast` is the upstream’s priority tier; the answer’s `usage.speed` repeats it.',
      cases: [
        { sends: { speed: 'fast' }, upstream: { service_tier: 'priority' } },
        { sends: { speed: 'standard' }, upstream: {} },
        { sends: { speed: 'warp' }, refused: wrong('speed', "it must be one of 'standard', 'fast'") },
        { golden: 'two-messages', stream: '"speed":"fast"' },
      ],
    },
    {
      field: 'metadata.user_id',
      outcome: ['map', 'drop', '400'],
      says: 'It names the prompt cache when no session header does: by the session in the JSON that Claude Code puts there, else together with the beginning of the conversation.',
      cases: [
        {
          sends: { metadata: { user_id: '{"device_id":"d","session_id":"session-2"}' } },
          setting: { words: 'no header names a session', context: { sessionId: null } },
          upstream: { prompt_cache_key: '1665e8e565459673804dc0ac7e98bd81' },
        },
        { sends: { metadata: { user_id: 'somebody' } }, upstream: {} },
        { sends: { metadata: { user_id: 5 } }, refused: wrong('metadata.user_id', 'it must be a string') },
        {
          file: 'packages/wire/test/anthropic-messages/claude-code.test.ts',
          test: 'the session names the prompt cache: the header first, then the JSON in metadata.user_id',
        },
      ],
    },
    {
      field: 'context_management',
      outcome: ['drop'],
      says: 'Edits of the context are an optimisation at the vendor; the answer says that none was applied.',
      cases: [
        { sends: { context_management: { edits: [{ type: 'clear_thinking_20251015' }] } }, upstream: {} },
        { golden: 'two-messages', stream: '"context_management":{"applied_edits":[]}' },
        { golden: 'text', never: 'context_management' },
      ],
    },
    ...(
      [
        ['cache_control', { type: 'ephemeral' }],
        ['service_tier', 'standard_only'],
        ['inference_geo', 'eu'],
        ['diagnostics', { previous_message_id: 'msg_1' }],
        ['fallbacks', [{ model: 'other' }]],
        ['fallback_credit_token', 't'],
        ['billing_policy', 'p'],
        ['user_profile_id', 'u'],
        ['workspace_id', 'w'],
        ['betas', ['context-1m-2025-08-07']],
        ['safeguards', [{ type: 'dangerous_tool_use' }]],
      ] as const
    ).map(
      ([field, value]) =>
        ({
          field,
          outcome: ['drop'],
          says: 'Advice about caching, billing or routing at the vendor, without an effect on the answer.',
          cases: [{ sends: { [field]: value }, upstream: {} }],
        }) as const,
    ),
    {
      field: 'thread',
      outcome: ['400', 'drop'],
      says: 'A thread lives at the vendor, and its second request carries only what is new. Of this refusal the SDK’s tool runner makes requests with the whole history.',
      cases: [
        {
          sends: { thread: { type: 'create' } },
          refused: refused(
            'thread_unsupported_request',
            null,
            'Message threads are not supported by this gateway.',
          ),
        },
        {
          sends: {
            messages: [],
            model: undefined,
            thread: { type: 'continue', previous_message_id: 'msg_1' },
          },
          refused: refused(
            'thread_unsupported_request',
            null,
            'Message threads are not supported by this gateway.',
          ),
        },
        { sends: { thread: null }, upstream: {} },
        {
          file: 'packages/wire/test/anthropic-messages/sdk.test.ts',
          test: 'the tool runner of the SDK goes on without a thread after the typed refusal',
        },
      ],
    },
    ...(
      [
        ['container', 'c'],
        ['mcp_servers', [{ type: 'url', url: 'https://example.com', name: 'm' }]],
        ['compaction', { type: 'summarize' }],
      ] as const
    ).map(
      ([field, value]) =>
        ({
          field,
          outcome: ['400', 'drop'],
          says: 'It lives at the vendor; without it the request would mean something else.',
          cases: [
            {
              sends: { [field]: value },
              refused: refused('unsupported_parameter', field, `${field}: not supported by this gateway`),
            },
            { sends: { [field]: null }, upstream: {} },
          ],
        }) as const,
    ),
    {
      field: 'any other field',
      outcome: ['drop+warn', 'drop'],
      says: 'Never refused, also not for strict keys: clients send fields that no description has.',
      cases: [
        {
          sends: { invented_later: 1 },
          upstream: {},
          warns: 'dropped=invented_later',
          here: { unknown: ['invented_later'] },
        },
        { sends: { 'not a name': 1, invented: null }, upstream: {} },
      ],
    },
  ],
};
