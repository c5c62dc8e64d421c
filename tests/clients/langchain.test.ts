import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { ChatAnthropic } from '@langchain/anthropic';
import { AIMessage, AIMessageChunk, HumanMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { createAgent } from 'langchain';
import { z } from 'zod';
import {
  assertTurns,
  MEETING,
  meeting,
  MEETING_PROMPT,
  RED_PIXELS,
  USAGE,
  WEATHER_ANSWER,
  WEATHER_IN_STEPS,
  WEATHER_PROMPT,
  WEATHER_STEPS,
  WEATHER_TURN,
  weatherOf,
  weatherPlace,
} from './questions.ts';
import { startStack } from './stack.ts';

const stack = await startStack();
after(() => stack.stop());
beforeEach(() => stack.simulator.reset());

const model = 'gpt-5.5';
const openai = (apiKey: string) => ({
  model,
  apiKey,
  maxRetries: 0,
  configuration: { baseURL: `${stack.url}/v1` },
});

const ways = {
  'ChatOpenAI, Chat Completions': (apiKey: string) => new ChatOpenAI(openai(apiKey)),
  'ChatOpenAI, Responses': (apiKey: string) => new ChatOpenAI({ ...openai(apiKey), useResponsesApi: true }),
  ChatAnthropic: (apiKey: string) =>
    new ChatAnthropic({ model, apiKey, maxRetries: 0, anthropicApiUrl: stack.url }),
};

const weather = tool(weatherOf, {
  name: 'get_weather',
  description: 'The weather of a place',
  schema: weatherPlace,
});

const asked = (prompt: string) => ({ messages: [new HumanMessage(prompt)] });

/** What all three classes count. */
const usageSchema = z.object({
  input_tokens: z.number(),
  input_token_details: z.object({ cache_read: z.number() }),
  output_tokens: z.number(),
});

for (const [way, modelWith] of Object.entries(ways)) {
  const chat = modelWith(stack.apiKey);
  const agent = createAgent({ model: chat, tools: [weather], systemPrompt: 'Be brief.' });

  describe(`LangChain, ${way}`, () => {
    test('an answer has its text and usage', async () => {
      const { text, usage_metadata: usage } = await chat.invoke(`${USAGE} Say exactly: It works.`);
      assert.equal(text, 'It works.');
      assert.deepEqual(usageSchema.parse(usage), {
        input_tokens: 1000,
        input_token_details: { cache_read: 800 },
        output_tokens: 50,
      });
    });

    test('a stream grows to the whole answer', async () => {
      const texts: string[] = [];
      for await (const { text } of await chat.stream('Say exactly: It works, and piece by piece.'))
        if (text !== '') texts.push(text);
      assert.ok(texts.length > 1);
      assert.equal(texts.join(''), 'It works, and piece by piece.');
    });

    test('an agent answers parallel calls, and its last message quotes both results', async () => {
      const { messages } = await agent.invoke(asked(WEATHER_PROMPT));
      assert.deepEqual(
        messages.map(({ type }) => type),
        ['human', 'ai', 'tool', 'tool', 'ai'],
      );
      assert.equal(messages.at(-1)?.text, WEATHER_ANSWER);
      assertTurns(await stack.simulator.turns(), [WEATHER_TURN]);
    });

    test('a streaming agent tells its text as it comes, with the calls one after the other', async () => {
      const types: string[] = [];
      let text = '';
      for await (const [message] of await agent.stream(asked(WEATHER_IN_STEPS), { streamMode: 'messages' })) {
        if (message.type !== types.at(-1)) types.push(message.type);
        if (AIMessage.isInstance(message) || AIMessageChunk.isInstance(message)) text += message.text;
      }
      assert.deepEqual(types, ['ai', 'tool', 'ai', 'tool', 'ai']);
      assert.equal(text, WEATHER_ANSWER);
      assertTurns(await stack.simulator.turns(), WEATHER_STEPS);
    });

    for (const method of ['jsonSchema', 'functionCalling'] as const) {
      test(`structured output by ${method} is what the schema describes`, async () => {
        const structured = chat.withStructuredOutput(meeting, { method, name: 'meeting' });
        assert.deepEqual(await structured.invoke(MEETING_PROMPT), MEETING);
      });
    }

    test('a picture arrives whole', async () => {
      const content = [
        { type: 'text' as const, text: 'What do you see?' },
        { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${RED_PIXELS}` } },
      ];
      const { text } = await chat.invoke([new HumanMessage({ content })]);
      assert.equal(text, 'I can see an image: PNG of 3 by 2 pixels.');
    });

    test('a wrong key and a broken answer are errors', async () => {
      await assert.rejects(modelWith('sk-wrong').invoke('Hi'), { status: 401 });
      assert.deepEqual(await stack.simulator.requests(), []);
      const question = '[[sim: cut after=8]] Say exactly: It works, but not to the end.';
      await assert.rejects(chat.invoke(question), { status: 502 });
      const streamed = async () => Array.fromAsync(await chat.stream(question));
      await assert.rejects(streamed, /The upstream broke off its answer\./);
    });
  });
}
