import type { ProvenCase, Section } from '../row.ts';

const properties = 'packages/wire/test/anthropic-messages/properties.test.ts';
const errors = 'packages/wire/test/anthropic-messages/errors.test.ts';
const component = 'services/gateway/test/component/';

function proven(file: string, test: string): ProvenCase {
  return { file, test };
}

const everyFault = proven(errors, 'every fault has its status, its type and its code');

export const stream: Section = {
  title: 'The stream',
  rows: [
    {
      event: '`message_start`',
      says: 'Once, with every member of the type, the model as it was asked for and no tokens yet; a `ping` follows.',
      cases: [
        {
          golden: 'text',
          stream:
            'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_0123456789abcdef","type":"message","role":"assistant","model":"gpt-5.5","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,"container":null,"diagnostics":null,"usage":{"input_tokens":0,',
        },
        { golden: 'text', stream: '}\n\nevent: ping\ndata: {"type":"ping"}\n\nevent: content_block_start' },
        { golden: 'text-without-a-beginning', stream: 'event: message_start\n' },
      ],
    },
    {
      event: 'blocks',
      says: 'One after another, numbered from 0, each begun, filled and ended; what the upstream mixes is untangled.',
      cases: [
        {
          golden: 'interleaved-calls',
          stream: '"index":2,"content_block":{"type":"tool_use","id":"call_shell"',
        },
        proven(properties, 'a stream that is cut after any event ends legally'),
        proven(properties, 'how events are batched does not change a byte'),
      ],
    },
    {
      event: 'text, refusals',
      says: 'A text block for each part that says something; what had not come as deltas comes at its end. A refusal that the model writes is text.',
      cases: [
        {
          golden: 'text',
          stream: '"index":0,"content_block":{"type":"text","text":""}}',
        },
        { golden: 'text', reply: '"content":[{"type":"text","text":"Hello, wörld 🌍"}]' },
        { golden: 'text-without-deltas', stream: '"delta":{"type":"text_delta","text":"Hello, wörld 🌍"}' },
        { golden: 'text-whose-end-came-late', stream: '"delta":{"type":"text_delta","text":"lo"}' },
        { golden: 'text-without-items', reply: '"text":"Hello, wörld 🌍"' },
        {
          golden: 'two-texts-in-one-message',
          reply: '[{"type":"text","text":"First."},{"type":"text","text":"Second."}]',
        },
        {
          golden: 'two-messages',
          reply: '[{"type":"text","text":"Let me see."},{"type":"text","text":"It is blue."}]',
        },
        { golden: 'refusal-by-the-model', stream: '"stop_reason":"end_turn"' },
        { golden: 'text', never: 'citations' },
      ],
    },
    {
      event: 'items that only the last event has',
      says: 'They are told all the same, once.',
      cases: [
        { golden: 'answer-in-its-last-event', reply: '"text":"Hello, wörld 🌍"' },
        {
          golden: 'half-an-answer-in-its-last-event',
          stream: '"content_block":{"type":"tool_use","id":"call_oslo"',
        },
        {
          golden: 'half-an-answer-in-its-last-event',
          reply: '"content":[{"type":"text","text":"Hello, wörld 🌍"},{"type":"tool_use"',
        },
      ],
    },
    {
      event: 'reasoning',
      says: 'A thinking block, only for those who asked: the parts of the summary a blank line apart, then the signature with the seal of the finished item.',
      cases: [
        { golden: 'thinking-shown', stream: '"delta":{"type":"thinking_delta","thinking":"\\n\\n"}' },
        { golden: 'thinking-shown', stream: '"delta":{"type":"signature_delta","signature":"cgw1.' },
        { golden: 'thinking-without-deltas', stream: '"thinking":"First thought."' },
        { golden: 'thinking-without-a-summary', reply: '"type":"thinking","thinking":"","signature":"cgw1.' },
        { golden: 'thinking-without-a-seal', stream: '"type":"signature_delta"' },
        { golden: 'thinking-hidden', never: '"type":"thinking"' },
        { golden: 'thinking-between-calls', stream: '"index":2,"content_block":{"type":"thinking"' },
        { golden: 'cut-inside-a-thought', stream: '"type":"signature_delta"' },
      ],
    },
    {
      event: 'calls of functions',
      says: 'A `tool_use` block with the name that the client knows; its input as it comes. `caller` says that the model itself calls.',
      cases: [
        {
          golden: 'one-call',
          stream:
            '"content_block":{"type":"tool_use","id":"call_oslo","name":"get_weather","input":{},"caller":{"type":"direct"}}',
        },
        { golden: 'one-call', stream: '"delta":{"type":"input_json_delta","partial_json":"{\\"ci"}' },
        { golden: 'call-with-arguments-at-its-end-only', stream: '"partial_json":"{\\"city\\":\\"Oslo\\"}"' },
        { golden: 'call-that-was-never-announced', stream: '"type":"tool_use","id":"call_oslo"' },
        { golden: 'call-that-was-never-finished', stream: '"stop_reason":"tool_use"' },
        { golden: 'call-without-arguments', reply: '"name":"now","input":{}' },
        { golden: 'renamed-tool', reply: '"name":"get.weather"' },
      ],
    },
    {
      event: 'calls of custom tools',
      says: 'Their text as the one member of an input.',
      cases: [{ golden: 'custom-call', reply: '"input":{"input":"echo \\"😀\\"\\n"}' }],
    },
    {
      event: 'calls that are not whole',
      says: 'Arguments that are no JSON cannot be an input: a completed answer with them is a failure, an incomplete one ends with `max_tokens`. A call without a name is a failure in every dialect.',
      cases: [
        { golden: 'finished-with-a-cut-call', stream: 'event: error\n' },
        { golden: 'cut-inside-a-call', stream: '"stop_reason":"max_tokens"' },
        { golden: 'cut-inside-a-custom-call', stream: '"stop_reason":"max_tokens"' },
        { golden: 'whole-call-then-cut', stream: '"stop_reason":"max_tokens"' },
        { golden: 'call-without-a-name', never: '"type":"tool_use"' },
        proven(
          `${component}cuts.component.test.ts`,
          'a call whose name never came is no answer, and no part of one',
        ),
      ],
    },
    {
      event: 'web searches',
      says: 'A `server_tool_use` with the query and a `web_search_tool_result` with the pages, of which Claude Code makes its links. Pages that the model opened are no results.',
      cases: [
        {
          golden: 'web-search',
          stream:
            '"content_block":{"type":"server_tool_use","id":"srvtoolu_0123456789abcdef_0","name":"web_search"',
        },
        { golden: 'web-search', stream: '"partial_json":"{\\"query\\":\\"rain in oslo\\"}"' },
        {
          golden: 'web-search',
          reply:
            '"content":[{"type":"web_search_result","url":"https://example.com/rain","title":"https://example.com/rain","encrypted_content":"","page_age":null}',
        },
        { golden: 'web-search', never: 'open_page' },
      ],
    },
    {
      event: 'comments of the model on its work',
      says: 'Text like any other, but left out where the answer must be JSON.',
      cases: [
        { golden: 'two-messages', stream: '"text":"Let me see."' },
        { golden: 'json-with-commentary', never: 'Let me' },
      ],
    },
    {
      event: 'everything else of the upstream',
      says: 'Limits, keepalives and what nobody knows stay here.',
      cases: [
        { golden: 'text', never: 'codex.rate_limits' },
        { golden: 'text', never: 'keepalive' },
      ],
    },
    {
      event: 'silence',
      says: 'A `ping` event after every 15 seconds; before `message_start` a comment.',
      cases: [
        proven(
          'packages/wire/test/anthropic-messages/sdk.test.ts',
          'the SDK takes heartbeats before and within a message for nothing',
        ),
        proven(
          `${component}streaming.component.test.ts`,
          'a slow upstream gets its head out after five seconds, and heartbeats keep the client',
        ),
      ],
    },
    {
      event: 'the same as one object',
      says: 'Without `stream` exactly what a client gathers from the stream.',
      cases: [
        proven(
          properties,
          'what the SDK gathers from a stream is the JSON answer, and neither exists when the other fails',
        ),
      ],
    },
  ],
};

