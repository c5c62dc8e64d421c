import {
  begin,
  completed,
  errorEvent,
  failed,
  functionCall,
  incomplete,
  interleaved,
  message,
  noise,
  reasoning,
  refusalMessage,
  upstream,
} from '../upstream-events.ts';
import { hostedAnswers } from './hosted-cases.ts';
import { mendedAnswers } from './mended-cases.ts';
import {
  bern,
  boom,
  hello,
  longId,
  oslo,
  shell,
  thinking,
  withItem,
  type AnswerCase,
  type WholeAnswer,
} from './pieces.ts';

const search = { type: 'web_search_call', id: 'ws_1' };
const citation = {
  type: 'url_citation',
  start_index: 9,
  end_index: 22,
  title: 'Rain',
  url: 'https://example.com',
};
const cited = message({ at: 1, deltas: ['It rains ', '(example.com).'], annotations: [citation] });
const annotated = cited.flatMap((event) =>
  event.type === 'response.output_text.done'
    ? [
        {
          type: 'response.output_text.annotation.added',
          output_index: 1,
          item_id: 'msg_1',
          content_index: 0,
          annotation_index: 0,
          annotation: citation,
        },
        event,
      ]
    : [event],
);

const wholeAnswers: readonly WholeAnswer[] = [
  { name: 'text', events: upstream(begin(), hello, completed()) },
  { name: 'text-among-noise', events: upstream(noise(), begin(), noise(), hello, noise(), completed()) },
  { name: 'nothing-at-all', events: upstream(begin(), completed()) },
  { name: 'usage-that-never-came', events: upstream(begin(), hello, completed(null)) },
  {
    name: 'everything-echoed',
    request: {
      instructions: 'Be brief.',
      temperature: 0.2,
      top_p: 0.5,
      top_logprobs: 2,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      max_output_tokens: 100,
      max_tool_calls: 3,
      truncation: 'auto',
      metadata: { team: 'blue' },
      user: 'u-1',
      safety_identifier: 's-1',
      prompt_cache_key: 'k-1',
      parallel_tool_calls: false,
      reasoning: { effort: 'minimal', summary: 'auto' },
      text: { format: { type: 'json_schema', name: 'x', schema: { type: 'object' } }, verbosity: 'low' },
      tools: [
        { type: 'function', name: 'get_weather' },
        { type: 'custom', name: 'shell' },
        { type: 'web_search' },
      ],
      tool_choice: { type: 'function', function: { name: 'get_weather' } },
      store: true,
    },
    events: upstream(begin(), hello, completed()),
  },
  {
    name: 'two-messages',
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['Let me see.'], phase: 'commentary' }),
      message({ at: 1, deltas: ['It is ', 'blue.'], phase: 'final_answer' }),
      completed(),
    ),
  },
  {
    name: 'refusal',
    events: upstream(begin(), refusalMessage({ at: 0, deltas: ['I cannot ', 'do that.'] }), completed()),
  },
  {
    name: 'reasoning-then-text',
    events: upstream(begin(), thinking, message({ at: 1, deltas: ['Blue.'] }), completed()),
  },
  {
    name: 'reasoning-as-the-codex-cli-knows-it',
    events: upstream(
      begin(),
      withItem(
        withItem(reasoning({ at: 0, summary: [] }), 'response.output_item.added', {
          id: longId,
          content: null,
        }),
        'response.output_item.done',
        { id: longId, content: null },
      ),
      message({ at: 1, deltas: ['Blue.'] }),
      completed(),
    ),
  },
  { name: 'one-call', events: upstream(begin(), oslo, completed()) },
  { name: 'interleaved-calls', events: upstream(begin(), interleaved(oslo, bern, shell), completed()) },
  { name: 'two-calls', events: upstream(begin(), oslo, bern, completed()) },
  {
    name: 'call-without-arguments',
    events: upstream(
      begin(),
      functionCall({ at: 0, callId: 'call_1', name: 'now', deltas: [] }),
      completed(),
    ),
  },
  {
    name: 'json-answer',
    request: { text: { format: { type: 'json_schema', name: 'x', schema: { type: 'object' } } } },
    events: upstream(begin(), message({ at: 0, deltas: ['{"city"', ':"Oslo"}'] }), completed()),
  },
  {
    name: 'namespaced-call',
    events: upstream(
      begin(),
      withItem(
        withItem(shell, 'response.output_item.added', { namespace: 'functions' }),
        'response.output_item.done',
        { namespace: 'functions' },
      ),
      completed(),
    ),
  },
  {
    name: 'renamed-tool',
    request: { tools: [{ type: 'function', name: 'get.weather' }] },
    events: upstream(
      begin(),
      functionCall({ at: 0, callId: 'call_1', name: 'get_weather_f65d4328', deltas: ['{}'] }),
      completed(),
    ),
  },
  {
    name: 'web-search',
    events: upstream(
      begin(),
      [
        { type: 'response.output_item.added', output_index: 0, item: { ...search, status: 'in_progress' } },
        { type: 'response.web_search_call.in_progress', output_index: 0, item_id: 'ws_1' },
        {
          type: 'response.web_search_call.searching',
          output_index: 0,
          item_id: 'ws_other',
          obfuscation: 'x',
        },
        { type: 'response.web_search_call.completed', output_index: 0, item_id: 'ws_1' },
        {
          type: 'response.output_item.done',
          output_index: 0,
          item: { ...search, status: 'completed', action: { type: 'search', query: 'rain' } },
        },
      ],
      annotated,
      completed(),
    ),
  },
  {
    name: 'compaction',
    events: upstream(
      begin(),
      [
        {
          type: 'response.output_item.done',
          output_index: 0,
          item: { type: 'compaction', id: 'cmp_1', encrypted_content: 'gAAAA-compact' },
        },
      ],
      completed(),
    ),
  },
];

