import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { APIError } from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { Response as ModelResponse } from 'openai/resources/responses/responses';
import { z } from 'zod';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { openContext, stamp } from '../open-context.ts';
import { sdkClient } from '../openai-chat/sdk-client.ts';
import { begin, message, upstream } from '../upstream-events.ts';
import { cases } from './cases.ts';

const request = { model: 'gpt-5.5', input: 'Go.' };
const fixtures = new URL('../../fixtures/openai-responses/', import.meta.url);
const names = readdirSync(new URL('streams/', fixtures)).map((file) => file.replace('.sse', ''));

function streamOf(name: string): string {
  return readFileSync(new URL(`streams/${name}.sse`, fixtures), 'utf8');
}

/** The SDK's stream helper gathers the events into one response; it throws when they do not fit. */
async function readStream(text: string): Promise<ModelResponse> {
  return sdkClient(text, 'text/event-stream; charset=utf-8').responses.stream(request).finalResponse();
}

async function readReply(json: string): Promise<ModelResponse> {
  return sdkClient(json, 'application/json').responses.parse(request);
}

/** What both ways of answering must agree on: all but ids that the upstream itself contradicted. */
function essence({ output, ...response }: ModelResponse) {
  const { output_parsed: _parsed, ...rest } = { output_parsed: null, ...response };
  return { ...rest, output: output.map(essentials) };
}

function essentials(item: ModelResponse['output'][number]) {
  const { type } = item;
  if (item.type === 'message') {
    return { type, status: item.status, phase: item.phase, parts: item.content.map(partText) };
  }
  if (item.type === 'function_call') return { type, name: item.name, text: item.arguments };
  if (item.type === 'custom_tool_call') {
    return { type, name: item.name, text: item.input, namespace: item.namespace };
  }
  return item.type === 'reasoning' ? { type, summary: item.summary, seal: item.encrypted_content } : item;
}

function partText(part: { readonly type: string; readonly text?: string; readonly refusal?: string }) {
  return { type: part.type, text: part.text ?? part.refusal };
}

for (const name of names) {
  const [, ending = ''] = /^event: response\.(completed|incomplete|failed)$/m.exec(streamOf(name)) ?? [];
  if (streamOf(name).includes('\nevent: error\n')) {
    test(`the SDK throws an API error for "${name}"`, async () => {
      await assert.rejects(readStream(streamOf(name)), (error) => {
        assert.ok(error instanceof APIError);
        assert.ok(error.code && error.type && error.message);
        return true;
      });
    });
  } else if (ending === 'failed') {
    test(`the SDK resolves "${name}" with the failed status and the error`, async () => {
      const { status, error } = await readStream(streamOf(name));
      assert.equal(status, 'failed');
      assert.ok(error?.code && error.message);
    });
  } else {
    test(`the SDK reads the same from the stream and from the JSON answer of "${name}"`, async () => {
      const streamed = await readStream(streamOf(name));
      const replied = await readReply(readFileSync(new URL(`replies/${name}.json`, fixtures), 'utf8'));
      assert.equal(streamed.status, ending);
      assert.deepEqual(essence(streamed), essence(replied));
    });
  }
}

test('the SDK parses an answer by its schema, from the stream and from the JSON answer', async () => {
  const format = zodTextFormat(z.object({ city: z.string() }), 'x');
  const asked = { ...request, text: { format } };
  const reply = readFileSync(new URL('replies/json-answer.json', fixtures), 'utf8');
  const parsed = await sdkClient(reply, 'application/json').responses.parse(asked);
  const stream = sdkClient(streamOf('json-answer'), 'text/event-stream').responses.stream(asked);
  for (const { output_parsed } of [parsed, await stream.finalResponse()])
    assert.deepEqual(output_parsed, { city: 'Oslo' });
});

test('the SDK gathers the text of a stream whose last upstream event holds no output', async () => {
  const { output_text, id, model, usage } = await readStream(streamOf('text'));
  assert.equal(output_text, 'Hello, wörld 🌍');
  assert.equal(id, 'resp_0123456789abcdef');
  assert.equal(model, 'openai/gpt-5.5');
  assert.equal(usage?.total_tokens, 27);
});

test('the SDK throws for a stream that was cut, instead of taking it for a whole one', async () => {
  const encoder = openaiResponses.open({ ...request, stream: true }, openContext()).encoder(stamp);
  const told = encoder.push(upstream(begin(), message({ at: 0, deltas: ['Half'] }).slice(0, 3)));
  const cut = encoder.fail({ kind: 'upstream_error', message: 'The upstream ended early.' });
  await assert.rejects(readStream(told + cut), (error) => {
    assert.ok(error instanceof APIError);
    assert.equal(error.code, 'upstream_error');
    assert.equal(error.type, 'gateway_error');
    return true;
  });
});

test('the SDK does not mind heartbeats between events', async () => {
  const encoder = openaiResponses.open({ ...request, stream: true }, openContext()).encoder(stamp);
  const text = cases.find(({ name }) => name === 'interleaved-calls');
  assert.ok(text);
  const parts = text.events.map((event) => encoder.heartbeat() + encoder.push([event]));
  const { status, output } = await readStream(parts.join(''));
  assert.equal(status, 'completed');
  assert.equal(output.length, 3);
});