export const endings: Section = {
  title: 'Endings and usage',
  rows: [
    {
      event: '`end_turn`',
      says: 'A completed answer; also one that is incomplete for a reason that no client knows.',
      cases: [
        { golden: 'text', stream: '"stop_reason":"end_turn","stop_sequence":null,"stop_details":null' },
        { golden: 'nothing-at-all', stream: '"stop_reason":"end_turn"' },
        { golden: 'cut-for-another-reason', stream: '"stop_reason":"end_turn"' },
      ],
    },
    {
      event: '`tool_use`',
      says: 'Whenever a call was told, whatever else ended the answer: the SDK’s tool runner leaves it unanswered at any other reason.',
      cases: [
        { golden: 'text-then-calls', stream: '"stop_reason":"tool_use"' },
        { golden: 'emulated-stop-beside-a-call', stream: '"stop_reason":"tool_use"' },
      ],
    },
    {
      event: '`stop_sequence`',
      says: 'With the string that was met.',
      cases: [
        { golden: 'emulated-stop', stream: '"stop_reason":"stop_sequence","stop_sequence":"STOP"' },
        { golden: 'emulated-stop-that-never-comes', stream: '"stop_reason":"end_turn"' },
      ],
    },
    {
      event: '`max_tokens`',
      says: 'At the limit of the request or the key, or of the upstream.',
      cases: [
        { golden: 'emulated-limit', stream: '"stop_reason":"max_tokens"' },
        { golden: 'cut-by-length', stream: '"stop_reason":"max_tokens"' },
      ],
    },
    {
      event: '`refusal`',
      says: 'When a filter or a policy stops the answer; never for what the model says itself, since Claude Code throws such an answer away.',
      cases: [
        {
          golden: 'cut-by-filter',
          stream:
            '"stop_reason":"refusal","stop_sequence":null,"stop_details":{"type":"refusal","category":null,"explanation":"The answer was stopped by a content filter."}',
        },
        { golden: 'policy-midway', stream: '"stop_reason":"refusal"' },
        { golden: 'bio-policy-midway', stream: '"explanation":"Not this."' },
        { golden: 'refusal-by-the-model', never: '"stop_reason":"refusal"' },
      ],
    },
    {
      event: '`model_context_window_exceeded`',
      says: 'When the window is full within an answer.',
      cases: [{ golden: 'overflow-midway', stream: '"stop_reason":"model_context_window_exceeded"' }],
    },
    {
      event: '`usage`',
      says: 'Anthropic’s counters are disjoint, the upstream’s contain each other: cached tokens and those written to the cache are taken from the input. Thinking tokens are part of the output.',
      cases: [
        {
          golden: 'text',
          stream:
            '"usage":{"input_tokens":12,"cache_creation_input_tokens":0,"cache_read_input_tokens":8,"output_tokens":7,"output_tokens_details":{"thinking_tokens":2},"server_tool_use":null}',
        },
        {
          golden: 'usage-with-cache-writes',
          stream: '"usage":{"input_tokens":7,"cache_creation_input_tokens":5,"cache_read_input_tokens":8,',
        },
        {
          golden: 'web-search',
          stream: '"server_tool_use":{"web_search_requests":2,"web_fetch_requests":0}',
        },
        {
          golden: 'no-usage',
          stream:
            '"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0,"output_tokens_details":null',
        },
        { golden: 'text', reply: '"service_tier":"standard","inference_geo":null,"speed":null' },
      ],
    },
  ],
};

