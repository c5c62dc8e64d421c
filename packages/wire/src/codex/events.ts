import { z } from 'zod';
import { isRecord } from '../record.ts';
import type { Usage } from '../usage.ts';

/**
 * Events of the upstream stream. Schemas are loose and minimal: only what is read here is checked, everything else an
 * event carries stays on the object. A type we do not know is the value `other`, a known one that is broken is
 * `malformed`; neither is an exception.
 */

const contentPart = z.object({
  type: z.string(),
  text: z.string().nullish(),
  refusal: z.string().nullish(),
  annotations: z.array(z.unknown()).nullish(),
});

/** An output item of any type; members that only some types have are optional. */
const outputItem = z.object({
  type: z.string(),
  id: z.string().nullish(),
  call_id: z.string().nullish(),
  name: z.string().nullish(),
  namespace: z.string().nullish(),
  arguments: z.string().nullish(),
  input: z.string().nullish(),
  phase: z.string().nullish(),
  encrypted_content: z.string().nullish(),
  content: z.array(contentPart).nullish(),
  summary: z.array(z.object({ text: z.string().nullish() })).nullish(),
});
export type OutputItem = z.infer<typeof outputItem>;

/** Whether a value of a response's `output` is an item; the object itself goes on, with the members no schema names. */
function isOutputItem(value: unknown): value is OutputItem {
  return outputItem.safeParse(value).success;
}

/** Tokens are counted: whole, never negative. What is not like that is no usage, and the answer is as good without. */
const tokens = z.number().int().min(0);

const usage = z.object({
  input_tokens: tokens,
  output_tokens: tokens,
  total_tokens: tokens.nullish(),
  input_tokens_details: z
    .object({ cached_tokens: tokens.nullish(), cache_write_tokens: tokens.nullish() })
    .nullish(),
  output_tokens_details: z.object({ reasoning_tokens: tokens.nullish() }).nullish(),
});

const upstreamError = z.object({
  type: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().nullish(),
  param: z.string().nullish(),
  plan_type: z.string().nullish(),
  resets_at: z.number().nullish(),
  resets_in_seconds: z.number().nullish(),
});
/** The error object of the upstream, wherever it stands: an HTTP body, an `error` event, a failed response. */
export type UpstreamError = z.infer<typeof upstreamError>;
export const upstreamErrorSchema = upstreamError;

