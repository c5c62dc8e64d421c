import type { Section } from '../row.ts';

export const whole: Section = {
  title: 'The JSON answer',
  about: 'Gathered from the upstream’s stream; it says the same as a stream of it would.',
  rows: [
    {
      event: 'the object',
      says: '`content` is `null` when there are only calls, a refusal or reasoning; `tool_calls` and `annotations` are left out when there are none.',
      cases: [
        {
          golden: 'text',
          reply:
            '{"id":"chatcmpl-0123456789abcdef","object":"chat.completion","created":1800000001,"model":"gpt-5.5","choices":[{"index":0,"message":{"role":"assistant","content":"Hello, wörld 🌍","refusal":null},"logprobs":null,"finish_reason":"stop"}]',
        },
        {
          golden: 'one-call',
          reply: '"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[{',
        },
        {
          golden: 'refusal',
          reply: '"message":{"role":"assistant","content":null,"refusal":"I cannot do that."}',
        },
      ],
    },
    {
      event: 'its items',
      says: 'The last event of the upstream has an empty `output`: the items are those of `response.output_item.done`, in the order of their places; one whose end never came is made of its deltas.',
      cases: [
        { golden: 'interleaved-calls', reply: '"tool_calls":[{"id":"call_oslo"' },
        { golden: 'text-without-its-end', reply: '"content":"Hello, wörld 🌍"' },
        { golden: 'text-without-items', reply: '"content":"Hello, wörld 🌍"' },
        { golden: 'raw-reasoning', reply: '"reasoning_content":"Raw thought."' },
      ],
    },
    {
      event: 'items in the last event alone',
      says: 'They are added, in the stream too; what was told before is not told again.',
      cases: [
        { golden: 'text-that-comes-once-more-in-the-last-event', reply: '"content":"Hello"' },
        {
          golden: 'text-that-ends-in-the-last-event',
          stream: '"delta":{"content":"lo"}',
          reply: '"content":"Hello"',
        },
        {
          golden: 'text-in-the-last-event-alone',
          stream: '"delta":{"content":"Hello, wörld 🌍"}',
          reply: '"content":"Hello, wörld 🌍"',
        },
        {
          golden: 'message-in-the-last-event-alone',
          stream: '"delta":{"content":"\\n\\nAnd more."}',
          reply: '"content":"Hello, wörld 🌍\\n\\nAnd more."',
        },
      ],
    },
    {
      event: 'a failure, or an upstream that breaks off',
      says: 'An error with its status (502 when the upstream broke off), also when half of the answer is there; it is not asked again.',
      cases: [
        {
          file: 'packages/wire/test/openai-chat/properties.test.ts',
          test: 'a JSON answer is never made of half a stream',
        },
        {
          file: 'services/gateway/test/component/cuts.component.test.ts',
          test: 'half an answer is never a whole one',
        },
      ],
    },
    {
      event: '`content-type`',
      says: '`application/json`: with another one the SDK gives back a text.',
      cases: [
        {
          file: 'services/gateway/test/component/answers.component.test.ts',
          test: 'an answer in one piece',
        },
      ],
    },
  ],
};
