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
  /** `error`: the stream ends with an `error` event. */
  readonly ends: 'whole' | 'error';
}

const shown = { thinking: { type: 'adaptive' } };
const sealed = { thinking: { type: 'adaptive', display: 'omitted' } };
const asJson = { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } };
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
const shell = customCall({
  at: 3,
  callId: 'call_shell',
  name: 'shell',
  deltas: ['echo "', '\ud83d', '\ude00"\n'],
});
const hello = message({ at: 0, deltas: ['Hel', 'lo, ', 'wörld 🌍'] });
const thoughts = reasoning({ at: 0, summary: [['First ', 'thought.'], ['Second thought.']] });
const boom = { type: 'server_error', code: 'internal', message: 'Something broke upstream.', param: null };

function only(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => types.includes(type));
}

function without(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => !types.includes(type));
}

/** The end of an answer whose response object holds the items of these events, as where answers are stored. */
function completedWith(...events: readonly (readonly RawEvent[])[]): readonly RawEvent[] {
  const output = events
    .flat()
    .flatMap(({ type, item }) => (type === 'response.output_item.done' ? [item] : []));
  return completed().map((event) => ({ ...event, response: { ...Object(event['response']), output } }));
}

/** A message with two texts, of which the second comes without deltas. */
const twoTexts: readonly RawEvent[] = [
  ...message({ at: 0, deltas: ['First.'] }).slice(0, -1),
  {
    type: 'response.output_item.done',
    output_index: 0,
    item: {
      id: 'msg_0',
      type: 'message',
      content: ['First.', 'Second.'].map((text) => ({ type: 'output_text', text, annotations: [] })),
    },
  },
];

const cacheWrites = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 8, cache_write_tokens: 5 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 27,
};

function search(at: number, action: Readonly<Record<string, unknown>>): readonly RawEvent[] {
  const item = { type: 'web_search_call', id: `ws_${at}` };
  return [
    { type: 'response.output_item.added', output_index: at, item },
    { type: 'response.web_search_call.searching', output_index: at, item_id: `ws_${at}` },
    { type: 'response.output_item.done', output_index: at, item: { ...item, status: 'completed', action } },
  ];
}

const texts: readonly AnswerCase[] = [
  { name: 'text', events: upstream(begin(), noise(), hello, noise(), completed()), ends: 'whole' },
  {
    name: 'text-without-a-beginning',
    events: upstream(message({ at: 0, deltas: ['Hello.'] }), completed()),
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
    name: 'answer-in-its-last-event',
    events: upstream(begin(), completedWith(hello, oslo)),
    ends: 'whole',
  },
  {
    name: 'half-an-answer-in-its-last-event',
    events: upstream(begin(), hello, completedWith(hello, oslo)),
    ends: 'whole',
  },
  { name: 'nothing-at-all', events: upstream(begin(), completed()), ends: 'whole' },
  { name: 'two-texts-in-one-message', events: upstream(begin(), twoTexts, completed()), ends: 'whole' },
  {
    name: 'usage-with-cache-writes',
    events: upstream(
      begin(),
      hello,
      completed().map((event) => ({
        ...event,
        response: { ...Object(event['response']), usage: cacheWrites },
      })),
    ),
    ends: 'whole',
  },
  { name: 'no-usage', events: upstream(begin(), hello, completed(null)), ends: 'whole' },
  {
    name: 'two-messages',
    request: { speed: 'fast', context_management: { edits: [] } },
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
    request: asJson,
    events: upstream(
      begin(),
      message({ at: 0, deltas: ['Let me ', 'see.'], phase: 'commentary' }),
      message({ at: 1, deltas: ['{"a"', ':1}'], phase: 'final_answer' }),
      completed(),
    ),
    ends: 'whole',
  },
  {
    name: 'refusal-by-the-model',
    events: upstream(begin(), refusalMessage({ at: 0, deltas: ['I cannot ', 'do that.'] }), completed()),
    ends: 'whole',
  },
];

const thinking: readonly AnswerCase[] = [
  {
    name: 'thinking-shown',
    request: shown,
    events: upstream(
      begin(),
      thoughts,
      message({ at: 1, deltas: ['Blue.'] }),
      completed({ input: 30, cached: 10, output: 40, reasoning: 32 }),
    ),
    ends: 'whole',
  },
  {
    name: 'thinking-sealed',
    request: sealed,
    events: upstream(begin(), thoughts, message({ at: 1, deltas: ['Blue.'] }), completed()),
    ends: 'whole',
  },
  {
    name: 'thinking-hidden',
    events: upstream(begin(), thoughts, message({ at: 1, deltas: ['Blue.'] }), completed()),
    ends: 'whole',
  },
  {
    name: 'thinking-without-deltas',
    request: shown,
    events: upstream(begin(), only(thoughts, 'response.output_item.done'), oslo, completed()),
    ends: 'whole',
  },
  {
    name: 'thinking-without-a-summary',
    request: shown,
    events: upstream(begin(), reasoning({ at: 0, summary: [] }), oslo, completed()),
    ends: 'whole',
  },
  {
    name: 'thinking-without-a-seal',
    request: shown,
    events: upstream(begin(), reasoning({ at: 0, summary: [['Hm.']], seal: '' }), oslo, completed()),
    ends: 'whole',
  },
  {
    name: 'thinking-between-calls',
    request: shown,
    events: upstream(
      begin(),
      thoughts,
      oslo,
      reasoning({ at: 2, summary: [['Again.']] }),
      functionCall({ at: 3, callId: 'call_rome', name: 'get_weather', deltas: ['{}'] }),
      completed(),
    ),
    ends: 'whole',
  },
];