const otherEndings: readonly AnswerCase[] = [
  {
    name: 'cut-by-length',
    events: upstream(begin(), hello.slice(0, 4), incomplete('max_output_tokens')),
    ends: 'incomplete',
  },
  {
    name: 'cut-inside-a-call',
    events: upstream(begin(), thinking.slice(0, 4), oslo.slice(0, 3), incomplete('steered')),
    ends: 'incomplete',
  },
  { name: 'failed-alone', events: upstream(begin(), hello.slice(0, 4), failed(boom)), ends: 'failed' },
  {
    name: 'failed-at-once',
    events: upstream(failed({ code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' })),
    ends: 'failed',
  },
  {
    name: 'failed-by-overload',
    events: upstream(begin(), oslo.slice(0, 3), failed({ code: 'slow_down', message: 'At capacity.' })),
    ends: 'failed',
  },
  {
    name: 'error-and-failed',
    events: upstream(begin(), hello.slice(0, 4), errorEvent(boom), failed(boom)),
    ends: 'error',
  },
  {
    name: 'error-alone',
    events: upstream(
      begin(),
      thinking.slice(0, 4),
      errorEvent({
        type: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        plan_type: 'plus',
        resets_at: 1_800_003_600,
      }),
    ),
    ends: 'error',
  },
  {
    name: 'error-before-anything',
    events: upstream(
      errorEvent({
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        message: 'Too long.',
        param: 'input',
      }),
    ),
    ends: 'error',
  },
  {
    name: 'error-in-the-form-of-the-api',
    events: upstream(begin(), hello.slice(0, 4), [
      { type: 'error', code: 'rate_limit_exceeded', message: 'Slower.', param: null },
    ]),
    ends: 'error',
  },
  { name: 'cut-off-before-anything', events: [], ends: 'cut off' },
  { name: 'cut-off-before-any-output', events: upstream(begin()), ends: 'cut off' },
  { name: 'cut-off-inside-a-text', events: upstream(begin(), hello.slice(0, 4)), ends: 'cut off' },
  { name: 'cut-off-inside-a-call', events: upstream(begin(), thinking, oslo.slice(0, 3)), ends: 'cut off' },
  { name: 'cut-off-before-the-last-event', events: upstream(begin(), hello, oslo), ends: 'cut off' },
];

export const cases: readonly AnswerCase[] = [
  ...[...wholeAnswers, ...hostedAnswers, ...mendedAnswers].map((answer) => ({
    ...answer,
    ends: 'completed' as const,
  })),
  ...otherEndings,
];

/** The body that the case's answer belongs to. */
export function bodyOf({ request }: AnswerCase, stream: boolean): Readonly<Record<string, unknown>> {
  return { model: 'openai/gpt-5.5', input: 'Go.', stream, ...request };
}