export const failures: Section = {
  title: 'Failures',
  about:
    'Before the answer has begun a failure is a status. `{"type":"error","error":{"type","message","details":{"error_code"}},"request_id"}`; `error_code` is the code of the README’s table.',
  rows: [
    {
      event: 'after `message_start`',
      says: 'An `error` event with the same object, and the end: the open block stays open, and nothing looks whole.',
      cases: [
        {
          golden: 'failed-midway',
          stream:
            'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"Something broke upstream.","details":{"error_code":"upstream_error"}},"request_id":"req_1"}',
        },
        { golden: 'failed-midway', never: 'message_stop' },
        { golden: 'overloaded-midway', stream: '"error":{"type":"overloaded_error"' },
        { golden: 'failed-at-once', stream: '"error":{"type":"rate_limit_error"' },
        proven(properties, 'a stream that is cut after any event ends legally'),
      ],
    },
    {
      event: 'status and type',
      says: 'By one table for every fault; an overload is 529. What the upstream refuses for the client’s own request keeps its status.',
      cases: [
        everyFault,
        proven(errors, 'a refusal of the upstream keeps its status and gets the type of that status'),
        proven(errors, 'a refusal without a code has no details'),
      ],
    },
    {
      event: 'a prompt that is too long',
      says: '400 `prompt is too long: N tokens > M maximum`: Claude Code reads both numbers and compacts. What was sent is an estimate, what fits stands in the catalog.',
      cases: [
        proven(
          errors,
          'an overflow is said in the words that Claude Code knows, with the numbers where they are known',
        ),
        proven(
          `${component}messages.component.test.ts`,
          'a prompt that is too long is told with what was sent and what fits',
        ),
        proven(
          'services/gateway/test/http/overflow.test.ts',
          'what was too much is more than what fits, whatever the estimate is',
        ),
      ],
    },
    {
      event: 'a usage limit',
      says: '429 with the time of the reset in words and `x-should-retry: false`, so that it stays one request; the ones after it are answered here.',
      cases: [
        proven(`${component}upstream-failures.component.test.ts`, 'nobody is asked until the window opens'),
        proven(
          `${component}upstream-failures.component.test.ts`,
          'a usage limit tells when it ends, in a member and in words',
        ),
      ],
    },
    {
      event: 'reasoning that the upstream refuses',
      says: 'It is asked once more without it.',
      cases: [
        proven(
          'services/gateway/test/upstream/retry.test.ts',
          'refused reasoning is left out once, the rest of the request stays as it was',
        ),
      ],
    },
  ],
};

