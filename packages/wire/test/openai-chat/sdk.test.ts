import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APIError } from 'openai';
import type { ChatCompletion } from 'openai/resources/chat/completions';
import { createFold } from '../../src/codex/fold.ts';
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
import { bodyOf, cases, type AnswerCase } from './cases.ts';
import { openContext, stamp } from '../open-context.ts';
import { sdkClient } from './sdk-client.ts';

function streamOf(answer: AnswerCase): string {
  return openaiChat.open(bodyOf(answer, true), openContext()).encoder(stamp).push(answer.events);
}

function replyOf(answer: AnswerCase): string {
  const fold = createFold();
  fold.push(answer.events);
  const folded = fold.result();
  assert.ok(folded);
  return JSON.stringify(openaiChat.open(bodyOf(answer, false), openContext()).reply(folded, stamp));
}

/** The SDK's stream helper gathers chunks into one completion. */
async function readStream(text: string): Promise<ChatCompletion> {
  const client = sdkClient(text, 'text/event-stream; charset=utf-8');
  const stream = client.chat.completions.stream({
    model: 'gpt-5.5',
    messages: [{ role: 'user', content: 'Go.' }],
  });
  return stream.finalChatCompletion();
}

async function readReply(json: string): Promise<ChatCompletion> {
  const client = sdkClient(json, 'application/json');
  return client.chat.completions.create({ model: 'gpt-5.5', messages: [{ role: 'user', content: 'Go.' }] });
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

for (const answer of cases.filter(({ ends }) => ends === 'whole')) {
  test(`the SDK reads the same from the stream and from the JSON answer of "${answer.name}"`, async () => {
    const streamed = await readStream(streamOf(answer));
    const replied = await readReply(replyOf(answer));
    assert.deepEqual(essence(streamed), essence(replied));
  });
}

for (const answer of cases.filter(({ ends }) => ends === 'error')) {
  test(`the SDK throws an API error for "${answer.name}"`, async () => {
    await assert.rejects(readStream(streamOf(answer)), (error) => {
      assert.ok(error instanceof APIError);
      assert.ok(error.code);
      assert.ok(error.message);
      return true;
    });
  });
}

test('the SDK takes heartbeats between chunks for nothing', async () => {
  const encoder = openaiChat
    .open(bodyOf({ name: '', events: [], ends: 'whole' }, true), openContext())
    .encoder(stamp);
  const events = upstream(begin(), message({ at: 0, deltas: ['Hel', 'lo'] }), completed());
  const text = events.map((event) => encoder.heartbeat() + encoder.push([event])).join('');
  assert.equal(encoder.heartbeat(), sseComment);
  const { choices } = await readStream(text);
  assert.equal(choices[0]?.message.content, 'Hello');
});

test('the SDK keeps the usage of a stream', async () => {
  const answer = cases.find(({ name }) => name === 'reasoning-then-text');
  assert.ok(answer);
  const { usage } = await readStream(streamOf(answer));
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
  const answer: AnswerCase = { name: '', events, ends: 'error' };
  await assert.rejects(readStream(streamOf(answer)), {
    code: 'cyber_policy',
    type: 'invalid_request_error',
    message: 'Not this.',
  });
});
