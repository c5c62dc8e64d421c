import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { zodFunction, zodResponseFormat, zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import type { ResponseOutputItem } from 'openai/resources/responses/responses';
import { z } from 'zod';
import {
  assertTurns,
  essence,
  MEETING,
  meeting,
  MEETING_PROMPT,
  RED_PIXELS,
  USAGE,
  WEATHER_ANSWER,
  WEATHER_PROMPT,
  WEATHER_TURN,
  weatherOf,
  weatherPlace,
} from './questions.ts';
import { startStack } from './stack.ts';

const stack = await startStack();
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const model = 'gpt-5.5';
const client = clientWith(stack.apiKey);

function clientWith(apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${stack.url}/v1`, apiKey, maxRetries: 0 });
}

const weather = { name: 'get_weather', parameters: weatherPlace };

/** Not in the types of the SDK, but what several clients show. */
const thoughtSchema = z.object({ reasoning_content: z.string().default('') });

/**
 * What a stream of chunks can tell of a completion. The stream helper knows no text from no text, keeps of members that
 * it does not know only the last delta, and is not told the tier.
 */
function told(completion: unknown): unknown {
  const untold = new Set(['reasoning_content', 'parsed_arguments', 'service_tier']);
  return JSON.parse(
    JSON.stringify(essence(completion), (name, value: unknown) =>
      untold.has(name) || value === null || value === '' ? undefined : value,
    ),
  );
}

const say = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] });

describe('openai SDK, Chat Completions', () => {
  test('a plain answer has text, finish reason and usage', async () => {
    const completion = await client.chat.completions.create(say(`${USAGE} Say exactly: It works.`));
    assert.deepEqual(essence(completion), {
      id: 'string',
      object: 'chat.completion',
      created: 'number',
      model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'It works.',
            refusal: null,
            reasoning_content:
              '**Considering the request, part 1**\n\nEvery evening the lighthouse keeper wrote down the names of the ships',
          },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 1000,
        completion_tokens: 50,
        total_tokens: 1050,
        prompt_tokens_details: { cached_tokens: 800, cache_write_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 20 },
      },
      service_tier: 'default',
    });
  });

  for (const [what, prompt] of [
    ['text', 'Say exactly: It works.'],
    ['a refusal', '[[sim: refusal]] Do something bad.'],
    ['calls', WEATHER_PROMPT],
    ['calls whose arguments came mixed', `[[sim: interleaved]] ${WEATHER_PROMPT}`],
  ] as const) {
    test(`the stream helper ends with what the plain answer says: ${what}`, async () => {
      const question = {
        ...say(`${USAGE} ${prompt}`),
        tools: [zodFunction(weather)],
      };
      const plain = await client.chat.completions.parse(question);
      const stream = client.chat.completions.stream({
        ...question,
        stream_options: { include_usage: true },
      });
      let thoughts = '';
      stream.on('chunk', ({ choices }) => {
        for (const { delta } of choices) thoughts += thoughtSchema.parse(delta).reasoning_content;
      });
      assert.deepEqual(told(await stream.finalChatCompletion()), told(plain));
      assert.equal(thoughts, thoughtSchema.parse(plain.choices[0]?.message).reasoning_content);
    });
  }

  for (const stream of [false, true]) {
    const how = stream ? 'streamed' : 'plain';
    test(`runTools, ${how}: parallel calls are answered and the final text quotes both results`, async () => {
      const seen: unknown[] = [];
      const tool = zodFunction({
        ...weather,
        function: (given) => {
          seen.push(given);
          return weatherOf(given);
        },
      });
      const question = { ...say(WEATHER_PROMPT), tools: [tool] };
      const runner = stream
        ? client.chat.completions.runTools({ ...question, stream })
        : client.chat.completions.runTools(question);
      assert.equal(await runner.finalContent(), WEATHER_ANSWER);
      assert.deepEqual(seen, [{ location: 'Paris' }, { location: 'London' }]);

      // a Chat client cannot carry reasoning: the gateway puts back what came before the calls
      assertTurns(await stack.simulator.turns(), [WEATHER_TURN]);
    });
  }

  test('parse gives what the zod schema describes', async () => {
    const completion = await client.chat.completions.parse({
      ...say(MEETING_PROMPT),
      response_format: zodResponseFormat(meeting, 'meeting'),
    });
    assert.deepEqual(completion.choices[0]?.message.parsed, MEETING);
  });

  test('earlier turns are remembered', async () => {
    const completion = await client.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: 'You are helpful.' },
        { role: 'user', content: 'My colour is teal.' },
        { role: 'assistant', content: 'Noted.' },
        { role: 'user', content: 'What is my colour? Answer with one word.' },
      ],
    });
    assert.equal(completion.choices[0]?.message.content, 'teal');
  });

  test('a picture arrives whole', async () => {
    const completion = await client.chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What do you see?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${RED_PIXELS}` } },
          ],
        },
      ],
    });
    assert.equal(completion.choices[0]?.message.content, 'I can see an image: PNG of 3 by 2 pixels.');
  });
});