export const beside: Section = {
  title: 'Headers, counts and models',
  rows: [
    {
      event: '`anthropic-version`, `anthropic-beta`',
      says: 'Any value is taken, and none changes anything.',
      cases: [
        proven(
          `${component}messages.component.test.ts`,
          'any version and any beta is taken, and a path with one /v1 too many',
        ),
      ],
    },
    {
      event: '`request-id`',
      says: 'On every answer, the same as `x-request-id`.',
      cases: [
        proven(
          `${component}messages.component.test.ts`,
          'every answer names its request in the header that the SDK reads',
        ),
      ],
    },
    {
      event: '`anthropic-ratelimit-{requests,tokens}-{limit,remaining,reset}`',
      says: 'What the key has left, by the limit that is nearest to its end; never `-unified-`, which Claude Code takes for the state of a subscription.',
      cases: [
        proven(
          `${component}messages.component.test.ts`,
          'the limits of a key are told in Anthropic’s own headers, to clients of that API alone',
        ),
        proven(
          'services/gateway/test/http/rate-limit-headers.test.ts',
          'an API with headers of its own gets the same limits, in its words and with the time of the reset',
        ),
      ],
    },
    {
      event: 'POST `/v1/messages/count_tokens`',
      says: 'Counted here: the upstream is not asked and nothing is charged. Special tokens are plain text, base64 is never tokenised, and running streams do not wait.',
      cases: [
        proven(
          `${component}count-tokens.component.test.ts`,
          'the tokens of a body are counted here: nobody is asked and nothing is charged',
        ),
        proven(
          `${component}count-tokens.component.test.ts`,
          'while 200 KB of one word and 24 sections are counted a stream goes on',
        ),
        proven(
          'packages/wire/test/counting/request-tokens.test.ts',
          'an image counts by its size up to a limit, whatever its bytes',
        ),
        proven(
          'packages/wire/test/counting/request-tokens.test.ts',
          'a PDF counts by its pages, another file a fixed number',
        ),
        proven(
          'packages/wire/test/counting/text-tokens.test.ts',
          'of an endless run only the beginning is tokenised, in short pieces',
        ),
      ],
    },
    {
      event: 'GET `/v1/models` with `anthropic-version`',
      says: 'Every model also as `claude-<slug>`, since Claude Code shows no others; pages by `limit`, `after_id` and `before_id`; capabilities by what the backend says of the model.',
      cases: [
        proven(
          'services/gateway/test/models/catalog.test.ts',
          'what the backend says of a model is told as its capabilities',
        ),
        proven(
          `${component}operator-choices.component.test.ts`,
          'the lists show what the operator shows, and Anthropic clients find every model by a name they show',
        ),
        proven(`${component}models.component.test.ts`, 'a list is cut into pages'),
      ],
    },
  ],
};
