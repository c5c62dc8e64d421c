import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { APIError } from 'openai';
import { ContentFilterFinishReasonError, LengthFinishReasonError, type OpenAIError } from 'openai/error';
import type { ChatCompletion } from 'openai/resources/chat/completions';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { sseComment } from '../../src/sse.ts';
import {
  begin,
  completed,
  errorEvent,
  functionCall,
  interleaved,
  message,
  upstream,
} from '../upstream-events.ts';
import { openContext, stamp } from '../open-context.ts';
import { sdkClient } from './sdk-client.ts';
import { streamOf } from './told.ts';

const fixtures = new URL('../../fixtures/openai-chat/', import.meta.url);
const sse = 'text/event-stream; charset=utf-8';
const ask = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Go.' }] };

/** Every answer there is a golden of; `reply` is null when it failed. */
const answers = readdirSync(new URL('streams/', fixtures)).map((file) => {
  const name = file.replace(/\.sse$/, '');
  const stream = readFileSync(new URL(`streams/${file}`, fixtures), 'utf8');
  const failed = stream.includes('data: {"error":{');
  return {
    name,
    stream,
    reply: failed ? null : readFileSync(new URL(`replies/${name}.json`, fixtures), 'utf8'),
  };
});

/** The SDK's stream helper gathers chunks into one completion. */
async function readStream(text: string): Promise<ChatCompletion> {
  return sdkClient(text, sse).chat.completions.stream(ask).finalChatCompletion();
}

/** The helper that calls the client's functions; it is to ask once. */
async function runTools(body: string, stream: boolean): Promise<ChatCompletion> {
  const client = sdkClient(body, stream ? sse : 'application/json');
  const tools = ['get_weather', 'now', 'count', 'get.weather', 'read'].map((name) => ({
    type: 'function' as const,
    function: { name, description: name, parameters: { type: 'object' }, function: () => 'done' },
  }));
  const once = { maxChatCompletions: 1 };
  const runner = stream
    ? client.chat.completions.runTools({ ...ask, tools, stream: true }, once)
    : client.chat.completions.runTools({ ...ask, tools }, once);
  return runner.finalChatCompletion();
}

/** What both ways of answering must agree on. */
function essence({ id, object, created, model, choices }: ChatCompletion) {
  return {
    head: { id, object, created, model },
    choices: choices.map(
      ({ index, finish_reason: finish, message: { role, content, refusal, ...rest } }) => ({
        index,
        finish,
        role,
        content: content === '' ? null : content,
        refusal: refusal ?? null,
        functionCall: rest.function_call ?? null,
        calls: (rest.tool_calls ?? []).map((call) =>
          call.type === 'function'
            ? { id: call.id, name: call.function.name, text: call.function.arguments }
            : { id: call.id, name: call.custom.name, text: call.custom.input },
        ),
      }),
    ),
  };
}

/** What the SDK's parsers throw, by their design, for an answer that is not whole. */
const byFinish: ReadonlyMap<string | undefined, typeof OpenAIError> = new Map([
  ['length', LengthFinishReasonError],
  ['content_filter', ContentFilterFinishReasonError],
]);

for (const { name, stream, reply } of answers) {
  if (reply === null) {
    test(`the SDK throws an API error with a code for "${name}", however it reads it`, async () => {
      for (const read of [() => readStream(stream), () => runTools(stream, true)])
        await assert.rejects(read, (error) => {
          assert.ok(error instanceof APIError);
          assert.ok(error.code);
          assert.ok(error.message);
          return true;
        });
    });
    continue;
  }

  test(`the SDK reads the same from the stream and from the JSON answer of "${name}"`, async () => {
    const { completions } = sdkClient(reply, 'application/json').chat;
    const told = essence(await completions.create(ask));
    assert.deepEqual(essence(await readStream(stream)), told);
    const cut = byFinish.get(told.choices[0]?.finish);
    const parsers = [
      () => completions.parse(ask),
      () => runTools(stream, true),
      () => runTools(reply, false),
    ];
    for (const parse of parsers)
      if (cut) await assert.rejects(parse, cut);
      else assert.deepEqual(essence(await parse()), told);
  });
}

