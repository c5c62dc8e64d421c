import type { CodexEvent } from '../../src/codex/events.ts';
import {
  begin,
  completed,
  customCall,
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
  type RawEvent,
} from '../upstream-events.ts';

/** An answer of the upstream and the members of the request that shape how it is told. */
export interface AnswerCase {
  readonly name: string;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly events: readonly CodexEvent[];
  /** How the stream ends; a failed answer has no JSON form. */
  readonly ends: 'completed' | 'incomplete' | 'failed' | 'error';
}

const hello = message({ at: 0, deltas: ['Hel', 'lo, ', 'wörld 🌍'] });
const oslo = functionCall({
  at: 1,
  callId: 'call_oslo',
  name: 'get_weather',
  deltas: ['{"ci', 'ty":"O', 'slo"}'],
});
const bern = functionCall({
  at: 2,
  callId: 'call_bern',
  name: 'get_weather',
  deltas: ['{"city":', '"Bern"}'],
});
const shell = customCall({ at: 3, callId: 'call_shell', name: 'shell', deltas: ['ls', ' -la'] });
const thinking = reasoning({ at: 0, summary: [['First ', 'thought.'], ['Second thought.']] });
/** The backend hands out ids of some hundred characters. */
const longId = `rs_${'z'.repeat(300)}`;
const boom = { type: 'server_error', code: 'internal', message: 'Something broke upstream.', param: null };

function only(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => types.includes(type));
}

function without(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => !types.includes(type));
}

/** The events with these members in their items. */
function withItem(
  events: readonly RawEvent[],
  type: string,
  members: Readonly<Record<string, unknown>>,
): readonly RawEvent[] {
  return events.map((event) => {
    const { item } = event;
    return event.type === type && typeof item === 'object'
      ? { ...event, item: { ...item, ...members } }
      : event;
  });
}

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

const wholeAnswers: readonly Omit<AnswerCase, 'ends'>[] = [
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

/** What the upstream should not send, and what becomes of it. */
const mendedAnswers: readonly Omit<AnswerCase, 'ends'>[] = [
  { name: 'mended-without-created', events: upstream(hello, completed()) },
  {
    name: 'mended-item-only-at-its-end',
    events: upstream(begin(), only(hello, 'response.output_item.done'), completed()),
  },
  {
    name: 'mended-text-without-its-item',
    events: upstream(begin(), only(hello, 'response.output_text.delta'), completed()),
  },
  {
    name: 'mended-text-without-its-part',
    events: upstream(
      begin(),
      without(hello, 'response.content_part.added', 'response.content_part.done'),
      completed(),
    ),
  },
  {
    name: 'mended-missing-delta',
    events: upstream(
      begin(),
      hello.filter((_event, index) => index !== 4),
      completed(),
    ),
  },
  { name: 'mended-item-without-its-end', events: upstream(begin(), hello.slice(0, 4), oslo, completed()) },
  {
    name: 'mended-arguments-without-deltas',
    events: upstream(begin(), without(oslo, 'response.function_call_arguments.delta'), completed()),
  },
  {
    name: 'mended-call-that-was-never-announced',
    events: upstream(begin(), without(oslo, 'response.output_item.added'), completed()),
  },
  {
    name: 'mended-ids-that-change',
    events: upstream(
      begin(),
      withItem(hello, 'response.output_item.done', { id: 'msg_other' }),
      withItem(oslo, 'response.output_item.done', { call_id: 'call_other' }),
      completed(),
    ),
  },
  {
    name: 'mended-ids-that-are-missing',
    events: upstream(
      begin(),
      withItem(withItem(hello, 'response.output_item.added', { id: null }), 'response.output_item.done', {
        id: '',
      }),
      withItem(oslo, 'response.output_item.added', { id: undefined, call_id: undefined }),
      completed(),
    ),
  },
  {
    name: 'mended-ids-used-twice',
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['One.'] }),
      withItem(
        withItem(message({ at: 1, deltas: ['Two.'] }), 'response.output_item.added', { id: 'msg_0' }),
        'response.output_item.done',
        { id: 'msg_0' },
      ),
      completed(),
    ),
  },
  {
    name: 'mended-begun-with-text',
    events: upstream(
      begin(),
      withItem(oslo, 'response.output_item.added', { arguments: '{"city":"Oslo"}' }),
      completed(),
    ),
  },
  {
    name: 'mended-reasoning-text-without-its-part',
    events: upstream(
      begin(),
      [
        {
          type: 'response.output_item.added',
          output_index: 0,
          item: { type: 'reasoning', id: 'rs_0', summary: [], content: null },
        },
        {
          type: 'response.reasoning_text.delta',
          output_index: 0,
          item_id: 'rs_0',
          content_index: 0,
          delta: 'Hm',
        },
        {
          type: 'response.reasoning_text.delta',
          output_index: 0,
          item_id: 'rs_0',
          content_index: 0,
          delta: 'm.',
        },
        {
          type: 'response.reasoning_text.done',
          output_index: 0,
          item_id: 'rs_0',
          content_index: 0,
          text: 'Hmm.',
        },
        {
          type: 'response.output_item.done',
          output_index: 0,
          item: {
            type: 'reasoning',
            id: 'rs_0',
            summary: [],
            content: [{ type: 'reasoning_text', text: 'Hmm.' }],
          },
        },
      ],
      completed(),
    ),
  },
  {
    name: 'mended-output-only-at-the-end',
    events: upstream(begin(), [
      {
        type: 'response.completed',
        response: {
          id: 'resp_up',
          status: 'completed',
          completed_at: 1_800_000_009,
          end_turn: true,
          client_metadata: { secret: 'of the upstream' },
          output: [
            {
              type: 'message',
              id: 'msg_0',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text: 'Late.' }],
            },
          ],
        },
      },
    ]),
  },
  { name: 'mended-events-after-the-end', events: upstream(begin(), hello, completed(), oslo, completed()) },
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
];

export const cases: readonly AnswerCase[] = [
  ...[...wholeAnswers, ...mendedAnswers].map((answer) => ({ ...answer, ends: 'completed' as const })),
  ...otherEndings,
];

/** The body that the case's answer belongs to. */
export function bodyOf({ request }: AnswerCase, stream: boolean): Readonly<Record<string, unknown>> {
  return { model: 'openai/gpt-5.5', input: 'Go.', stream, ...request };
}