/** In the SDK's types not every kind of output is an input; these two are all that this loop has. */
function isReplayed(item: ResponseOutputItem) {
  return item.type === 'reasoning' || item.type === 'function_call';
}

describe('openai SDK, Responses', () => {
  test('a plain answer has its text, items and usage', async () => {
    const response = await client.responses.create({ model, input: `${USAGE} Say exactly: It works.` });
    assert.equal(response.output_text, 'It works.');
    assert.equal(response.status, 'completed');
    assert.deepEqual(essence(response.output), [
      { id: 'string', type: 'reasoning', summary: [], encrypted_content: 'string' },
      {
        id: 'string',
        type: 'message',
        role: 'assistant',
        phase: 'final_answer',
        status: 'completed',
        content: [{ type: 'output_text', annotations: [], logprobs: [], text: 'It works.' }],
      },
    ]);
    assert.deepEqual(response.usage, {
      input_tokens: 1000,
      input_tokens_details: { cached_tokens: 800, cache_write_tokens: 0 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 20 },
      total_tokens: 1050,
    });
  });

  for (const [what, prompt] of [
    ['text', 'Say exactly: It works.'],
    ['a refusal', '[[sim: refusal]] Do something bad.'],
    ['calls', WEATHER_PROMPT],
    ['calls whose arguments came mixed', `[[sim: interleaved]] ${WEATHER_PROMPT}`],
    ['commentary before the answer', '[[sim: commentary]] Say exactly: It works.'],
    ['ids as long as the backend makes them', '[[sim: long_ids]] Say exactly: It works.'],
  ] as const) {
    test(`the stream helper ends with what the plain answer says: ${what}`, async () => {
      const question = {
        model,
        input: `${USAGE} [[sim: reasoning parts=2]] ${prompt}`,
        reasoning: { summary: 'auto' as const },
        tools: [zodResponsesFunction(weather)],
      };
      const plain = await client.responses.parse(question);
      const streamed = await client.responses.stream(question).finalResponse();
      assert.deepEqual(essence(streamed), essence(plain));
    });
  }

  test('a tool loop that replays all items ends with a text that quotes both results', async () => {
    const question = {
      model,
      input: [{ role: 'user' as const, content: WEATHER_PROMPT }],
      tools: [zodResponsesFunction(weather)],
    };
    const first = await client.responses.create(question);
    const outputs = first.output
      .filter((item) => item.type === 'function_call')
      .map((call) => ({
        type: 'function_call_output' as const,
        call_id: call.call_id,
        output: weatherOf(weatherPlace.parse(JSON.parse(call.arguments))),
      }));
    const second = await client.responses.create({
      ...question,
      input: [...question.input, ...first.output.filter(isReplayed), ...outputs],
    });
    assert.equal(second.output_text, WEATHER_ANSWER);
    assertTurns(await stack.simulator.turns(), [WEATHER_TURN]);
  });

  test('parse gives what the zod schema describes', async () => {
    const response = await client.responses.parse({
      model,
      input: MEETING_PROMPT,
      text: { format: zodTextFormat(meeting, 'meeting') },
    });
    assert.deepEqual(response.output_parsed, MEETING);
  });

  test('a compacted conversation goes on, and its tokens can be counted', async () => {
    const input = [
      { role: 'user' as const, content: 'We launch on Tuesday.' },
      { role: 'assistant' as const, content: 'Understood.' },
    ];
    const { object, output } = await client.responses.compact({ model, input });
    assert.equal(object, 'response.compaction');
    assert.deepEqual(
      output.map(({ type }) => type),
      ['message', 'compaction'],
    );
    const sealed = output.filter((item) => item.type === 'compaction');
    const next = [...sealed, { role: 'user' as const, content: 'Say exactly: On we go.' }];
    assert.equal((await client.responses.create({ model, input: next })).output_text, 'On we go.');
    const counts = await Promise.all(
      [input, [...input, ...next]].map((items) =>
        client.responses.inputTokens.count({ model, input: items }),
      ),
    );
    const [few, more] = counts.map(({ input_tokens: count }) => count);
    assert.ok((few ?? 0) > 5 && (more ?? 0) > (few ?? 0));
  });

  test('a raw stream is read like any other', async () => {
    const stream = await client.responses.create(
      {
        model,
        instructions: '',
        input: [{ role: 'user', content: [{ type: 'input_text', text: 'Say exactly: It works.' }] }],
        store: false,
        stream: true,
      },
      { headers: { 'X-Codex-Mode': 'raw' } },
    );
    let text = '';
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
    assert.equal(text, 'It works.');
  });
});

describe('openai SDK, models', () => {
  test('the list has what the backend shows, and nothing hidden', async () => {
    const ids = [];
    for await (const { id, object } of client.models.list()) ids.push(`${object} ${id}`);
    assert.deepEqual(ids, [
      'model gpt-6.1-sol',
      'model gpt-6-astra',
      'model gpt-6-sol',
      'model gpt-6-luna',
      'model gpt-5.6-sol',
      'model gpt-5.6-terra',
      'model gpt-5.6-luna',
      'model gpt-5.5',
      'model gpt-5.4',
      'model gpt-5.4-mini',
    ]);
  });

  test('one model is retrieved by its id', async () => {
    const { id, object, owned_by } = await client.models.retrieve(model);
    assert.deepEqual({ id, object, owned_by }, { id: model, object: 'model', owned_by: 'openai' });
  });
});

