import assert from 'node:assert/strict';
import { z } from 'zod';
import type { CodexEvent } from '../../src/codex/events.ts';
import { createFold } from '../../src/codex/fold.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { nothingRecalled, type Dialect, type Exchange } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { createEmulation } from '../../src/emulation/emulation.ts';
import type { Fault } from '../../src/fault.ts';
import { readStream as readMessages } from '../anthropic-messages/read-stream.ts';
import { sdkClient as anthropicClient } from '../anthropic-messages/sdk-client.ts';
import { openContext, stamp } from '../open-context.ts';
import { readReply as readChatReply, readStream as readChat } from '../openai-chat/read-stream.ts';
import { sdkClient as openaiClient } from '../openai-chat/sdk-client.ts';
import { readFrames } from '../openai-responses/frames.ts';
import { assertLegal, responseOf } from '../openai-responses/legal.ts';
import { o200k } from './o200k.ts';

/** What a request wants to be ended. */
export interface Wish {
  readonly stop?: readonly string[];
  readonly limit?: number;
  /** The answer must be JSON: comments of the model are no part of it. */
  readonly json?: boolean;
  /** A function that the request declares. */
  readonly tool?: string;
}

/** The visible text, and the end in the dialect's own word; null after a failure. */
interface Told {
  readonly text: string;
  readonly end: string | null;
}

export interface DialectCase {
  readonly dialect: Dialect;
  readonly takesStop: boolean;
  /** Between the texts of two messages. */
  readonly separator: string;
  readonly hidesComments: boolean;
  readonly body: (wish: Wish) => object;
  /** How an answer ends that was cut, or that was not. */
  readonly ends: {
    readonly stop: string;
    readonly limit: string;
    readonly whole: string;
    readonly calls: string;
  };
  /** Reads a stream by all its rules. */
  readonly read: (text: string) => Told;
  readonly readReply: (reply: unknown) => Told;
  /** The visible text that the official client gathers. */
  readonly gather: (text: string) => Promise<string>;
}

const messages = [{ role: 'user' as const, content: 'Go.' }];
const model = 'gpt-5.5';
const sse = 'text/event-stream';
const schema = { type: 'object', properties: {}, additionalProperties: false };

const chat: DialectCase = {
  dialect: openaiChat,
  takesStop: true,
  separator: '\n\n',
  hidesComments: true,
  body: ({ stop, limit, json, tool }) => ({
    model,
    messages,
    stream: true,
    ...(tool !== undefined && { tools: [{ type: 'function', function: { name: tool } }] }),
    ...(stop && { stop: stop.length === 1 ? stop[0] : stop }),
    ...(limit !== undefined && { max_completion_tokens: limit }),
    ...(json && { response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } }),
  }),
  ends: { stop: 'stop', limit: 'length', whole: 'stop', calls: 'tool_calls' },
  read: (text) => {
    const { content, finish } = readChat(text);
    return { text: content, end: finish };
  },
  readReply: (reply) => {
    const { content, finish } = readChatReply(reply);
    return { text: content, end: finish };
  },
  gather: async (text) => {
    const { choices } = await openaiClient(text, sse)
      .chat.completions.stream({ model, messages })
      .finalChatCompletion();
    return choices[0]?.message.content ?? '';
  },
};

const messageSchema = z.object({
  content: z.array(z.object({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.string(),
});

const anthropic: DialectCase = {
  dialect: anthropicMessages,
  takesStop: true,
  separator: '',
  hidesComments: true,
  body: ({ stop, limit, json, tool }) => ({
    model,
    messages,
    stream: true,
    ...(tool !== undefined && { tools: [{ name: tool, input_schema: { type: 'object' } }] }),
    max_tokens: limit ?? 100_000,
    ...(stop && { stop_sequences: stop }),
    ...(json && { output_config: { format: { type: 'json_schema', schema } } }),
  }),
  ends: { stop: 'stop_sequence', limit: 'max_tokens', whole: 'end_turn', calls: 'tool_use' },
  read: (text) => {
    const { end, blocks, stopReason } = readMessages(text);
    const texts = blocks.filter(({ type }) => type === 'text').map((block) => block.text);
    return { text: texts.join(''), end: end === 'error' ? null : String(stopReason) };
  },
  readReply: (reply) => {
    const { content, stop_reason: end } = messageSchema.parse(reply);
    return { text: content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join(''), end };
  },
  gather: async (text) => {
    const stream = anthropicClient(text, sse).messages.stream({ model, max_tokens: 9, messages });
    const { content } = await stream.finalMessage();
    return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
  },
};

const responseSchema = z.object({
  status: z.string(),
  incomplete_details: z.object({ reason: z.string() }).nullable(),
  output: z.array(
    z.object({ content: z.array(z.object({ type: z.string(), text: z.string().optional() })).optional() }),
  ),
});

function readResponse(response: unknown): Told {
  const { status, incomplete_details: details, output } = responseSchema.parse(response);
  const parts = output.flatMap(({ content }) => content ?? []);
  const text = parts.map((part) => (part.type === 'output_text' ? (part.text ?? '') : '')).join('');
  if (status === 'failed') return { text, end: null };
  return { text, end: details ? `${status}: ${details.reason}` : status };
}

const responses: DialectCase = {
  dialect: openaiResponses,
  takesStop: false,
  separator: '',
  hidesComments: false,
  body: ({ limit, json, tool }) => ({
    model,
    input: 'Go.',
    stream: true,
    ...(tool !== undefined && { tools: [{ type: 'function', name: tool }] }),
    ...(limit !== undefined && { max_output_tokens: limit }),
    ...(json && { text: { format: { type: 'json_schema', name: 'a', schema } } }),
  }),
  ends: { stop: 'completed', limit: 'incomplete: max_output_tokens', whole: 'completed', calls: 'completed' },
  read: (text) => {
    assertLegal(text);
    const frames = readFrames(text);
    const deltas = frames.filter(({ event }) => event === 'response.output_text.delta');
    const last = frames.at(-1);
    assert.ok(last);
    const { end } = readResponse(responseOf(last));
    return { text: deltas.map(({ data }) => String(data['delta'])).join(''), end };
  },
  readReply: readResponse,
  gather: async (text) =>
    (await openaiClient(text, sse).responses.stream({ model, input: 'Go.' }).finalResponse()).output_text,
};

export const dialectCases: readonly DialectCase[] = [chat, responses, anthropic];

export const brokenOff: Fault = { kind: 'upstream_error', message: 'The upstream broke off.' };

export function open({ dialect, body }: DialectCase, wish: Wish): Exchange {
  return dialect.open(body(wish), openContext());
}

function emulationOf(exchange: Exchange) {
  const request = exchange.codexRequest(nothingRecalled);
  return createEmulation(exchange.emulate, { countTokens: o200k, request });
}

/** The whole stream as the client gets it, ended by a failure if the upstream did not end it. */
export function streamed(exchange: Exchange, batches: readonly (readonly CodexEvent[])[]): string {
  const filter = emulationOf(exchange);
  const encoder = exchange.encoder(stamp);
  const text = batches.map((batch) => encoder.push(filter.push(batch))).join('');
  return text + encoder.fail(brokenOff);
}

/** The JSON answer; null when there is none. */
export function replied(exchange: Exchange, events: readonly CodexEvent[]): unknown {
  const fold = createFold();
  fold.push(emulationOf(exchange).push(events));
  const folded = fold.result();
  return folded && exchange.reply(folded, stamp);
}
