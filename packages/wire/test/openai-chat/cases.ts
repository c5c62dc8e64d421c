import type { CodexEvent } from '../../src/codex/events.ts';
import type { ReasoningDisplay } from '../../src/dialects/options.ts';
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
  /** What the operator has chosen. */
  readonly display?: ReasoningDisplay;
  readonly events: readonly CodexEvent[];
  /**
   * `error`: the stream ends with an error object, and there is no JSON answer; `cut`: so it does, because the upstream
   * broke off.
   */
  readonly ends: 'whole' | 'error' | 'cut';
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
const thought = reasoning({ at: 0, summary: [['Hm.']] });
const boom = { type: 'server_error', code: 'internal', message: 'Something broke upstream.', param: null };

function only(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => types.includes(type));
}

function without(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => !types.includes(type));
}

function withoutIds(events: readonly RawEvent[]): readonly RawEvent[] {
  return events.map((event) => ({ ...event, item: { ...Object(event['item']), id: undefined } }));
}

/** The last event of an answer, with items in it: those of a backend that stores them. */
function completedWith(...items: readonly (readonly RawEvent[])[]): readonly RawEvent[] {
  const output = items.map((events) => events.at(-1)?.['item']);
  return completed().map((event) => ({ ...event, response: { ...Object(event['response']), output } }));
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
    name: 'usage-asked-for-in-another-way',
    request: { usage: { include: true } },
    events: upstream(begin(), hello, completed()),
    ends: 'whole',
  },
  {
    name: 'echoed-members',
    request: { metadata: { run: '7' }, moderation: { policy: { input: { mode: 'score' } } } },
    events: upstream(begin(), hello, completed()),
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
    name: 'text-without-items',
    events: upstream(begin(), only(hello, 'response.output_text.delta'), completed()),
    ends: 'whole',
  },
  {
    name: 'text-in-the-last-event-alone',
    events: upstream(begin(), completedWith(withoutIds(hello))),
    ends: 'whole',
  },
  {
    name: 'message-in-the-last-event-alone',
    events: upstream(begin(), hello, completedWith(hello, message({ at: 1, deltas: ['And more.'] }))),
    ends: 'whole',
  },
  {
    name: 'text-that-ends-in-the-last-event',
    events: upstream(
      begin(),
      message({ at: 2, deltas: ['Hel'] }).slice(0, 3),
      completedWith(message({ at: 2, deltas: ['Hello'] })),
    ),
    ends: 'whole',
  },
  {
    name: 'text-that-comes-once-more-in-the-last-event',
    events: upstream(
      begin(),
      only(message({ at: 2, deltas: ['Hello'] }), 'response.output_item.done'),
      completedWith(message({ at: 2, deltas: ['Hello'] })),
    ),
    ends: 'whole',
  },
  {
    name: 'text-without-its-end',
    events: upstream(begin(), hello.slice(0, 5), completed()),
    ends: 'whole',
  },
  {
    name: 'text-among-broken-events',
    events: [
      ...upstream(begin(), hello.slice(0, 3)),
      { type: 'malformed', name: null },
      { type: 'malformed', name: 'response.output_text.delta' },
      ...upstream(hello.slice(3), completed()),
    ],
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
    name: 'text-whose-item-never-ended',
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['Hel'] }).slice(0, 3),
      only(message({ at: 0, deltas: ['Hello'] }), 'response.output_text.done'),
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
    name: 'json-in-two-messages',
    request: jsonFormat,
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['{"a"'] }),
      message({ at: 1, deltas: [':1}'] }),
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
  {
    name: 'raw-reasoning',
    events: upstream(
      begin(),
      ['Raw ', 'thought.'].map((delta) => ({
        type: 'response.reasoning_text.delta',
        output_index: 0,
        item_id: 'rs_0',
        content_index: 0,
        delta,
      })),
      message({ at: 1, deltas: ['Blue.'] }),
      completed(),
    ),
    ends: 'whole',
  },
  {
    name: 'reasoning-as-openrouter-shows-it',
    display: 'reasoning',
    events: upstream(begin(), thought, message({ at: 1, deltas: ['Blue.'] }), completed()),
    ends: 'whole',
  },
  {
    name: 'reasoning-shown-twice',
    display: 'both',
    events: upstream(begin(), thought, message({ at: 1, deltas: ['Blue.'] }), completed()),
    ends: 'whole',
  },
  {
    name: 'reasoning-not-shown',
    display: 'off',
    events: upstream(begin(), thought, message({ at: 1, deltas: ['Blue.'] }), completed()),
    ends: 'whole',
  },
  {
    name: 'reasoning-then-call',
    events: upstream(begin(), thought, oslo, completed()),
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
    name: 'cut-before-the-arguments-of-a-call',
    events: upstream(begin(), oslo.slice(0, 1), incomplete('max_output_tokens')),
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
    name: 'failed-with-a-word',
    events: upstream(begin(), hello.slice(0, 4), [{ type: 'error', error: 'boom' }]),
    ends: 'error',
  },
  {
    name: 'failed-in-the-form-of-the-api',
    events: upstream(begin(), hello.slice(0, 4), [{ ...boom, type: 'error' }]),
    ends: 'error',
  },
  { name: 'cut-before-anything', events: upstream(begin()), ends: 'cut' },
  { name: 'cut-behind-a-whole-text', events: upstream(begin(), hello), ends: 'cut' },
  { name: 'cut-behind-a-whole-call', events: upstream(begin(), oslo), ends: 'cut' },
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