/** What a program reads off an error; the request id is there or the error is of no use in a support case. */
async function refusalOf(answer: PromiseLike<unknown>): Promise<object> {
  try {
    await answer;
  } catch (error) {
    assert.ok(error instanceof APIError);
    const { status, type, code, param, requestID } = error;
    assert.match(requestID ?? '', /^req_[0-9a-f]{24}$/);
    return { class: error.constructor, status, type, code, param };
  }
  return assert.fail('there was no error');
}

describe('openai SDK, errors', () => {
  const messages = [{ role: 'user' as const, content: 'Say exactly: It works.' }];
  const FAILURE = '[[sim: cut after=6]] Say exactly: It works, but not to the end.';

  const type = 'invalid_request_error';

  test('a wrong key is an AuthenticationError', async () => {
    const stranger = clientWith('sk-wrong');
    const expected = { class: AuthenticationError, status: 401, type, code: 'invalid_api_key', param: null };
    assert.deepEqual(await refusalOf(stranger.chat.completions.create({ model, messages })), expected);
    assert.deepEqual(await refusalOf(stranger.responses.create({ model, input: 'Hi' })), expected);
    assert.deepEqual(await refusalOf(stranger.models.list()), expected);
    assert.deepEqual(await stack.simulator.requests(), []);
  });

  test('an unknown model is a NotFoundError', async () => {
    const unknown = { model: 'gpt-unknown' };
    const expected = { class: NotFoundError, status: 404, type, code: 'model_not_found', param: 'model' };
    assert.deepEqual(await refusalOf(client.chat.completions.create({ ...unknown, messages })), expected);
    assert.deepEqual(await refusalOf(client.responses.create({ ...unknown, input: 'Hi' })), expected);
    assert.deepEqual(await refusalOf(client.models.retrieve('gpt-unknown')), expected);
    assert.deepEqual(await stack.simulator.requests(), []);
  });

  test('a malformed field is a BadRequestError that names it', async () => {
    const expected = { class: BadRequestError, status: 400, type, code: 'invalid_request' };
    const chat = client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: '' } }] }],
    });
    assert.deepEqual(await refusalOf(chat), { ...expected, param: 'messages[0].content[0].image_url.url' });
    const nothing = client.chat.completions.create({ model, messages: [] });
    assert.deepEqual(await refusalOf(nothing), { ...expected, param: 'messages' });
    const responses = client.responses.create({
      model,
      input: [{ type: 'function_call_output', call_id: '', output: '' }],
    });
    assert.deepEqual(await refusalOf(responses), { ...expected, param: 'input[0].call_id' });
    assert.deepEqual(await stack.simulator.requests(), []);
  });

  test('a key over its limit gets a RateLimitError that says when to come back', async () => {
    const limited = clientWith(stack.limitedKey);
    await limited.chat.completions.create({ model, messages });
    const expected = { class: RateLimitError, status: 429, type, code: 'rate_limit_rpm', param: null };
    assert.deepEqual(await refusalOf(limited.chat.completions.create({ model, messages })), expected);
    assert.deepEqual(await refusalOf(limited.responses.create({ model, input: 'Hi' })), expected);
    assert.equal((await stack.simulator.requests()).length, 1);
  });

  test('a used-up plan is a RateLimitError with the words of the backend, which is not asked again', async () => {
    const usedUp = await startStack();
    try {
      await usedUp.simulator.nextResponse('status 429 kind=usage_limit');
      const asking = new OpenAI({ baseURL: `${usedUp.url}/v1`, apiKey: usedUp.apiKey, maxRetries: 0 });
      const expected = {
        class: RateLimitError,
        status: 429,
        type: 'usage_limit_reached',
        code: 'usage_limit_reached',
        param: null,
      };
      assert.deepEqual(await refusalOf(asking.responses.create({ model, input: 'Hi' })), expected);
      assert.deepEqual(await refusalOf(asking.chat.completions.create({ model, messages })), expected);
      assert.equal((await usedUp.simulator.requests()).length, 1);
    } finally {
      await usedUp.stop();
    }
  });

  test('an answer that breaks off is an error, never half an answer', async () => {
    const expected = { type: 'gateway_error', code: 'upstream_error', param: null };
    const chat = { model, messages: [{ role: 'user' as const, content: FAILURE }] };
    const plain = { class: InternalServerError, status: 502, ...expected };
    assert.deepEqual(await refusalOf(client.chat.completions.create(chat)), plain);
    assert.deepEqual(await refusalOf(client.responses.create({ model, input: FAILURE })), plain);
    const streamed = { class: APIError, status: undefined, ...expected };
    const completion = client.chat.completions.stream(chat);
    assert.deepEqual(await refusalOf(completion.finalChatCompletion()), streamed);
    const response = client.responses.stream({ model, input: FAILURE });
    assert.deepEqual(await refusalOf(response.finalResponse()), streamed);
  });
});