const responseObject = z.object({
  id: z.string().nullish(),
  created_at: z.number().nullish(),
  service_tier: z.string().nullish(),
  /** Read it by `usageOf`: a usage that makes no sense must not cost the answer, so it is not checked here. */
  usage: usage.nullish().catch(null),
  error: upstreamError.nullish(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  /** These are never the upstream's: they stand on an answer that was ended here (emulation/). */
  stop_sequence: z.string().nullish(),
  usage_estimated: z.boolean().nullish(),
  tool_text: z.object({ calls: z.number(), kept: z.number() }).nullish(),
});
export type ResponseObject = z.infer<typeof responseObject>;

/** A response object that came by itself, as JSON; null when it is none. The object itself goes on, as with events. */
export function readResponse(value: unknown): ResponseObject | null {
  return isResponse(value) ? value : null;
}

function isResponse(value: unknown): value is ResponseObject {
  return responseObject.safeParse(value).success;
}

/** Items that only the last event holds; a backend that stores nothing leaves this empty. */
export function outputOf(response: ResponseObject): readonly OutputItem[] {
  const output: unknown = 'output' in response ? response.output : null;
  return Array.isArray(output) ? output.filter(isOutputItem) : [];
}

const at = { output_index: z.number() };
const inItem = { ...at, item_id: z.string().nullish() };
const inPart = { ...inItem, content_index: z.number() };
const inSummary = { ...inItem, summary_index: z.number() };

/** One row an event type that encoders read. */
const schemas = {
  'response.created': z.object({ type: z.literal('response.created'), response: responseObject }),
  'response.queued': z.object({ type: z.literal('response.queued') }),
  'response.in_progress': z.object({ type: z.literal('response.in_progress') }),
  'response.output_item.added': z.object({
    type: z.literal('response.output_item.added'),
    ...at,
    item: outputItem,
  }),
  'response.output_item.done': z.object({
    type: z.literal('response.output_item.done'),
    ...at,
    item: outputItem,
  }),
  'response.content_part.added': z.object({ type: z.literal('response.content_part.added'), ...inPart }),
  'response.content_part.done': z.object({ type: z.literal('response.content_part.done'), ...inPart }),
  'response.output_text.delta': z.object({
    type: z.literal('response.output_text.delta'),
    ...inPart,
    delta: z.string(),
  }),
  'response.output_text.done': z.object({
    type: z.literal('response.output_text.done'),
    ...inPart,
    text: z.string(),
  }),
  'response.refusal.delta': z.object({
    type: z.literal('response.refusal.delta'),
    ...inPart,
    delta: z.string(),
  }),
  'response.refusal.done': z.object({
    type: z.literal('response.refusal.done'),
    ...inPart,
    refusal: z.string(),
  }),
  'response.reasoning_summary_part.added': z.object({
    type: z.literal('response.reasoning_summary_part.added'),
    ...inSummary,
  }),
  'response.reasoning_summary_part.done': z.object({
    type: z.literal('response.reasoning_summary_part.done'),
    ...inSummary,
  }),
  'response.reasoning_summary_text.delta': z.object({
    type: z.literal('response.reasoning_summary_text.delta'),
    ...inSummary,
    delta: z.string(),
  }),
  'response.reasoning_summary_text.done': z.object({
    type: z.literal('response.reasoning_summary_text.done'),
    ...inSummary,
    text: z.string(),
  }),
  'response.reasoning_text.delta': z.object({
    type: z.literal('response.reasoning_text.delta'),
    ...inPart,
    delta: z.string(),
  }),
  'response.function_call_arguments.delta': z.object({
    type: z.literal('response.function_call_arguments.delta'),
    ...inItem,
    delta: z.string(),
  }),
  'response.function_call_arguments.done': z.object({
    type: z.literal('response.function_call_arguments.done'),
    ...inItem,
    arguments: z.string(),
  }),
  'response.custom_tool_call_input.delta': z.object({
    type: z.literal('response.custom_tool_call_input.delta'),
    ...inItem,
    delta: z.string(),
  }),
  'response.custom_tool_call_input.done': z.object({
    type: z.literal('response.custom_tool_call_input.done'),
    ...inItem,
    input: z.string(),
  }),
  'response.completed': z.object({ type: z.literal('response.completed'), response: responseObject }),
  'response.incomplete': z.object({ type: z.literal('response.incomplete'), response: responseObject }),
  'response.failed': z.object({ type: z.literal('response.failed'), response: responseObject }),
  error: z.object({ type: z.literal('error'), error: upstreamError }),
} as const;

type KnownType = keyof typeof schemas;
export type KnownEvent = { [Type in KnownType]: z.infer<(typeof schemas)[Type]> }[KnownType];

/** An event that only a pass-through hands on. */
export interface OtherEvent {
  readonly type: 'other';
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Data that is not JSON, or a known event without the members it must have. Skipped and counted. */
export interface MalformedEvent {
  readonly type: 'malformed';
  readonly name: string | null;
}

export type CodexEvent = KnownEvent | OtherEvent | MalformedEvent;

/** Reads the `data` of one SSE event; the type is in the JSON, the `event:` line is not needed. */
export function decodeEvent(data: string): CodexEvent {
  const body = parseObject(data);
  if (body === null) return { type: 'malformed', name: null };
  const name = body['type'];
  if (typeof name !== 'string') return { type: 'malformed', name: null };
  if (!isKnownType(name)) return { type: 'other', name, body };
  // The object itself goes on, not zod's copy of it: a pass-through needs the members that no schema names.
  return schemas[name].safeParse(name === 'error' ? nested(body) : body).success
    ? (nestedWhenError(name, body) as unknown as KnownEvent)
    : { type: 'malformed', name };
}

function isKnownType(name: string): name is KnownType {
  return Object.hasOwn(schemas, name);
}

/** The API's own `error` event has its members at the top, the backend's has them under `error`: both become the second. */
function nested(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (isRecord(body['error'])) return body;
  return { type: 'error', error: { ...body, type: null } };
}

function nestedWhenError(
  name: KnownType,
  body: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return name === 'error' ? nested(body) : body;
}

function parseObject(data: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) ? value : null;
  } catch {
    return null; // not JSON: the caller counts it
  }
}

const terminals: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
]);

/** Whether the answer is over with this event: what comes after it is not read. */
export function isTerminal(event: CodexEvent): boolean {
  return terminals.has(event.type);
}

const preludes: ReadonlySet<string> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
  'other',
  'malformed',
]);

/** Whether the answer has really begun. Before this, a failure can still become an HTTP status. */
export function isRealEvent(event: CodexEvent): boolean {
  return !preludes.has(event.type);
}

export function usageOf(response: ResponseObject): Usage | null {
  const { data: counts } = usage.safeParse(response.usage);
  if (!counts) return null;
  return {
    inputTokens: counts.input_tokens,
    cachedInputTokens: counts.input_tokens_details?.cached_tokens ?? 0,
    cacheWriteTokens: counts.input_tokens_details?.cache_write_tokens ?? 0,
    outputTokens: counts.output_tokens,
    reasoningTokens: counts.output_tokens_details?.reasoning_tokens ?? 0,
    totalTokens: counts.total_tokens ?? counts.input_tokens + counts.output_tokens,
  };
}
