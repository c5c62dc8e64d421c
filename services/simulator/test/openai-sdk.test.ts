import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import OpenAI, { AuthenticationError } from 'openai';
import { zodFunction, zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { startRig } from './rig.ts';

const MODEL = 'gpt-5.5';
const CITY = z.object({ city: z.string(), population: z.number() });
async function startClient(t: TestContext, apiKey = 'sk-simulated') {
  const { simulator } = await startRig(t);
  const client = new OpenAI({ apiKey, baseURL: simulator.openaiUrl, maxRetries: 0 });
  return { client, control: simulator.control };
}

test('chat.completions.stream reads an answer with its usage and its finish reason', async (t) => {
  const { client } = await startClient(t);
  const stream = client.chat.completions.stream({
    model: MODEL,
    messages: [{ role: 'user', content: 'Say exactly: ready and waiting' }],
    stream_options: { include_usage: true },
  });
  const { choices, usage } = await stream.finalChatCompletion();
  assert.equal(choices[0]?.message.content, 'ready and waiting');
  assert.equal(choices[0]?.finish_reason, 'stop');
  assert.deepEqual(
    [usage?.total_tokens, usage?.completion_tokens_details?.reasoning_tokens],
    [(usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0), 64],
  );
});

test('chat.completions.parse fills the schema that was asked for', async (t) => {
  const { client } = await startClient(t);
  const { choices } = await client.chat.completions.parse({
    model: MODEL,
    messages: [{ role: 'user', content: 'Describe Paris, which has 2100000 people' }],
    response_format: zodResponseFormat(CITY, 'city'),
  });
  assert.deepEqual(choices[0]?.message.parsed, { city: 'Paris', population: 2_100_000 });
});

for (const stream of [false, true]) {
  test(`chat.completions.runTools goes through parallel calls to an answer, stream ${stream}`, async (t) => {
    const { client } = await startClient(t);
    const asked: string[] = [];
    const tool = zodFunction({
      name: 'get_weather',
      parameters: z.object({ location: z.string() }),
      function: ({ location }) => {
        asked.push(location);
        return `sunny in ${location}`;
      },
    });
    const question = {
      model: MODEL,
      messages: [{ role: 'user' as const, content: 'What is the weather in Paris and London?' }],
      tools: [tool],
    };
    const runner = stream
      ? client.chat.completions.runTools({ ...question, stream })
      : client.chat.completions.runTools(question);
    assert.match((await runner.finalContent()) ?? '', /sunny in Paris[\s\S]*sunny in London/);
    assert.deepEqual(asked, ['Paris', 'London']);
  });
}

test('responses.stream reads an answer, and its final response lists the output', async (t) => {
  const { client } = await startClient(t);
  const stream = client.responses.stream({ model: MODEL, input: 'Say exactly: ready and waiting' });
  let text = '';
  stream.on('response.output_text.delta', ({ delta }) => {
    text += delta;
  });
  const response = await stream.finalResponse();
  assert.deepEqual(
    [text, response.output_text, response.output.map(({ type }) => type)],
    ['ready and waiting', 'ready and waiting', ['reasoning', 'message']],
  );
});

test('responses.parse fills the schema that was asked for', async (t) => {
  const { client } = await startClient(t);
  const { output_parsed: parsed } = await client.responses.parse({
    model: MODEL,
    input: 'Describe Paris, which has 2100000 people',
    text: { format: zodTextFormat(CITY, 'city') },
  });
  assert.deepEqual(parsed, { city: 'Paris', population: 2_100_000 });
});

test('responses.create goes on from a stored response, and counts and compacts', async (t) => {
  const { client } = await startClient(t);
  const first = await client.responses.create({ model: MODEL, input: 'My name is Ada.' });
  const second = await client.responses.create({
    model: MODEL,
    input: 'What is my name?',
    previous_response_id: first.id,
  });
  assert.equal(second.output_text, 'Your name is Ada.');
  const count = await client.responses.inputTokens.count({
    model: MODEL,
    input: 'What is my name?',
    previous_response_id: first.id,
  });
  assert.equal(count.input_tokens, second.usage?.input_tokens);
  const compacted = await client.responses.compact({ model: MODEL, previous_response_id: second.id });
  assert.deepEqual(
    compacted.output.map(({ type }) => type),
    ['message', 'message', 'compaction'],
  );
  const sealed = compacted.output.filter((item) => item.type === 'compaction');
  const input = [...sealed, { role: 'user' as const, content: 'Say exactly: opened' }];
  assert.equal((await client.responses.create({ model: MODEL, input })).output_text, 'opened');
});

test('models are listed and shown, and a wrong key is an AuthenticationError', async (t) => {
  const { client } = await startClient(t);
  const ids = (await client.models.list()).data.map(({ id }) => id);
  assert.ok(ids.includes(MODEL) && ids.includes('whisper-1'));
  assert.equal((await client.models.retrieve(MODEL)).owned_by, 'system');
  const { client: stranger } = await startClient(t, 'sk-of-somebody-else');
  await assert.rejects(
    stranger.models.list().asResponse(),
    (error) => error instanceof AuthenticationError && error.code === 'invalid_api_key',
  );
});
