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
  /** `error`: the stream ends with an error object, and there is no JSON answer. */
  readonly ends: 'whole' | 'error';
}

const withUsage = { stream_options: { include_usage: true } };
const jsonFormat = {
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } },
};
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
const hello = message({ at: 0, deltas: ['Hel', 'lo, ', 'wörld 🌍'] });
const boom = { type: 'server_error', code: 'internal', message: 'Something broke upstream.', param: null };

function only(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => types.includes(type));
}

function without(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => !types.includes(type));
}

export const cases: readonly AnswerCase[] = [
  { name: 'text', events: upstream(begin(), hello, completed()), ends: 'whole' },
  {
    name: 'text-with-usage',
    request: withUsage,
    events: upstream(begin(), noise(), hello, noise(), completed()),
    ends: 'whole',
  },
  {
    name: 'usage-that-never-came',
    request: withUsage,
    events: upstream(begin(), hello, completed(null)),
    ends: 'whole',
  },
  {
    name: 'text-without-deltas',
    events: upstream(begin(), only(hello, 'response.output_item.done'), completed()),
    ends: 'whole',
  },
  {
    name: 'text-whose-end-came-late',
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['Hel'] }).slice(0, 3),
      only(message({ at: 0, deltas: ['Hello'] }), 'response.output_text.done', 'response.output_item.done'),
      completed(),
    ),
    ends: 'whole',
  },
  {
    name: 'web-search-citations',
    request: { web_search_options: {} },
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['Looking.'] }),
      [
        {
          type: 'response.output_item.added',
          output_index: 1,
          item: { type: 'web_search_call', id: 'ws_1' },
        },
        { type: 'response.web_search_call.searching', output_index: 1, item_id: 'ws_1' },
        { type: 'response.output_item.done', output_index: 1, item: { type: 'web_search_call', id: 'ws_1' } },
      ],
      message({
        at: 2,
        deltas: ['It rains (example.com).'],
        annotations: [
          { type: 'url_citation', start_index: 9, end_index: 22, title: 'Rain', url: 'https://example.com' },
          { type: 'file_citation', file_id: 'file_1' },
        ],
      }),
      completed(),
    ),
    ends: 'whole',
  },
  { name: 'nothing-at-all', events: upstream(begin(), completed()), ends: 'whole' },
  {
    name: 'two-messages',
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['Let me see.'], phase: 'commentary' }),
      message({ at: 1, deltas: ['It is ', 'blue.'], phase: 'final_answer' }),
      completed(),
    ),
    ends: 'whole',
  },
  {
    name: 'json-with-commentary',
    request: jsonFormat,
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['Let me ', 'see.'], phase: 'commentary' }),
      message({ at: 1, deltas: ['{"a"', ':1}'], phase: 'final_answer' }),
      completed(),
    ),
    ends: 'whole',
  },
  {
    name: 'refusal',
    events: upstream(begin(), refusalMessage({ at: 0, deltas: ['I cannot ', 'do that.'] }), completed()),
    ends: 'whole',
  },
  {
    name: 'reasoning-then-text',
    request: withUsage,
    events: upstream(
      begin(),
      reasoning({ at: 0, summary: [['First ', 'thought.'], ['Second thought.']] }),
      message({ at: 1, deltas: ['Blue.'] }),
      completed({ input: 30, cached: 10, output: 40, reasoning: 32 }),
    ),
    ends: 'whole',
  },
  {
    name: 'reasoning-without-summary',
    events: upstream(
      begin(),
      reasoning({ at: 0, summary: [] }),
      message({ at: 1, deltas: ['Blue.'] }),
      completed(),
    ),
    ends: 'whole',
  },
  { name: 'one-call', events: upstream(begin(), oslo, completed()), ends: 'whole' },
  { name: 'two-calls', events: upstream(begin(), oslo, bern, completed()), ends: 'whole' },
  {
    name: 'interleaved-calls',
    events: upstream(begin(), interleaved(oslo, bern, shell), completed()),
    ends: 'whole',
  },
  {
    name: 'text-then-call',
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['Looking.'], phase: 'commentary' }),
      oslo,
      completed(),
    ),
    ends: 'whole',
  },
  { name: 'custom-call', events: upstream(begin(), shell, completed()), ends: 'whole' },
  {
    name: 'call-without-arguments',
    events: upstream(
      begin(),
      functionCall({ at: 0, callId: 'call_now', name: 'now', deltas: [] }),
      completed(),
    ),
    ends: 'whole',
  },
  {
    name: 'call-with-arguments-at-its-end-only',
    events: upstream(begin(), without(oslo, 'response.function_call_arguments.delta'), completed()),
    ends: 'whole',
  },
  {
    name: 'call-that-was-never-announced',
    events: upstream(begin(), only(oslo, 'response.output_item.done'), completed()),
    ends: 'whole',
  },
  {
    name: 'renamed-tool',
    request: { tools: [{ type: 'function', function: { name: 'get.weather' } }] },
    events: upstream(
      begin(),
      functionCall({ at: 0, callId: 'call_1', name: 'get_weather_f65d4328', deltas: ['{}'] }),
      completed(),
    ),
    ends: 'whole',
  },
  {
    name: 'legacy-call',
    request: { functions: [{ name: 'get_weather' }] },
    events: upstream(begin(), interleaved(oslo, bern), completed()),
    ends: 'whole',
  },
  {
    name: 'cut-by-length',
    request: withUsage,
    events: upstream(begin(), hello.slice(0, 4), incomplete('max_output_tokens')),
    ends: 'whole',
  },
  {
    name: 'cut-by-filter',
    events: upstream(begin(), hello.slice(0, 4), incomplete('content_filter')),
    ends: 'whole',
  },
  {
    name: 'cut-inside-a-call',
    events: upstream(begin(), interleaved(oslo, bern).slice(0, 4), incomplete('steered')),
    ends: 'whole',
  },
  {
    name: 'cut-for-another-reason',
    events: upstream(begin(), hello, incomplete('max_messages')),
    ends: 'whole',
  },
  {
    name: 'failed-midway',
    events: upstream(begin(), hello.slice(0, 4), errorEvent(boom), failed(boom)),
    ends: 'error',
  },
  {
    name: 'failed-at-once',
    events: upstream(begin(), failed({ code: 'rate_limit_exceeded', message: 'Try again in 2s.' })),
    ends: 'error',
  },
  {
    name: 'overloaded-midway',
    events: upstream(
      begin(),
      oslo.slice(0, 3),
      failed({ code: 'server_is_overloaded', message: 'At capacity.' }),
    ),
    ends: 'error',
  },
  {
    name: 'usage-limit-midway',
    events: upstream(
      begin(),
      hello.slice(0, 4),
      errorEvent({
        type: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        plan_type: 'plus',
        resets_at: 1_800_003_600,
      }),
    ),
    ends: 'error',
  },
];

/** The body that the case's answer belongs to. */
export function bodyOf({ request }: AnswerCase, stream: boolean): Readonly<Record<string, unknown>> {
  const body = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Go.' }], stream, ...request };
  return stream ? body : { ...body, stream_options: undefined };
}
