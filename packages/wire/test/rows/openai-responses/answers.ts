import type { Section } from '../row.ts';

const responseId = '"id":"resp_0123456789abcdef"';

/** What every stream is, whatever the upstream sends. */
export const stream: Section = {
  title: 'The stream',
  about:
    'The upstream’s events in their order, under these rules. What would break a reader is mended before it goes out: each row that begins with "mended" is something that the official SDK throws on.',
  rows: [
    {
      event: 'the beginning',
      says: '`response.created` comes first, also when the upstream leaves it out.',
      cases: [
        {
          golden: 'text',
          stream: `event: response.created\ndata: {"type":"response.created","response":{${responseId}`,
        },
        { golden: 'mended-without-created', stream: 'event: response.created\n' },
        { golden: 'mended-output-only-at-the-end', stream: 'event: response.created\n' },
      ],
    },
    {
      event: 'one id for the response',
      says: 'It is made here and never changes, whatever the upstream calls its response.',
      cases: [
        { golden: 'mended-response-id-that-changes', stream: responseId, never: 'resp_1"' },
        {
          file: 'packages/wire/test/openai-responses/stream.test.ts',
          test: 'whatever the upstream sends, the stream is legal and the SDK can read it',
        },
      ],
    },
    {
      event: 'types of events',
      says: 'Only those that the official SDKs know: limits, keepalives and what comes after this version stay here. `event:` repeats the type.',
      cases: [
        { golden: 'text-among-noise', never: 'codex.rate_limits' },
        { golden: 'text-among-noise', never: 'keepalive' },
        { golden: 'text-among-noise', never: 'response.invented_later' },
        { golden: 'hosted-tools', stream: 'event: response.code_interpreter_call.interpreting\n' },
        { golden: 'hosted-tools', stream: 'event: response.mcp_call_arguments.delta\n' },
        { golden: 'hosted-tools', stream: 'event: response.image_generation_call.partial_image\n' },
        { golden: 'audio', stream: 'event: response.audio.transcript.delta\n' },
        { golden: 'web-search', never: 'obfuscation' },
      ],
    },
    {
      event: '`sequence_number`',
      says: 'Counted anew, without gaps.',
      cases: [
        {
          golden: 'text-among-noise',
          stream: '"type":"response.in_progress","response":{"id":"resp_0123456789abcdef"',
        },
        {
          file: 'packages/wire/test/openai-responses/stream.test.ts',
          test: 'whatever the upstream sends, the stream is legal and the SDK can read it',
        },
      ],
    },
    {
      event: '`output_index`',
      says: 'Items are numbered as they are announced; some readers take the number for a place in a list.',
      cases: [
        { golden: 'mended-indexes-with-gaps', stream: '"output_index":1,"item":{"id":"fc_5"' },
        { golden: 'mended-indexes-with-gaps', never: '"output_index":5' },
      ],
    },
    {
      event: 'types and ids of items and calls',
      says: 'They never change once they were told; those that are missing or used twice are made up.',
      cases: [
        { golden: 'mended-ids-that-change', never: 'msg_other' },
        { golden: 'mended-ids-that-change', never: 'call_other' },
        { golden: 'mended-ids-that-are-missing', stream: '"id":"msg_0123456789abcdef_0"' },
        {
          file: 'packages/wire/test/openai-responses/turns.test.ts',
          test: 'an item whose type changes at its end stays what it was announced as',
        },
        { golden: 'mended-ids-used-twice', stream: '"id":"msg_0123456789abcdef_1"' },
      ],
    },
    {
      event: 'items and parts are announced',
      says: 'Before anything else of them, also when the upstream does not, and only once.',
      cases: [
        { golden: 'mended-text-without-its-item', stream: 'event: response.output_item.added\n' },
        { golden: 'mended-text-without-its-part', stream: 'event: response.content_part.added\n' },
        { golden: 'mended-refusal-without-its-part', stream: 'event: response.content_part.added\n' },
        {
          golden: 'mended-summary-without-its-part',
          stream: 'event: response.reasoning_summary_part.added\n',
        },
        { golden: 'mended-reasoning-text-without-its-part', stream: 'event: response.content_part.added\n' },
        { golden: 'mended-call-that-was-never-announced', stream: 'event: response.output_item.added\n' },
        { golden: 'mended-item-announced-twice' },
        { golden: 'mended-begun-with-text', stream: '"status":"in_progress","arguments":""}' },
      ],
    },
    {
      event: 'items and parts are ended',
      says: 'Each with its whole text, also when no delta has brought it; an item that the upstream never ends is `incomplete`.',
      cases: [
        { golden: 'mended-item-only-at-its-end', stream: '"delta":"Hello, wörld 🌍"' },
        { golden: 'mended-missing-delta' },
        {
          golden: 'mended-arguments-without-deltas',
          stream: 'event: response.function_call_arguments.delta\n',
        },
        {
          golden: 'mended-item-without-its-end',
          stream: '"status":"incomplete","content":[{"type":"output_text","text":"Hello, "',
        },
      ],
    },
    {
      event: '`output` of the last event',
      says: 'The upstream leaves it empty: it is filled with the items of the stream.',
      cases: [
        {
          golden: 'text',
          stream: '"status":"completed","error":null,"incomplete_details":null,"output":[{"id":"msg_0"',
        },
        { golden: 'mended-output-only-at-the-end', stream: 'event: response.output_text.delta\n' },
        { golden: 'nothing-at-all', reply: '"output":[]' },
      ],
    },
    {
      event: 'the response object',
      says: 'Built here: the model as it was asked for, what was asked repeated, nothing of the upstream’s own.',
      cases: [
        { golden: 'everything-echoed', reply: '"model":"openai/gpt-5.5"' },
        { golden: 'mended-output-only-at-the-end', never: 'client_metadata' },
        { golden: 'mended-output-only-at-the-end', stream: '"end_turn":true' },
        { golden: 'text', reply: '"object":"response"' },
      ],
    },
    {
      event: '`usage`',
      says: 'As the upstream counts, with its cached and reasoning tokens; null when it says nothing. An answer that is ended here has an estimate.',
      cases: [
        {
          golden: 'text',
          reply:
            '"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":8,"cache_write_tokens":0},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":27}',
        },
        { golden: 'usage-that-never-came', reply: '"usage":null' },
        { golden: 'emulated-limit', reply: '"status":"incomplete"' },
      ],
    },
    {
      event: 'the end',
      says: '`data: [DONE]` after the last event, and nothing after it.',
      cases: [
        { golden: 'text', stream: '\n\ndata: [DONE]\n\n' },
        { golden: 'mended-events-after-the-end', never: 'call_oslo' },
      ],
    },
    {
      event: 'a heartbeat',
      says: 'A comment until `response.created` was told, then a repeated `response.in_progress`: only events quiet the Codex CLI’s timer.',
      cases: [
        {
          file: 'packages/wire/test/openai-responses/stream.test.ts',
          test: 'a heartbeat is a comment until the response was announced, then an event with the next number',
        },
      ],
    },
  ],
};

