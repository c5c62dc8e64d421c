import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import OpenAI, { APIError, BadRequestError, InternalServerError, NotFoundError } from 'openai';
import { zodFunction, zodResponseFormat, zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import {
  essence,
  MEETING,
  meeting,
  MEETING_PROMPT,
  USAGE,
  WEATHER_ANSWER,
  WEATHER_PROMPT,
  weatherOf,
  weatherPlace,
} from './questions.ts';
import { startOpenAiStack } from './stack.ts';

const stack = await startOpenAiStack();
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const model = 'gpt-5.5';
const client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: stack.apiKey, maxRetries: 0 });
/** The same client without a gateway. */
const direct = new OpenAI({ baseURL: stack.upstream.url, apiKey: stack.upstream.apiKey, maxRetries: 0 });

const weather = { name: 'get_weather', parameters: weatherPlace };
const say = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] });

const prompts = [
  ['text', 'Say exactly: It works.'],
  ['a refusal', '[[sim: refusal]] Do something bad.'],
  ['calls', WEATHER_PROMPT],
] as const;

describe('openai SDK in front of the OpenAI API, Chat Completions', () => {
  for (const [what, prompt] of prompts) {
    test(`with a gateway or without one, plain or streamed: ${what}`, async () => {
      const question = {
        ...say(`${USAGE} ${prompt}`),
        tools: [zodFunction(weather)],
        temperature: 1,
        seed: 7,
      };
      const plain = await client.chat.completions.parse(question);
      assert.deepEqual(essence(plain), essence(await direct.chat.completions.parse(question)));
      assert.equal(plain.usage?.total_tokens, 1050);
      const stream = { ...question, stream_options: { include_usage: true } };
      assert.deepEqual(
        essence(await client.chat.completions.stream(stream).finalChatCompletion()),
        essence(await direct.chat.completions.stream(stream).finalChatCompletion()),
      );
    });
  }

  for (const stream of [false, true]) {
    const how = stream ? 'streamed' : 'plain';
    test(`runTools, ${how}: parallel calls are answered and the final text quotes both results`, async () => {
      const tool = zodFunction({ ...weather, function: weatherOf });
      const question = { ...say(WEATHER_PROMPT), tools: [tool] };
      const runner = stream
        ? client.chat.completions.runTools({ ...question, stream })
        : client.chat.completions.runTools(question);
      assert.equal(await runner.finalContent(), WEATHER_ANSWER);
    });
  }

  test('parse gives what the zod schema describes', async () => {
    const completion = await client.chat.completions.parse({
      ...say(MEETING_PROMPT),
      response_format: zodResponseFormat(meeting, 'meeting'),
    });
    assert.deepEqual(completion.choices[0]?.message.parsed, MEETING);
  });
});

describe('openai SDK in front of the OpenAI API, Responses', () => {
  for (const [what, prompt] of prompts) {
    test(`with a gateway or without one, plain or streamed: ${what}`, async () => {
      const question = {
        model,
        input: `${USAGE} [[sim: reasoning parts=2]] ${prompt}`,
        reasoning: { summary: 'auto' as const },
        tools: [zodResponsesFunction(weather)],
        metadata: { team: 'search' },
      };
      const plain = await client.responses.parse(question);
      assert.deepEqual(essence(plain), essence(await direct.responses.parse(question)));
      assert.equal(plain.usage?.total_tokens, 1050);
      assert.deepEqual(
        essence(await client.responses.stream(question).finalResponse()),
        essence(await direct.responses.stream(question).finalResponse()),
      );
    });
  }

  test('a tool loop goes on from what the API has stored', async () => {
    const question = { model, tools: [zodResponsesFunction(weather)] };
    const first = await client.responses.create({ ...question, input: WEATHER_PROMPT });
    const outputs = first.output
      .filter((item) => item.type === 'function_call')
      .map((call) => ({
        type: 'function_call_output' as const,
        call_id: call.call_id,
        output: weatherOf(weatherPlace.parse(JSON.parse(call.arguments))),
      }));
    const next = { ...question, previous_response_id: first.id, input: outputs };
    assert.equal((await client.responses.create(next)).output_text, WEATHER_ANSWER);
  });

  test('parse gives what the zod schema describes', async () => {
    const response = await client.responses.parse({
      model,
      input: MEETING_PROMPT,
      text: { format: zodTextFormat(meeting, 'meeting') },
    });
    assert.deepEqual(response.output_parsed, MEETING);
  });

  test('compaction and counts are those of the API', async () => {
    const input = [{ role: 'user' as const, content: 'We launch on Tuesday.' }];
    assert.deepEqual(
      essence(await client.responses.compact({ model, input })),
      essence(await direct.responses.compact({ model, input })),
    );
    assert.deepEqual(
      await client.responses.inputTokens.count({ model, input }),
      await direct.responses.inputTokens.count({ model, input }),
    );
  });
});