test('there are answers that fail and answers that do not', () => {
  assert.ok(answers.filter(({ reply }) => reply === null).length > 5);
  assert.ok(answers.filter(({ reply }) => reply !== null).length > 30);
});

test('the SDK takes heartbeats between chunks for nothing', async () => {
  const encoder = openaiChat.open({ ...ask, stream: true }, openContext()).encoder(stamp);
  const events = upstream(begin(), message({ at: 0, deltas: ['Hel', 'lo'] }), completed());
  const text = events.map((event) => encoder.heartbeat() + encoder.push([event])).join('');
  assert.equal(encoder.heartbeat(), sseComment);
  const { choices } = await readStream(text);
  assert.equal(choices[0]?.message.content, 'Hello');
});

test('the SDK keeps the usage of a stream', async () => {
  const { usage } = await readStream(
    readFileSync(new URL('streams/reasoning-then-text.sse', fixtures), 'utf8'),
  );
  assert.deepEqual(usage, {
    prompt_tokens: 30,
    completion_tokens: 40,
    total_tokens: 70,
    prompt_tokens_details: { cached_tokens: 10, cache_write_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 32 },
  });
});

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

test('the SDK parses the arguments of strict tools that the upstream interleaved', async () => {
  const tools = ['a', 'b'].map((name) => ({
    type: 'function' as const,
    function: { name, parameters, strict: true },
  }));
  const body = { model: 'gpt-5.5', messages: [{ role: 'user' as const, content: 'Go.' }], tools };
  const text = openaiChat
    .open({ ...body, stream: true }, openContext())
    .encoder(stamp)
    .push(
      upstream(
        begin(),
        interleaved(
          functionCall({ at: 0, callId: 'call_a', name: 'a', deltas: ['{"city":', '"Oslo"}'] }),
          functionCall({ at: 1, callId: 'call_b', name: 'b', deltas: ['{"ci', 'ty":"B', 'ern"}'] }),
        ),
        completed(),
      ),
    );
  const stream = sdkClient(text, 'text/event-stream').chat.completions.stream(body);
  const calls = (await stream.finalMessage()).tool_calls ?? [];
  const parsed = calls.map((call) =>
    call.type === 'function' && 'parsed_arguments' in call.function ? call.function.parsed_arguments : null,
  );
  assert.deepEqual(parsed, [{ city: 'Oslo' }, { city: 'Bern' }]);
});

test('the SDK parses a structured answer although the model commented before it', async () => {
  const body = {
    model: 'gpt-5.5',
    messages: [{ role: 'user' as const, content: '2+2?' }],
    response_format: {
      type: 'json_schema' as const,
      json_schema: { name: 'sum', schema: { type: 'object' }, strict: true },
    },
  };
  const text = openaiChat
    .open({ ...body, stream: true }, openContext())
    .encoder(stamp)
    .push(
      upstream(
        begin(),
        message({ at: 0, deltas: ['Adding.'], phase: 'commentary' }),
        message({ at: 1, deltas: ['{"sum"', ':4}'], phase: 'final_answer' }),
        completed(),
      ),
    );
  const stream = sdkClient(text, 'text/event-stream').chat.completions.stream(body);
  assert.deepEqual(JSON.parse((await stream.finalMessage()).content ?? ''), { sum: 4 });
});

test('the SDK sees code, type and message of a failure midway', async () => {
  const events = upstream(
    begin(),
    message({ at: 0, deltas: ['Hel', 'lo'] }).slice(0, 3),
    errorEvent({ code: 'cyber_policy', type: 'invalid_request_error', message: 'Not this.', param: null }),
  );
  await assert.rejects(readStream(streamOf({ name: '', events, ends: 'error' })), {
    code: 'cyber_policy',
    type: 'invalid_request_error',
    message: 'Not this.',
  });
});
