import type { Section } from '../row.ts';

const firstText = '"delta":{"role":"assistant","content":""}';
const firstOther = '"delta":{"role":"assistant","content":null}';

export const stream: Section = {
  title: 'The stream',
  about: `Frames are \`data: {…}\` without an \`event:\` line; each has \`id\`, \`created\`, \`model\` and a \`choices\` array, and the last one is
\`data: [DONE]\`. The official SDK reads every stream that is linked here without an exception, by \`create\`, \`stream\`, \`parse\` and
\`runTools\`; where a row names an exception, it is what the SDK would throw otherwise.`,
  rows: [
    {
      event: 'before the first event',
      says: 'The status waits for what the model says (five seconds at most), so that a refusal inside the upstream’s 200 is still a status.',
      cases: [
        {
          file: 'services/gateway/test/component/upstream-failures.component.test.ts',
          test: 'a refusal by the backend is told as it is, in the envelope of the client',
        },
        { golden: 'failed-at-once', stream: 'data: {"error":{"message":"Try again in 2s."' },
      ],
    },
    {
      event: 'silence',
      says: 'SSE comments keep the client’s timer quiet; they are nothing to an SDK.',
      cases: [
        {
          file: 'packages/wire/test/openai-chat/sdk.test.ts',
          test: 'the SDK takes heartbeats between chunks for nothing',
        },
      ],
    },
    {
      event:
        '`response.created`, `queued`, `in_progress`, `keepalive`, `codex.*` and events that nobody knows',
      says: 'Nothing is said: a frame without `choices` would throw *chunk.choices is not iterable*.',
      cases: [
        {
          golden: 'text-with-usage',
          stream: `data: {"id":"chatcmpl-0123456789abcdef","object":"chat.completion.chunk","created":1800000001,"model":"gpt-5.5","choices":[{"index":0,${firstText}`,
        },
      ],
    },
    {
      event: 'an event that is broken',
      says: 'It is passed over; handed on it would throw *malformed server-sent event JSON*.',
      cases: [{ golden: 'text-among-broken-events', reply: '"content":"Hello, wörld 🌍"' }],
    },
    {
      event: 'the first thing that is said',
      says: 'A role goes before it (else *missing role for choice 0*), with `content: ""` before text, and `null` before anything else: a call has no text, and `""` would stay in the message.',
      cases: [
        { golden: 'text', stream: firstText },
        { golden: 'one-call', stream: firstOther, reply: '"content":null' },
        { golden: 'reasoning-then-call', stream: firstOther, reply: '"content":null' },
        { golden: 'refusal', stream: firstOther },
        { golden: 'nothing-at-all', stream: firstText, reply: '"content":""' },
      ],
    },
    {
      event: '`response.output_text.delta`',
      says: 'One chunk each.',
      cases: [{ golden: 'text', stream: '"delta":{"content":"Hel"}', reply: '"content":"Hello, wörld 🌍"' }],
    },
    {
      event: '`response.output_text.done`, `response.output_item.done` of a message',
      says: 'What of the text had not come by deltas is told.',
      cases: [
        {
          golden: 'text-whose-end-came-late',
          stream: '"delta":{"content":"lo"}',
          reply: '"content":"Hello"',
        },
        {
          golden: 'text-whose-item-never-ended',
          stream: '"delta":{"content":"lo"}',
          reply: '"content":"Hello"',
        },
        { golden: 'text-without-deltas', stream: '"delta":{"content":"Hello, wörld 🌍"}' },
      ],
    },
    {
      event: 'a second message',
      says: 'Two lines apart from the first, whatever its `phase`; in an answer that has to be JSON the comments are reasoning and nothing stands between.',
      cases: [
        {
          golden: 'two-messages',
          stream: '"delta":{"content":"\\n\\nIt is "}',
          reply: '"content":"Let me see.\\n\\nIt is blue."',
        },
        {
          golden: 'json-with-commentary',
          stream: '"delta":{"reasoning_content":"Let me "}',
          reply: '"content":"{\\"a\\":1}"',
        },
        {
          golden: 'json-in-two-messages',
          stream: '"delta":{"content":":1}"}',
          reply: '"content":"{\\"a\\":1}"',
        },
      ],
    },
    {
      event: '`response.refusal.delta`, `response.refusal.done`',
      says: 'Told as `refusal`.',
      cases: [
        {
          golden: 'refusal',
          stream: '"delta":{"refusal":"I cannot "}',
          reply: '"refusal":"I cannot do that."',
        },
      ],
    },
    {
      event: '`response.reasoning_summary_text.delta`, `response.reasoning_text.delta`',
      says: 'Told as `reasoning_content`, the parts two lines apart; the operator may choose `reasoning`, both or none (`chat.reasoning`). The member is never empty.',
      cases: [
        {
          golden: 'reasoning-then-text',
          stream: '"delta":{"reasoning_content":"\\n\\nSecond thought."}',
          reply: '"reasoning_content":"First thought.\\n\\nSecond thought."',
        },
        {
          golden: 'raw-reasoning',
          stream: '"delta":{"reasoning_content":"Raw "}',
          reply: '"reasoning_content":"Raw thought."',
        },
        {
          golden: 'reasoning-as-openrouter-shows-it',
          stream: '"delta":{"reasoning":"Hm."}',
          reply: '"reasoning":"Hm."',
        },
        { golden: 'reasoning-shown-twice', stream: '"delta":{"reasoning_content":"Hm.","reasoning":"Hm."}' },
        {
          golden: 'reasoning-not-shown',
          stream: firstText,
          reply: '"message":{"role":"assistant","content":"Blue.","refusal":null}',
        },
        { golden: 'reasoning-without-summary', stream: firstText },
      ],
    },
    {
      event: '`response.output_item.added` of a call',
      says: 'Its index counts the calls from 0, without gaps (else *Cannot read properties of undefined*), wherever it stands in the output.',
      cases: [
        {
          golden: 'text-then-call',
          stream:
            '"delta":{"tool_calls":[{"index":0,"id":"call_oslo","type":"function","function":{"name":"get_weather","arguments":""}}]}',
        },
        { golden: 'two-calls', stream: '"tool_calls":[{"index":1,"id":"call_bern"' },
        {
          golden: 'custom-call',
          stream:
            '"delta":{"tool_calls":[{"index":0,"id":"call_shell","type":"custom","custom":{"name":"shell","input":""}}]}',
          reply: '"custom":{"name":"shell","input":"ls -la"}',
        },
      ],
    },
    {
      event: '`response.function_call_arguments.delta`, `response.custom_tool_call_input.delta`',
      says: 'Neither id nor name again: another name would throw *changed tool call identity*.',
      cases: [
        {
          golden: 'one-call',
          stream: '"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"ci"}}]}',
        },
        { golden: 'custom-call', stream: '"delta":{"tool_calls":[{"index":0,"custom":{"input":"ls"}}]}' },
      ],
    },
    {
      event: 'calls that are made at the same time',
      says: 'One after the other: the SDK takes a change of the index for the end of the earlier call (*invalid structured output JSON*).',
      cases: [
        {
          golden: 'interleaved-calls',
          stream: '"tool_calls":[{"index":2,"id":"call_shell"',
          reply: '"arguments":"{\\"city\\":\\"Oslo\\"}"',
        },
        {
          file: 'packages/wire/test/openai-chat/sdk.test.ts',
          test: 'the SDK parses the arguments of strict tools that the upstream interleaved',
        },
      ],
    },
    {
      event: 'the end of a call',
      says: 'What of its arguments had not come is told; no arguments are `{}`.',
      cases: [
        {
          golden: 'call-with-arguments-at-its-end-only',
          stream: '"tool_calls":[{"index":0,"function":{"arguments":"{\\"city\\":\\"Oslo\\"}"}}]',
        },
        {
          golden: 'call-without-arguments',
          stream: '"function":{"arguments":"{}"}',
          reply: '"arguments":"{}"',
        },
        { golden: 'call-that-was-never-announced', stream: '"tool_calls":[{"index":0,"id":"call_oslo"' },
      ],
    },
    {
      event: 'calls for a request with `functions`',
      says: 'The first is told as `function_call`; the older form has no room for more.',
      cases: [
        {
          golden: 'legacy-call',
          stream: '"delta":{"function_call":{"arguments":"{\\"ci"}}',
          reply: '"function_call":{"name":"get_weather","arguments":"{\\"city\\":\\"Oslo\\"}"}',
        },
      ],
    },
    {
      event: 'a call that the model writes as text',
      says: 'A whole `<tool_use>` block that names a declared function becomes a call behind all else; every other text stays text.',
      cases: [
        {
          golden: 'emulated-call-written-as-text',
          stream: '"function":{"name":"read","arguments":""}',
          reply: '"content":"I look. "',
        },
        {
          golden: 'emulated-call-of-no-tool',
          reply: '"content":"<tool_use>{\\"name\\":\\"write\\"}</tool_use>"',
        },
      ],
    },
    {
      event: 'searches and other items of hosted tools',
      says: 'Not told. The places that a search has found stand in the JSON answer as `annotations`, and move along with the text; a stream has no member for them.',
      cases: [{ golden: 'web-search-citations', reply: '"annotations":[{"type":"url_citation"' }],
    },
  ],
};
