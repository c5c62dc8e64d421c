import type { Section } from '../row.ts';

export const ending: Section = {
  title: 'The end of an answer',
  about:
    'The reason is that of what was told, and every stream that ends without an error has one (else *missing finish_reason for choice 0*).',
  rows: [
    {
      event: '`response.completed`',
      says: '`stop`, also after a refusal; `tool_calls` when there is a call, `function_call` for a request with `functions`.',
      cases: [
        { golden: 'text', stream: '"delta":{},"logprobs":null,"finish_reason":"stop"' },
        { golden: 'refusal', stream: '"finish_reason":"stop"', reply: '"finish_reason":"stop"' },
        {
          golden: 'text-then-call',
          stream: '"finish_reason":"tool_calls"',
          reply: '"finish_reason":"tool_calls"',
        },
        {
          golden: 'legacy-call',
          stream: '"finish_reason":"function_call"',
          reply: '"finish_reason":"function_call"',
        },
        { golden: 'nothing-at-all', stream: '"finish_reason":"stop"' },
      ],
    },
    {
      event: 'a stop string of the request',
      says: '`stop`; what stands behind it is never told, and the upstream is let go.',
      cases: [
        { golden: 'emulated-stop', stream: '"finish_reason":"stop"', reply: '"content":"1\\n2\\n3\\n"' },
        {
          file: 'services/gateway/test/http/enforced.test.ts',
          test: 'the upstream is let go with the batch that ends the answer, and not read again',
        },
      ],
    },
    {
      event: 'the token limit of the request',
      says: '`length`; comments and refusals count, reasoning does not.',
      cases: [
        { golden: 'emulated-limit', stream: '"finish_reason":"length"', reply: '"content":"1\\n2"' },
        { golden: 'emulated-limit-in-the-second-text', reply: '"finish_reason":"length"' },
        { golden: 'emulated-limit-in-a-refusal', reply: '"finish_reason":"length"' },
      ],
    },
    {
      event: '`response.incomplete`',
      says: '`length` for a limit of the upstream, `content_filter` for its filter, else `stop`; but `length` when a call was cut, because its arguments must not be used. They stay as they came.',
      cases: [
        { golden: 'cut-by-length', stream: '"finish_reason":"length"', reply: '"finish_reason":"length"' },
        {
          golden: 'cut-by-filter',
          stream: '"finish_reason":"content_filter"',
          reply: '"finish_reason":"content_filter"',
        },
        {
          golden: 'cut-for-another-reason',
          stream: '"finish_reason":"stop"',
          reply: '"finish_reason":"stop"',
        },
        { golden: 'cut-before-the-arguments-of-a-call', reply: '"arguments":""' },
        { golden: 'cut-inside-a-call', stream: '"finish_reason":"length"', reply: '"arguments":"{\\"ci"' },
      ],
    },
    {
      event: '`error`, `response.failed`',
      says: 'An error object, once, then `[DONE]`; never a finish reason. In all its forms it has a message and a code, because a mere text would be thrown without one.',
      cases: [
        {
          golden: 'failed-midway',
          stream:
            'data: {"error":{"message":"Something broke upstream.","type":"gateway_error","param":null,"code":"upstream_error"}}\n\ndata: [DONE]',
        },
        {
          golden: 'failed-in-the-form-of-the-api',
          stream: 'data: {"error":{"message":"Something broke upstream."',
        },
        {
          golden: 'failed-with-a-word',
          stream: 'data: {"error":{"message":"The upstream failed while it answered."',
        },
        { golden: 'failed-at-once', stream: '"code":"rate_limit_exceeded"' },
        { golden: 'overloaded-midway', stream: '"code":"server_is_overloaded"' },
        { golden: 'usage-limit-midway', stream: '"resets_at":1800003600' },
      ],
    },
    {
      event: 'the upstream breaks off',
      says: 'An error, however whole the answer seemed; never `stop`.',
      cases: [
        { golden: 'cut-before-anything', stream: '"code":"upstream_error"' },
        { golden: 'cut-behind-a-whole-text', stream: '"code":"upstream_error"' },
        { golden: 'cut-behind-a-whole-call', stream: '"code":"upstream_error"' },
        {
          file: 'packages/wire/test/openai-chat/properties.test.ts',
          test: 'a stream that is cut after any event ends legally and does not look whole',
        },
      ],
    },
    {
      event: 'the client leaves',
      says: 'The upstream is let go at once.',
      cases: [
        {
          file: 'services/gateway/test/component/streaming.component.test.ts',
          test: 'a client that leaves a stream is gone for the backend, too',
        },
      ],
    },
    {
      event: 'the usage',
      says: 'Told in the JSON answer, and in the last frame of a stream that asked for it: a later frame with `"usage":null` would erase it. Audio and predictions are not counted; a usage that never came is left out.',
      cases: [
        {
          golden: 'reasoning-then-text',
          stream:
            '"choices":[],"usage":{"prompt_tokens":30,"completion_tokens":40,"total_tokens":70,"prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":0},"completion_tokens_details":{"reasoning_tokens":32}}}\n\ndata: [DONE]',
          reply:
            '"usage":{"prompt_tokens":30,"completion_tokens":40,"total_tokens":70,"prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":0},"completion_tokens_details":{"reasoning_tokens":32}}',
        },
        { golden: 'usage-that-never-came', stream: '"finish_reason":"stop"}],"usage":null}\n\ndata: [DONE]' },
      ],
    },
  ],
};
