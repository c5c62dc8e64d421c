import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  generateObject,
  generateText,
  type LanguageModel,
  type LanguageModelUsage,
  type ModelMessage,
  Output,
  stepCountIs,
  streamObject,
  streamText,
  tool,
} from 'ai';
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

const id = 'gpt-5.5';
const to = (apiKey: string) => ({ baseURL: `${stack.url}/v1`, apiKey });

/** Every way in which this SDK can speak to the gateway, by what its program writes. */
const ways: Readonly<Record<string, (apiKey: string) => LanguageModel>> = {
  'openai()': (apiKey) => createOpenAI(to(apiKey))(id),
  'openai.chat()': (apiKey) => createOpenAI(to(apiKey)).chat(id),
  'openai-compatible': (apiKey) =>
    createOpenAICompatible({
      ...to(apiKey),
      name: 'gateway',
      includeUsage: true,
      supportsStructuredOutputs: true, // without it the schema stays here and the model is only told to write JSON
    })(id),
  'anthropic()': (apiKey) => createAnthropic(to(apiKey))(id),
  'anthropic(), taken for a Claude': (apiKey) => createAnthropic(to(apiKey))(`claude-${id}`),
};

const tools = {
  get_weather: tool({ description: 'The weather of a place', inputSchema: weatherPlace, execute: weatherOf }),
};
const maxOutputTokens = 4000;
const loop = { tools, system: 'Be brief.', stopWhen: stepCountIs(5), maxOutputTokens };

function counted({ inputTokens, cachedInputTokens, outputTokens, reasoningTokens }: LanguageModelUsage) {
  return { inputTokens, cachedInputTokens, outputTokens, reasoningTokens };
}
const USAGE_OF_TWO = { inputTokens: 2000, cachedInputTokens: 1600, outputTokens: 100, reasoningTokens: 40 };

for (const [way, modelWith] of Object.entries(ways)) {
  const model = modelWith(stack.apiKey);

  describe(`Vercel AI SDK, ${way}`, () => {
    test('generateText: parallel calls are answered and the final text quotes both results', async () => {
      const { text, steps, finishReason, totalUsage } = await generateText({
        ...loop,
        model,
        prompt: `${WEATHER_PROMPT} ${USAGE}`,
      });
      assert.equal(text, WEATHER_ANSWER);
      assert.equal(finishReason, 'stop');
      assert.deepEqual(
        steps[0]?.toolResults.map(({ output }) => output),
        ['7 degrees in Paris', '7 degrees in London'],
      );
      assert.deepEqual(counted(totalUsage), USAGE_OF_TWO);
      assertTurns(await stack.simulator.turns(), [WEATHER_TURN]);
    });

    test('streamText: the same, with the calls one after the other', async () => {
      const result = streamText({ ...loop, model, prompt: WEATHER_IN_STEPS });
      const parts: string[] = [];
      let text = '';
      for await (const part of result.fullStream) {
        if (part.type === 'text-delta') text += part.text;
        if (part.type === 'tool-call' || part.type === 'tool-result') parts.push(part.type);
        if (part.type === 'finish-step' || part.type === 'finish') parts.push(part.finishReason);
      }
      assert.equal(text, WEATHER_ANSWER);
      const step = ['tool-call', 'tool-result', 'tool-calls'];
      assert.deepEqual(parts, [...step, ...step, 'stop', 'stop']);
      assertTurns(await stack.simulator.turns(), WEATHER_STEPS);
    });

    test('an object of a schema comes as an object, streamed too', async () => {
      const prompt = MEETING_PROMPT;
      const question = { model, schema: meeting, prompt, maxOutputTokens };
      assert.deepEqual((await generateObject(question)).object, MEETING);
      const output = Output.object({ schema: meeting });
      assert.deepEqual((await generateText({ model, output, prompt, maxOutputTokens })).output, MEETING);
      const { partialObjectStream, object } = streamObject(question);
      const partials = await Array.fromAsync(partialObjectStream);
      assert.ok(partials.length > 1);
      assert.deepEqual(partials.at(-1), MEETING);
      assert.deepEqual(await object, MEETING);
    });

    test('a picture arrives whole', async () => {
      const content: ModelMessage = {
        role: 'user',
        content: [
          { type: 'text', text: 'What do you see?' },
          { type: 'image', image: RED_PIXELS },
        ],
      };
      const { text } = await generateText({ model, messages: [content], maxOutputTokens });
      assert.equal(text, 'I can see an image: PNG of 3 by 2 pixels.');
    });

    test('a wrong key and a broken answer are errors', async () => {
      const question = {
        prompt: '[[sim: cut after=8]] Say exactly: It works, but not to the end.',
        maxOutputTokens,
      };
      const refused = generateText({ ...question, model: modelWith('sk-wrong'), maxRetries: 0 });
      await assert.rejects(refused, { statusCode: 401, message: 'The API key is not known.' });
      assert.deepEqual(await stack.simulator.requests(), []);
      const plain = generateText({ ...question, model, maxRetries: 0 });
      await assert.rejects(plain, { statusCode: 502, message: 'The upstream broke off its answer.' });
      const errors: unknown[] = [];
      const onError = ({ error }: { readonly error: unknown }): void => void errors.push(error);
      await streamText({ ...question, model, maxRetries: 0, onError }).consumeStream();
      assert.equal(errors.length, 1);
      assert.match(JSON.stringify(errors), /The upstream broke off its answer\./);
    });
  });
}

