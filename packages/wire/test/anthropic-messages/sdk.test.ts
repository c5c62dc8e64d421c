import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { createFold } from '../../src/codex/fold.ts';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { FaultError } from '../../src/fault.ts';
import { sseComment } from '../../src/sse.ts';
import { begin, completed, functionCall, message, reasoning, upstream } from '../upstream-events.ts';
import { bodyOf, cases, type AnswerCase } from './cases.ts';
import { openContext, stamp } from '../open-context.ts';
import { sdkClient } from './sdk-client.ts';

const request = bodyOf({ name: '', events: [], ends: 'whole' }, false);
const { stream: _, ...params } = request;

function streamOf(answer: AnswerCase): string {
  return anthropicMessages.open(bodyOf(answer, true), openContext()).encoder(stamp).push(answer.events);
}

function replyOf(answer: AnswerCase): string | null {
  const fold = createFold();
  fold.push(answer.events);
  const folded = fold.result();
  if (!folded) return null;
  return JSON.stringify(anthropicMessages.open(bodyOf(answer, false), openContext()).reply(folded, stamp));
}

function sse(text: string): Anthropic {
  return sdkClient(text, 'text/event-stream; charset=utf-8');
}

/** What the SDK's stream helpers gather, as plain data. */
async function gathered(text: string): Promise<readonly unknown[]> {
  const stable = await sse(text).messages.stream(params).finalMessage();
  const beta = await sse(text).beta.messages.stream(params).finalMessage();
  return [stable, beta, await ranTools(text)].map(plain);
}

/** As plain data, without the member for structured output that the SDK adds to what it has read. */
function plain(value: unknown): unknown {
  const { parsed_output: _parsed, ...read }: Record<string, unknown> = JSON.parse(JSON.stringify(value));
  return read;
}

const farewell = upstream(begin(), message({ at: 0, deltas: ['Done.'] }), completed());