export const output: Section = {
  title: 'Output items',
  rows: [
    {
      event: 'text',
      says: 'Every message is told, comments of the model on its work too (`phase`).',
      cases: [
        { golden: 'text', stream: 'event: response.output_text.delta\n' },
        { golden: 'two-messages', stream: '"phase":"commentary"' },
        { golden: 'json-answer', reply: '"text":"{\\"city\\":\\"Oslo\\"}"' },
      ],
    },
    {
      event: 'annotations',
      says: 'Numbered as they come.',
      cases: [{ golden: 'web-search', stream: '"annotation_index":0' }],
    },
    {
      event: 'a refusal',
      says: 'Is a part of a message.',
      cases: [{ golden: 'refusal', stream: 'event: response.refusal.delta\n' }],
    },
    {
      event: 'reasoning',
      says: 'Its summary, and its seal in the finished item for whoever sends it back; the seal of an unfinished one is left out.',
      cases: [
        { golden: 'reasoning-then-text', stream: '"encrypted_content":"gAAAA-sealed-0"' },
        { golden: 'reasoning-as-the-codex-cli-knows-it', stream: '"content":null' },
        { golden: 'cut-inside-a-call', reply: '"status":"incomplete"' },
      ],
    },
    {
      event: 'calls',
      says: 'Functions and custom tools, one after the other or at once, by the client’s names and with their namespace.',
      cases: [
        { golden: 'one-call', stream: 'event: response.function_call_arguments.done\n' },
        { golden: 'two-calls' },
        { golden: 'call-without-arguments', stream: '"arguments":""' },
        { golden: 'interleaved-calls', stream: 'event: response.custom_tool_call_input.delta\n' },
        { golden: 'namespaced-call', stream: '"namespace":"functions"' },
        { golden: 'renamed-tool', stream: '"name":"get.weather"' },
      ],
    },
    {
      event: 'tools that run upstream',
      says: 'Searches and whatever else the upstream runs are handed on with the events of their work.',
      cases: [
        { golden: 'web-search', stream: 'event: response.web_search_call.completed\n' },
        { golden: 'hosted-tools', stream: 'event: response.shell_call_command.delta\n' },
      ],
    },
    {
      event: 'compaction',
      says: 'Handed on as it is.',
      cases: [{ golden: 'compaction', stream: '"encrypted_content":"gAAAA-compact"' }],
    },
  ],
};