/** How each way is asked to show and to carry what the model thought; Chat does so unasked. */
const thinking = {
  'openai()': {
    openai: { reasoningSummary: 'auto', store: false, include: ['reasoning.encrypted_content'] },
  },
  'openai-compatible': {},
  'anthropic()': { anthropic: { thinking: { type: 'enabled', budgetTokens: 2000 } } },
};

for (const [way, providerOptions] of Object.entries(thinking)) {
  test(`Vercel AI SDK, ${way}: thoughts are shown, and come back to the backend whole`, async () => {
    const model = ways[way]?.(stack.apiKey);
    assert.ok(model);
    const prompt = `[[sim: reasoning parts=2]] ${WEATHER_PROMPT}`;
    const [first] = await streamText({ ...loop, model, prompt, providerOptions }).steps;
    const [reasoning, ...turn] = await stack.simulator.secondTurn();
    const summary = z.array(z.object({ text: z.string() })).parse(reasoning?.['summary']);
    assert.equal(summary.length, 2);
    for (const { text } of summary) assert.ok(first?.reasoningText?.includes(text));
    assert.equal(typeof reasoning?.encrypted_content, 'string');
    assert.deepEqual(essence(turn), WEATHER_TURN);
  });
}

describe('Vercel AI SDK, openai(): what it leaves to the memory of the server', () => {
  const sent: (readonly (string | undefined)[])[] = [];
  const inputSchema = z.object({ input: z.array(z.object({ type: z.string().optional() })) });
  const openai = createOpenAI({
    ...to(stack.apiKey),
    fetch: (url, request) => {
      const { input } = inputSchema.parse(JSON.parse(z.string().parse(request?.body)));
      sent.push(input.map(({ type }) => type));
      return fetch(url, request);
    },
  });
  const model = openai(id);
  const [prompt, answer] = ['What is my colour? Answer with one word.', 'teal'];
  beforeEach(() => sent.splice(0));

  test('its item references reach the backend as the items that they name', async () => {
    const said: ModelMessage = { role: 'user', content: `My colour is teal. ${WEATHER_PROMPT}` };
    const { response } = await generateText({ ...loop, model, messages: [said] });
    const messages: ModelMessage[] = [said, ...response.messages, { role: 'user', content: prompt }];
    assert.equal((await generateText({ ...loop, model, messages })).text, answer);

    const told = [undefined, undefined]; // what the system and the user say has no type
    const looped = WEATHER_TURN.map(({ type }) => type);
    assert.deepEqual(sent, [
      told,
      [...told, 'item_reference', ...looped],
      [...told, 'item_reference', ...looped, 'item_reference', 'item_reference', undefined],
    ]);
    const [loopTurn, ...later] = await stack.simulator.turns();
    assertTurns([loopTurn ?? []], [WEATHER_TURN]);
    assertTurns(later, [
      [
        {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: WEATHER_ANSWER }],
          phase: 'final_answer',
        },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] },
      ],
    ]);
  });

  test('previousResponseId stands for all that was said', async () => {
    const { providerMetadata } = await generateText({ model, prompt: 'My colour is teal.' });
    const previousResponseId = z.string().parse(providerMetadata?.['openai']?.['responseId']);
    const providerOptions = { openai: { previousResponseId } };
    assert.equal((await generateText({ model, prompt, providerOptions })).text, answer);
    assert.deepEqual(sent, [[undefined], [undefined]]);
    assert.deepEqual(
      (await stack.simulator.secondTurn()).map(({ type }) => type),
      ['reasoning', 'message', 'message'],
    );
  });
});