/** The first message of the SDK's tool runner: its thread is refused, then comes this text, and at last a farewell. */
async function ranTools(text: string): Promise<unknown> {
  const answers = [text, streamOf({ name: '', events: farewell, ends: 'whole' })];
  const client = new Anthropic({
    apiKey: 'sk-test',
    baseURL: 'http://gateway.invalid',
    maxRetries: 0,
    fetch: async (_url, init) => {
      assert.ok(typeof init?.body === 'string');
      const body: unknown = JSON.parse(init.body);
      const refusal = refusalOf(body);
      if (refusal) return refusal;
      return new Response(answers.shift() ?? null, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  const runner = client.beta.messages.toolRunner({ ...params, tools: [weather], stream: true });
  const messages: unknown[] = [];
  for await (const answer of runner) messages.push(await answer.finalMessage());
  return messages[0];
}

const weather = {
  name: 'get_weather',
  input_schema: { type: 'object' as const },
  run: () => 'Rain.',
  parse: (input: unknown) => input,
};

for (const answer of cases.filter(({ ends }) => ends === 'whole')) {
  test(`the SDK gathers from the stream of "${answer.name}" exactly the JSON answer`, async () => {
    const reply = replyOf(answer);
    const [stable, beta, ran] = await gathered(streamOf(answer));
    assert.deepEqual([beta, ran], [stable, stable]);
    if (reply === null) return; // failed upstream: without a stream it is an error
    const { messages } = sdkClient(reply, 'application/json');
    assert.deepEqual([await messages.create(params), await messages.parse(params)].map(plain), [
      stable,
      stable,
    ]);
  });
}

for (const answer of cases.filter(({ ends }) => ends === 'error')) {
  test(`the SDK throws an API error with type, code and message for "${answer.name}"`, async () => {
    await assert.rejects(sse(streamOf(answer)).messages.stream(params).finalMessage(), (error) => {
      assert.ok(error instanceof APIError);
      assert.ok(error.type?.endsWith('_error'));
      assert.ok(error.errorCode);
      assert.ok(error.apiMessage);
      return true;
    });
  });
}

test('the SDK takes heartbeats before and within a message for nothing', async () => {
  const encoder = anthropicMessages.open(request, openContext()).encoder(stamp);
  const events = upstream(begin(), message({ at: 0, deltas: ['Hel', 'lo'] }), completed());
  assert.equal(encoder.heartbeat(), sseComment);
  const text = events.map((event) => encoder.heartbeat() + encoder.push([event])).join('');
  assert.equal(encoder.heartbeat(), '');
  const { content } = await sse(text).messages.stream(params).finalMessage();
  assert.deepEqual(
    content.map((block) => block.type === 'text' && block.text),
    ['Hello'],
  );
});

test('a thought that the SDK sends back becomes the same sealed reasoning upstream', async () => {
  const events = upstream(
    begin(),
    reasoning({ at: 0, summary: [['First ', 'thought.'], ['Second.']], seal: 'gAAAA-sealed' }),
    functionCall({ at: 1, callId: 'call_1', name: 'get_weather', deltas: ['{"city":"Oslo"}'] }),
    completed(),
  );
  const body = { ...request, thinking: { type: 'adaptive' as const } };
  const text = anthropicMessages.open(body, openContext()).encoder(stamp).push(events);
  const { content } = await sse(text).messages.stream(params).finalMessage();
  const messages = [
    ...body.messages,
    { role: 'assistant', content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'Rain.' }] },
  ];
  const { input } = anthropicMessages
    .open({ ...body, messages }, openContext())
    .codexRequest(nothingRecalled);
  assert.deepEqual(input.slice(1), [
    {
      type: 'reasoning',
      summary: [
        { type: 'summary_text', text: 'First thought.' },
        { type: 'summary_text', text: 'Second.' },
      ],
      encrypted_content: 'gAAAA-sealed',
    },
    { type: 'function_call', call_id: 'call_1', name: 'get_weather', arguments: '{"city":"Oslo"}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'Rain.' },
  ]);
});

test('the SDK parses a structured answer although the model commented before it', async () => {
  const format = { type: 'json_schema' as const, schema: { type: 'object' } };
  const body = { ...request, output_config: { format } };
  const text = anthropicMessages
    .open(body, openContext())
    .encoder(stamp)
    .push(
      upstream(
        begin(),
        message({ at: 0, deltas: ['Adding.'], phase: 'commentary' }),
        message({ at: 1, deltas: ['{"sum"', ':4}'], phase: 'final_answer' }),
        completed(),
      ),
    );
  const parsing = { format: { ...format, parse: (content: string): unknown => JSON.parse(content) } };
  const stream = sse(text).messages.stream({ ...params, output_config: parsing });
  assert.deepEqual((await stream.finalMessage()).parsed_output, { sum: 4 });
});

test('the tool runner of the SDK goes on without a thread after the typed refusal', async () => {
  const seen: unknown[] = [];
  const client = new Anthropic({
    apiKey: 'sk-test',
    baseURL: 'http://gateway.invalid',
    maxRetries: 0,
    fetch: async (_url, init) => {
      assert.ok(typeof init?.body === 'string');
      const body: unknown = JSON.parse(init.body);
      seen.push(body);
      return answerFor(body, seen.length);
    },
  });
  const runner = client.beta.messages.toolRunner({ ...params, tools: [weather] });
  const { content } = await runner.runUntilDone();
  assert.deepEqual(
    content.map((block) => block.type === 'text' && block.text),
    ['It rains.'],
  );
  assert.equal(seen.length, 3);
});

/** A gateway in a few lines: the first answer calls the tool, the one after the tool's result is text. */
function answerFor(body: unknown, attempt: number): Response {
  const headers = { 'content-type': 'application/json', 'request-id': 'req_1' };
  const answer =
    attempt < 3
      ? functionCall({ at: 0, callId: 'call_1', name: 'get_weather', deltas: ['{}'] })
      : message({ at: 0, deltas: ['It rains.'] });
  const refusal = refusalOf(body);
  if (refusal) return refusal;
  const fold = createFold();
  fold.push(upstream(begin(), answer, completed()));
  const folded = fold.result();
  assert.ok(folded);
  const reply = anthropicMessages.open(body, openContext()).reply(folded, stamp);
  return Response.json(reply, { headers });
}

function refusalOf(body: unknown): Response | null {
  try {
    anthropicMessages.open(body, openContext());
    return null;
  } catch (error) {
    assert.ok(error instanceof FaultError);
    const { status, body: told } = anthropicMessages.errorReply(error.fault, 'req_1');
    return Response.json(told, { status, headers: { 'request-id': 'req_1' } });
  }
}