export const endings: Section = {
  title: 'How an answer ends',
  about: 'Whatever happens upstream, a stream ends in one legal way, and a JSON answer is whole or an error.',
  rows: [
    {
      event: 'completed',
      says: 'As the upstream says.',
      cases: [{ golden: 'text', stream: 'event: response.completed\n' }],
    },
    {
      event: 'incomplete',
      says: 'With its reason; what was cut is marked so.',
      cases: [
        { golden: 'cut-by-length', stream: '"incomplete_details":{"reason":"max_output_tokens"}' },
        { golden: 'cut-by-length', reply: '"status":"incomplete"' },
        { golden: 'cut-inside-a-call', stream: '"incomplete_details":{"reason":"steered"}' },
      ],
    },
    {
      event: 'at a token limit',
      says: 'The gateway ends it, `incomplete`.',
      cases: [
        { golden: 'emulated-limit', stream: 'event: response.incomplete\n' },
        { golden: 'emulated-limit-in-a-refusal', stream: 'event: response.incomplete\n' },
        { golden: 'emulated-limit-in-the-second-text', stream: 'event: response.incomplete\n' },
      ],
    },
    {
      event: 'failed',
      says: 'A failed response of the upstream comes alone, with what was told so far.',
      cases: [
        { golden: 'failed-alone', never: 'event: error\n' },
        {
          golden: 'failed-alone',
          stream: '"status":"failed","error":{"code":"upstream_error","message":"Something broke upstream."}',
        },
        { golden: 'failed-at-once', stream: '"error":{"code":"rate_limit_exceeded"' },
        { golden: 'failed-by-overload', stream: '"error":{"code":"server_is_overloaded"' },
      ],
    },
    {
      event: 'an error',
      says: 'As an `error` event, which the SDKs throw, and a failed response after it, on which the Codex CLI acts; members at the top and under `error`, for older and newer readers.',
      cases: [
        { golden: 'error-and-failed', stream: 'event: error\n' },
        {
          golden: 'error-alone',
          stream: '"error":{"message":"The usage limit has been reached","type":"usage_limit_reached"',
        },
        { golden: 'error-alone', stream: 'event: response.failed\n' },
        { golden: 'error-in-the-form-of-the-api', stream: '"type":"error","code":"rate_limit_exceeded"' },
        { golden: 'error-before-anything', stream: '"code":"context_length_exceeded"' },
      ],
    },
    {
      event: 'the upstream breaks off',
      says: 'The same as an error, `upstream_error`. A JSON answer is a 502, never half an answer.',
      cases: [
        { golden: 'cut-off-before-anything', stream: '"code":"upstream_error"' },
        { golden: 'cut-off-before-any-output', stream: 'event: response.failed\n' },
        { golden: 'cut-off-inside-a-text', stream: '"text":"Hello, ","annotations":[]}]}]' },
        { golden: 'cut-off-inside-a-call', stream: 'event: response.failed\n' },
        { golden: 'cut-off-before-the-last-event', stream: 'event: response.failed\n' },
        {
          file: 'packages/wire/test/openai-responses/answers.test.ts',
          test: 'cut at any event is no JSON answer',
        },
        {
          file: 'services/gateway/test/component/cuts.component.test.ts',
          test: 'half an answer is never a whole one',
        },
      ],
    },
  ],
};
