import { decodeEvent, type CodexEvent } from '../src/codex/events.ts';

/** One upstream event as JSON, before it is numbered and decoded. */
export type RawEvent = Readonly<Record<string, unknown>> & { readonly type: string };

export interface RawUsage {
  readonly input: number;
  readonly cached?: number;
  readonly output: number;
  readonly reasoning?: number;
}

const RESPONSE_ID = 'resp_0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const CREATED_AT = 1_800_000_000;

/** Events in their order as the gateway sees them, decoded from JSON like those of a real stream. */
export function upstream(...groups: readonly (readonly RawEvent[])[]): readonly CodexEvent[] {
  return numbered(groups).map((event) => decodeEvent(JSON.stringify(event)));
}

/** The same events as the text of an SSE body. */
export function upstreamText(...groups: readonly (readonly RawEvent[])[]): string {
  return numbered(groups)
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

function numbered(groups: readonly (readonly RawEvent[])[]): readonly RawEvent[] {
  return groups.flat().map((event, index) => ({ ...event, sequence_number: index }));
}

function responseObject(status: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    id: RESPONSE_ID,
    object: 'response',
    created_at: CREATED_AT,
    status,
    error: null,
    incomplete_details: null,
    model: 'gpt-5.5',
    output: [],
    service_tier: 'default',
    usage: null,
    ...more,
  };
}

function rawUsage(counts: RawUsage) {
  const { input, output } = counts;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: counts.cached ?? 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: counts.reasoning ?? 0 },
    total_tokens: input + output,
  };
}

/** How every answer begins. */
export function begin(): readonly RawEvent[] {
  return [
    { type: 'response.created', response: responseObject('in_progress') },
    { type: 'response.in_progress', response: responseObject('in_progress') },
  ];
}

export function completed(
  usage: RawUsage | null = { input: 20, cached: 8, output: 7, reasoning: 2 },
): readonly RawEvent[] {
  return [
    {
      type: 'response.completed',
      response: responseObject('completed', { usage: usage && rawUsage(usage) }),
    },
  ];
}

export function incomplete(
  reason: string,
  usage: RawUsage = { input: 20, cached: 8, output: 7, reasoning: 2 },
): readonly RawEvent[] {
  const details = { incomplete_details: { reason }, usage: rawUsage(usage) };
  return [{ type: 'response.incomplete', response: responseObject('incomplete', details) }];
}

export function failed(error: Readonly<Record<string, unknown>>): readonly RawEvent[] {
  return [{ type: 'response.failed', response: responseObject('failed', { error }) }];
}

/** As the backend sends it: the members are under `error`. */
export function errorEvent(error: Readonly<Record<string, unknown>>): readonly RawEvent[] {
  return [{ type: 'error', error }];
}

export interface MessageScript {
  readonly at: number;
  readonly deltas: readonly string[];
  readonly phase?: string;
  readonly annotations?: readonly unknown[];
}

export function message({ at, deltas, phase, annotations = [] }: MessageScript): readonly RawEvent[] {
  const place = { output_index: at, item_id: `msg_${at}`, content_index: 0 };
  const text = deltas.join('');
  const part = { type: 'output_text', text, annotations, logprobs: [] };
  const item = { id: `msg_${at}`, type: 'message', role: 'assistant', ...(phase !== undefined && { phase }) };
  return [
    {
      type: 'response.output_item.added',
      output_index: at,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...place, part: { ...part, text: '', annotations: [] } },
    ...deltas.map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part },
    {
      type: 'response.output_item.done',
      output_index: at,
      item: { ...item, status: 'completed', content: [part] },
    },
  ];
}

export function refusalMessage({ at, deltas }: MessageScript): readonly RawEvent[] {
  const place = { output_index: at, item_id: `msg_${at}`, content_index: 0 };
  const part = { type: 'refusal', refusal: deltas.join('') };
  const item = { id: `msg_${at}`, type: 'message', role: 'assistant' };
  return [
    {
      type: 'response.output_item.added',
      output_index: at,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...place, part: { ...part, refusal: '' } },
    ...deltas.map((delta) => ({ type: 'response.refusal.delta', ...place, delta })),
    { type: 'response.refusal.done', ...place, refusal: part.refusal },
    { type: 'response.content_part.done', ...place, part },
    {
      type: 'response.output_item.done',
      output_index: at,
      item: { ...item, status: 'completed', content: [part] },
    },
  ];
}