async function idsOf(from: OpenAI): Promise<readonly string[]> {
  return (await Array.fromAsync(from.models.list())).map(({ id }) => id);
}

async function refusalOf(from: OpenAI, body: object): Promise<APIError> {
  const error: unknown = await from.chat.completions
    .create({ ...say('Hi'), ...body })
    .catch((thrown: unknown) => thrown);
  assert.ok(error instanceof APIError);
  return error;
}

describe('openai SDK in front of the OpenAI API, models and errors', () => {
  test('the list is that of the API', async () => {
    assert.deepEqual(await idsOf(client), await idsOf(direct));
    const { id, object, owned_by, created } = await client.models.retrieve('gpt-4.1');
    assert.deepEqual({ id, object, owned_by, created }, await direct.models.retrieve('gpt-4.1'));
  });

  test("what the API refuses is refused in its own words, with the gateway's id and its own", async () => {
    for (const [body, type] of [
      [{ model: 'gpt-unknown' }, NotFoundError],
      [{ temperature: 3 }, BadRequestError],
      [{ of_nobody: 1 }, BadRequestError],
    ] as const) {
      const error = await refusalOf(client, body);
      const own = await refusalOf(direct, body);
      assert.equal(error.constructor, type);
      assert.deepEqual([error.status, error.error, error.message], [own.status, own.error, own.message]);
      assert.match(error.requestID ?? '', /^req_[0-9a-f]{24}$/);
      assert.ok(error.headers?.get('x-upstream-request-id'));
    }
  });

  test('a stream that is cut ends with an error that names it', async () => {
    const input = '[[sim: cut after=8]] Say exactly: It works, but not to the end.';
    for (const answer of [
      client.responses.stream({ model, input }).finalResponse(),
      client.chat.completions.stream(say(input)).finalChatCompletion(),
    ])
      await assert.rejects(answer, (error) => error instanceof APIError && error.code === 'upstream_error');
    await assert.rejects(client.responses.create({ model, input }), InternalServerError);
  });
});

const anthropic = new Anthropic({ baseURL: stack.url, apiKey: stack.apiKey, maxRetries: 0 });
const ask = (content: string) => ({
  model,
  max_tokens: 4000,
  messages: [{ role: 'user' as const, content }],
});

describe('Anthropic SDK in front of the OpenAI API', () => {
  const tool = betaZodTool({
    name: 'get_weather',
    description: 'The weather of a place',
    inputSchema: weatherPlace,
    run: weatherOf,
  });

  for (const stream of [false, true]) {
    const how = stream ? 'streamed' : 'plain';
    test(`toolRunner, ${how}: parallel calls are answered and the final text quotes both results`, async () => {
      const runner = anthropic.beta.messages.toolRunner({ ...ask(WEATHER_PROMPT), tools: [tool], stream });
      const last = await runner.runUntilDone();
      assert.deepEqual(last.content, [{ type: 'text', text: WEATHER_ANSWER }]);
    });
  }

  test('the stream helper ends with what the plain answer says', async () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 2000 };
    const question = { ...ask(`${USAGE} [[sim: reasoning parts=2]] Say exactly: It works.`), thinking };
    const plain = await anthropic.messages.parse(question);
    assert.deepEqual(
      plain.content.map(({ type }) => type),
      ['thinking', 'text'],
    );
    assert.deepEqual(essence(await anthropic.messages.stream(question).finalMessage()), essence(plain));
  });

  test('parse gives what the zod schema describes', async () => {
    const message = await anthropic.messages.parse({
      ...ask(MEETING_PROMPT),
      output_config: { format: zodOutputFormat(meeting) },
    });
    assert.deepEqual(message.parsed_output, MEETING);
  });

  test('a limit is kept and the models are listed', async () => {
    const { stop_reason } = await anthropic.messages.create({
      ...ask('[[sim: stream events=100]] Go on.'),
      max_tokens: 20,
    });
    assert.equal(stop_reason, 'max_tokens');
    const { id, display_name } = await anthropic.models.retrieve(`claude-${model}`);
    assert.deepEqual({ id, display_name }, { id: `claude-${model}`, display_name: model });
  });
});
