import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import Anthropic, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  OverloadedError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import type { MessageParam } from '@anthropic-ai/sdk/resources/messages';
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

function clientWith(apiKey: string, statuses: number[] = []): Anthropic {
  return new Anthropic({
    baseURL: stack.url,
    apiKey,
    maxRetries: 0,
    fetch: async (...request) => {
      const response = await fetch(...request);
      statuses.push(response.status);
      return response;
    },
  });
}

const ask = (...messages: MessageParam[]) => ({ model, max_tokens: 4000, messages });
const say = (content: MessageParam['content']) => ask({ role: 'user', content });
const thinking = { type: 'enabled' as const, budget_tokens: 2000 };
const weather = betaZodTool({
  name: 'get_weather',
  description: 'The weather of a place',
  inputSchema: weatherPlace,
  run: weatherOf,
});
const tools = [
  {
    name: 'get_weather',
    input_schema: {
      type: 'object' as const,
      properties: { location: { type: 'string' } },
      required: ['location'],
    },
  },
];

const NO_DETAIL = { stop_sequence: null, stop_details: null, container: null, diagnostics: null };

describe('Anthropic SDK, Messages', () => {
  test('a plain answer has text, stop reason and usage', async () => {
    const message = await client.messages.create(say(`${USAGE} Say exactly: It works.`));
    assert.deepEqual(essence(message), {
      id: 'string',
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: 'It works.' }],
      stop_reason: 'end_turn',
      ...NO_DETAIL,
      usage: {
        input_tokens: 200,
        cache_read_input_tokens: 800,
        cache_creation_input_tokens: 0,
        cache_creation: null,
        output_tokens: 50,
        output_tokens_details: { thinking_tokens: 20 },
        server_tool_use: null,
        service_tier: 'standard',
        inference_geo: null,
        speed: null,
      },
    });
  });

  for (const [what, prompt, stopReason] of [
    ['text', 'Say exactly: It works.', 'end_turn'],
    ['a refusal', '[[sim: refusal]] Do something bad.', 'end_turn'],
    ['calls', WEATHER_PROMPT, 'tool_use'],
    ['calls whose arguments came mixed', `[[sim: interleaved]] ${WEATHER_PROMPT}`, 'tool_use'],
    ['commentary before the answer', '[[sim: commentary]] Say exactly: It works.', 'end_turn'],
  ] as const) {
    test(`the stream helper ends with what the plain answer says: ${what}`, async () => {
      const question = { ...say(`${USAGE} [[sim: reasoning parts=2]] ${prompt}`), thinking, tools };
      const plain = await client.messages.parse(question);
      const stream = client.messages.stream(question);
      let text = '';
      stream.on('text', (delta) => (text += delta));
      assert.deepEqual(essence(await stream.finalMessage()), essence(plain));
      assert.equal(plain.stop_reason, stopReason);
      assert.equal(text, plain.content.map((block) => (block.type === 'text' ? block.text : '')).join(''));
    });
  }

  for (const stream of [false, true]) {
    const how = stream ? 'streamed' : 'plain';
    test(`toolRunner, ${how}: its thread is refused once, then the whole conversation is sent`, async () => {
      const statuses: number[] = [];
      const runner = clientWith(stack.apiKey, statuses).beta.messages.toolRunner({
        ...say(WEATHER_PROMPT),
        tools: [weather],
        stream,
      });
      const last = await runner.runUntilDone();
      assert.deepEqual(last.content, [{ type: 'text', text: WEATHER_ANSWER }]);
      assert.equal(last.stop_reason, 'end_turn');
      assert.deepEqual(statuses, [400, 200, 200]);
      // no thinking was shown, so none comes back: the gateway puts back what came before the calls
      assertTurns(await stack.simulator.turns(), [WEATHER_TURN]);
    });
  }

  test('a thread that the program asks for itself is refused with an error of its own', async () => {
    const answer = client.beta.messages.create({ ...say('Hi'), thread: { type: 'create' } });
    await assert.rejects(answer, { name: 'ThreadUnsupportedRequestError', status: 400 });
    assert.deepEqual(await stack.simulator.requests(), []);
  });

  test('thinking blocks come back to the backend as the reasoning they stand for', async () => {
    const question = { ...say(`[[sim: reasoning parts=2]] ${WEATHER_PROMPT}`), thinking, tools };
    const first = await client.messages.stream(question).finalMessage();
    const results = first.content.flatMap((block) =>
      block.type === 'tool_use'
        ? {
            type: 'tool_result' as const,
            tool_use_id: block.id,
            content: weatherOf(weatherPlace.parse(block.input)),
          }
        : [],
    );
    const second = await client.messages.create({
      ...question,
      messages: [
        ...question.messages,
        { role: 'assistant', content: first.content },
        { role: 'user', content: results },
      ],
    });
    assert.deepEqual(second.content.at(-1), { type: 'text', text: WEATHER_ANSWER });
    const [thought] = first.content;
    assert.ok(thought?.type === 'thinking');
    const summary = thought.thinking.split(/\n\n(?=\*\*)/).map((text) => ({ type: 'summary_text', text }));
    assert.equal(summary.length, 2);
    assert.deepEqual(essence(await stack.simulator.secondTurn()), [
      { type: 'reasoning', summary, encrypted_content: 'string' },
      ...WEATHER_TURN,
    ]);
  });

  test('pictures arrive whole, also as the result of a tool', async () => {
    const picture = {
      type: 'image' as const,
      source: { type: 'base64' as const, media_type: 'image/png' as const, data: RED_PIXELS },
    };
    const seen = await client.messages.create(say([picture, { type: 'text', text: 'What do you see?' }]));
    assert.deepEqual(seen.content, [{ type: 'text', text: 'I can see an image: PNG of 3 by 2 pixels.' }]);
    await stack.simulator.reset();
    await client.messages.create(
      ask(
        { role: 'user', content: 'Look.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_look', name: 'look', input: {} }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'call_look', content: [picture] }],
        },
      ),
    );
    const [request] = await stack.simulator.requests();
    assert.deepEqual(request?.body.input.at(-1), {
      type: 'function_call_output',
      call_id: 'call_look',
      output: [{ type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${RED_PIXELS}` }],
    });
  });

  test('parse gives what the zod schema describes', async () => {
    const message = await client.messages.parse({
      ...say(MEETING_PROMPT),
      output_config: { format: zodOutputFormat(meeting) },
    });
    assert.deepEqual(message.parsed_output, MEETING);
  });
});

describe('Anthropic SDK, models', () => {
  test('the list has what the backend shows, and one model is retrieved by its id', async () => {
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    assert.equal(ids.filter((id) => !id.startsWith('claude-')).length, 10);
    assert.ok(ids.includes(`claude-${model}`));
    const { id, type, display_name, max_input_tokens } = await client.models.retrieve(model);
    assert.deepEqual(
      { id, type, display_name, max_input_tokens },
      { id: model, type: 'model', display_name: 'GPT-5.5', max_input_tokens: 272000 },
    );
    assert.ok(ids.includes(model));
  });
});

/** What a program reads off an error; the request id is there or the error is of no use in a support case. */
async function refusalOf(answer: PromiseLike<unknown>): Promise<object> {
  try {
    await answer;
  } catch (error) {
    assert.ok(error instanceof APIError);
    const { status, type, errorCode, requestID } = error;
    assert.match(requestID ?? '', /^req_[0-9a-f]{24}$/);
    return { class: error.constructor, status, type, errorCode };
  }
  return assert.fail('there was no error');
}

describe('Anthropic SDK, errors', () => {
  const FAILURE = '[[sim: cut after=8]] Say exactly: It works, but not to the end.';

  test('a wrong key is an AuthenticationError', async () => {
    assert.deepEqual(await refusalOf(clientWith('sk-wrong').messages.create(say('Hi'))), {
      class: AuthenticationError,
      status: 401,
      type: 'authentication_error',
      errorCode: 'invalid_api_key',
    });
    assert.deepEqual(await stack.simulator.requests(), []);
  });

  test('an unknown model is a NotFoundError', async () => {
    const expected = {
      class: NotFoundError,
      status: 404,
      type: 'not_found_error',
      errorCode: 'model_not_found',
    };
    const unknown = client.messages.create({ ...say('Hi'), model: 'gpt-unknown' });
    assert.deepEqual(await refusalOf(unknown), expected);
    assert.deepEqual(await refusalOf(client.models.retrieve('gpt-unknown')), expected);
    assert.deepEqual(await stack.simulator.requests(), []);
  });

  test('a malformed field is a BadRequestError that names it', async () => {
    const answer = client.messages.create(ask());
    await assert.rejects(answer, /"messages: /);
    assert.deepEqual(await refusalOf(answer), {
      class: BadRequestError,
      status: 400,
      type: 'invalid_request_error',
      errorCode: 'invalid_request',
    });
    assert.deepEqual(await stack.simulator.requests(), []);
  });

  test('a key over its limit gets a RateLimitError', async () => {
    const limited = clientWith(stack.limitedKey);
    await limited.messages.create(say('Hi'));
    assert.deepEqual(await refusalOf(limited.messages.create(say('Hi'))), {
      class: RateLimitError,
      status: 429,
      type: 'rate_limit_error',
      errorCode: 'rate_limit_rpm',
    });
    assert.equal((await stack.simulator.requests()).length, 1);
  });

  test('an overloaded backend is an OverloadedError after one more try', async () => {
    assert.deepEqual(await refusalOf(client.messages.create(say('[[sim: status 503 kind=overloaded]]'))), {
      class: OverloadedError,
      status: 529,
      type: 'overloaded_error',
      errorCode: 'server_is_overloaded',
    });
    assert.equal((await stack.simulator.requests()).length, 2);
  });

  test('an answer that breaks off is an error, never half an answer', async () => {
    const expected = { type: 'api_error', errorCode: 'upstream_error' };
    const plain = client.messages.create(say(FAILURE));
    assert.deepEqual(await refusalOf(plain), { class: InternalServerError, status: 502, ...expected });
    const streamed = client.messages.stream(say(FAILURE)).finalMessage();
    assert.deepEqual(await refusalOf(streamed), { class: APIError, status: undefined, ...expected });
  });
});