export interface ReasoningScript {
  readonly at: number;
  /** Deltas of each summary part. */
  readonly summary: readonly (readonly string[])[];
  readonly seal?: string;
}

export function reasoning({
  at,
  summary,
  seal = `gAAAA-sealed-${at}`,
}: ReasoningScript): readonly RawEvent[] {
  const item = { id: `rs_${at}`, type: 'reasoning' };
  const parts = summary.map((deltas) => ({ type: 'summary_text', text: deltas.join('') }));
  return [
    {
      type: 'response.output_item.added',
      output_index: at,
      item: { ...item, summary: [], encrypted_content: 'gAAAA-unfinished' },
    },
    ...summary.flatMap((deltas, index) => summaryPart(at, index, deltas)),
    {
      type: 'response.output_item.done',
      output_index: at,
      item: { ...item, summary: parts, encrypted_content: seal },
    },
  ];
}

function summaryPart(at: number, index: number, deltas: readonly string[]): readonly RawEvent[] {
  const place = { output_index: at, item_id: `rs_${at}`, summary_index: index };
  const part = { type: 'summary_text', text: deltas.join('') };
  return [
    { type: 'response.reasoning_summary_part.added', ...place, part: { ...part, text: '' } },
    ...deltas.map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...place, delta })),
    { type: 'response.reasoning_summary_text.done', ...place, text: part.text },
    { type: 'response.reasoning_summary_part.done', ...place, part },
  ];
}

export interface CallScript {
  readonly at: number;
  readonly callId: string;
  readonly name: string;
  readonly deltas: readonly string[];
}

export function functionCall({ at, callId, name, deltas }: CallScript): readonly RawEvent[] {
  const place = { output_index: at, item_id: `fc_${at}` };
  const item = { id: `fc_${at}`, type: 'function_call', call_id: callId, name };
  const text = deltas.join('');
  return [
    {
      type: 'response.output_item.added',
      output_index: at,
      item: { ...item, status: 'in_progress', arguments: '' },
    },
    ...deltas.map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta })),
    { type: 'response.function_call_arguments.done', ...place, arguments: text },
    {
      type: 'response.output_item.done',
      output_index: at,
      item: { ...item, status: 'completed', arguments: text },
    },
  ];
}

export function customCall({ at, callId, name, deltas }: CallScript): readonly RawEvent[] {
  const place = { output_index: at, item_id: `ctc_${at}` };
  const item = { id: `ctc_${at}`, type: 'custom_tool_call', call_id: callId, name };
  const text = deltas.join('');
  return [
    {
      type: 'response.output_item.added',
      output_index: at,
      item: { ...item, status: 'in_progress', input: '' },
    },
    ...deltas.map((delta) => ({ type: 'response.custom_tool_call_input.delta', ...place, delta })),
    { type: 'response.custom_tool_call_input.done', ...place, input: text },
    {
      type: 'response.output_item.done',
      output_index: at,
      item: { ...item, status: 'completed', input: text },
    },
  ];
}

/** Takes one event of each group in turn, as the backend does with calls that it makes at the same time. */
export function interleaved(...groups: readonly (readonly RawEvent[])[]): readonly RawEvent[] {
  const longest = Math.max(0, ...groups.map((group) => group.length));
  return Array.from({ length: longest }, (_, index) => groups.flatMap((group) => group[index] ?? [])).flat();
}

/** Events that no client may see: limits and what this version does not know. */
export function noise(): readonly RawEvent[] {
  return [
    { type: 'codex.rate_limits', plan_type: 'plus', rate_limits: { primary: { used_percent: 3 } } },
    { type: 'keepalive' },
    { type: 'response.invented_later', output_index: 0 },
  ];
}