const calls: readonly AnswerCase[] = [
  { name: 'one-call', events: upstream(begin(), oslo, completed()), ends: 'whole' },
  {
    name: 'interleaved-calls',
    events: upstream(begin(), interleaved(oslo, bern, shell), completed()),
    ends: 'whole',
  },
  {
    name: 'text-then-calls',
    events: upstream(begin(), message({ at: 0, deltas: ['Looking.'] }), oslo, bern, completed()),
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
    events: upstream(begin(), without(oslo, 'response.output_item.added'), completed()),
    ends: 'whole',
  },
  {
    name: 'call-that-was-never-finished',
    events: upstream(begin(), without(oslo, 'response.output_item.done'), completed()),
    ends: 'whole',
  },
  {
    name: 'call-without-a-name',
    events: upstream(begin(), only(oslo, 'response.function_call_arguments.delta'), completed()),
    ends: 'whole',
  },
  {
    name: 'renamed-tool',
    request: { tools: [{ name: 'get.weather', input_schema: { type: 'object' } }] },
    events: upstream(
      begin(),
      functionCall({ at: 0, callId: 'call_1', name: 'get_weather_f65d4328', deltas: ['{}'] }),
      completed(),
    ),
    ends: 'whole',
  },
  {
    name: 'web-search',
    request: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    events: upstream(
      begin(),
      search(0, {
        type: 'search',
        query: 'rain in oslo',
        sources: [
          { type: 'url', url: 'https://example.com/rain' },
          { type: 'url', url: 'https://example.com/sun', title: 'Sun' },
        ],
      }),
      search(1, { type: 'open_page', url: 'https://example.com/rain' }),
      search(2, { type: 'search', queries: ['rain', 'oslo'] }),
      message({ at: 3, deltas: ['It rains.'] }),
      completed(),
    ),
    ends: 'whole',
  },
];

const cuts: readonly AnswerCase[] = [
  {
    name: 'cut-by-length',
    events: upstream(begin(), hello.slice(0, 4), incomplete('max_output_tokens')),
    ends: 'whole',
  },
  {
    name: 'cut-by-filter',
    events: upstream(begin(), hello.slice(0, 4), incomplete('content_filter')),
    ends: 'whole',
  },
  {
    name: 'cut-for-another-reason',
    events: upstream(begin(), hello, incomplete('max_messages')),
    ends: 'whole',
  },
  {
    name: 'cut-inside-a-thought',
    request: shown,
    events: upstream(begin(), thoughts.slice(0, 3), incomplete('max_output_tokens')),
    ends: 'whole',
  },
  {
    name: 'cut-inside-a-call',
    events: upstream(begin(), interleaved(oslo, bern).slice(0, 4), incomplete('steered')),
    ends: 'whole',
  },
  {
    name: 'cut-inside-a-custom-call',
    events: upstream(begin(), shell.slice(0, 2), incomplete('max_output_tokens')),
    ends: 'whole',
  },
  {
    name: 'whole-call-then-cut',
    events: upstream(begin(), oslo, bern.slice(0, 2), incomplete('max_output_tokens')),
    ends: 'whole',
  },
];

const failures: readonly AnswerCase[] = [
  {
    name: 'finished-with-a-cut-call',
    events: upstream(
      begin(),
      functionCall({ at: 0, callId: 'call_1', name: 'f', deltas: ['{"city":"Os'] }),
      bern,
      completed(),
    ),
    ends: 'error',
  },
  {
    name: 'failed-midway',
    events: upstream(begin(), hello.slice(0, 4), errorEvent(boom), failed(boom)),
    ends: 'error',
  },
  {
    name: 'bio-policy-midway',
    events: upstream(begin(), hello.slice(0, 4), failed({ code: 'bio_policy', message: 'Not this.' })),
    ends: 'whole',
  },
  {
    name: 'failed-at-once',
    events: upstream(failed({ code: 'rate_limit_exceeded', message: 'Try again in 2s.' })),
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
    name: 'policy-midway',
    events: upstream(begin(), hello.slice(0, 4), failed({ code: 'cyber_policy', message: 'Not this.' })),
    ends: 'whole',
  },
  {
    name: 'overflow-midway',
    events: upstream(
      begin(),
      oslo.slice(0, 3),
      errorEvent({ code: 'context_length_exceeded', message: 'Your input exceeds the context window.' }),
    ),
    ends: 'whole',
  },
];

export const cases: readonly AnswerCase[] = [...texts, ...thinking, ...calls, ...cuts, ...failures];

/** The body that the case's answer belongs to. */
export function bodyOf({ request }: AnswerCase, stream: boolean) {
  const messages = [{ role: 'user' as const, content: 'Go.' }];
  return { model: 'gpt-5.5', max_tokens: 1024, messages, stream, ...request };
}
