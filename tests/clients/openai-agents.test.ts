import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { Agent, MemorySession, OpenAIProvider, Runner, tool } from '@openai/agents';
import OpenAI from 'openai';
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
const instructions = 'Be brief.';
const weather = tool({
  name: 'get_weather',
  description: 'The weather of a place',
  parameters: weatherPlace,
  execute: weatherOf,
});
const forecaster = new Agent({ name: 'Forecaster', instructions, tools: [weather] });
const reception = Agent.create({ name: 'Reception', instructions: 'Hand over.', handoffs: [forecaster] });
const HANDOVER = `[[sim: sequential]] [[sim: call transfer_to_Forecaster {}]] [[sim: call get_weather {"location":"Paris"}]] Go.`;
const COLOUR_PROMPT = 'What is my colour? Answer with one word.';

/** The runner exports no traces: they would go to OpenAI, wherever the model is. */
function runnerFor({ useResponses }: { readonly useResponses: boolean }, apiKey = stack.apiKey): Runner {
  const openAIClient = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey, maxRetries: 0 });
  const modelProvider = new OpenAIProvider({ openAIClient, useResponses });
  return new Runner({ model, modelProvider, tracingDisabled: true });
}

for (const useResponses of [true, false]) {
  const runner = runnerFor({ useResponses });

  describe(`OpenAI Agents SDK, ${useResponses ? 'Responses' : 'Chat Completions'}`, () => {
    test('an agent answers parallel calls and ends with both results', async () => {
      const { finalOutput, runContext } = await runner.run(forecaster, `${WEATHER_PROMPT} ${USAGE}`);
      assert.equal(finalOutput, WEATHER_ANSWER);
      const { requests, inputTokens, outputTokens, totalTokens } = runContext.usage;
      assert.deepEqual(
        { requests, inputTokens, outputTokens, totalTokens },
        { requests: 2, inputTokens: 2000, outputTokens: 100, totalTokens: 2100 },
      );
      assertTurns(await stack.simulator.turns(), [WEATHER_TURN]);
    });

    test('a streamed run tells its text as it comes, with the calls one after the other', async () => {
      const run = await runner.run(forecaster, WEATHER_IN_STEPS, { stream: true });
      const told: string[] = [];
      let text = '';
      for await (const event of run) {
        if (event.type === 'run_item_stream_event') told.push(event.name);
        if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta')
          text += event.data.delta;
      }
      assert.equal(text, WEATHER_ANSWER);
      assert.equal(run.finalOutput, WEATHER_ANSWER);
      assert.deepEqual(
        told.filter((name) => name !== 'reasoning_item_created'),
        ['tool_called', 'tool_output', 'tool_called', 'tool_output', 'message_output_created'],
      );
      assertTurns(await stack.simulator.turns(), WEATHER_STEPS);
    });

    for (const stream of [false, true]) {
      test(`one agent hands over to another${stream ? ', streamed' : ''}, which sees what was said`, async () => {
        const run = stream
          ? await runner.run(reception, HANDOVER, { stream })
          : await runner.run(reception, HANDOVER);
        if ('completed' in run) await run.completed;
        assert.equal(run.lastAgent?.name, 'Forecaster');
        assert.equal(
          run.finalOutput,
          'The tool transfer_to_Forecaster returned: {"assistant":"Forecaster"}\nThe tool get_weather returned: 7 degrees in Paris',
        );
        const requests = await stack.simulator.requests();
        assert.deepEqual(
          requests.map(({ body }) => body['instructions']),
          ['Hand over.', instructions, instructions],
        );
      });
    }

    test('an output type is what the schema describes', async () => {
      const extractor = new Agent({ name: 'Extractor', outputType: meeting });
      assert.deepEqual((await runner.run(extractor, MEETING_PROMPT)).finalOutput, MEETING);
    });

    test('a session remembers what was said, calls and all', async () => {
      const session = new MemorySession();
      await runner.run(forecaster, `My colour is teal. ${WEATHER_PROMPT}`, { session });
      assert.equal((await runner.run(forecaster, COLOUR_PROMPT, { session })).finalOutput, 'teal');
      const [loop, next] = await stack.simulator.turns();
      assertTurns([loop ?? []], [WEATHER_TURN]);
      assert.deepEqual(
        next?.filter(({ type }) => type === 'message').map(({ role }) => role),
        ['assistant', 'user'],
      );
    });

    test('a picture arrives whole', async () => {
      const content = [
        { type: 'input_text' as const, text: 'What do you see?' },
        { type: 'input_image' as const, image: `data:image/png;base64,${RED_PIXELS}` },
      ];
      const { finalOutput } = await runner.run(forecaster, [{ role: 'user', content }]);
      assert.equal(finalOutput, 'I can see an image: PNG of 3 by 2 pixels.');
    });

    test('a wrong key and a broken answer are errors', async () => {
      const stranger = runnerFor({ useResponses }, 'sk-wrong');
      await assert.rejects(stranger.run(forecaster, 'Hi'), { status: 401 });
      assert.deepEqual(await stack.simulator.requests(), []);
      const question = '[[sim: cut after=8]] Say exactly: It works, but not to the end.';
      await assert.rejects(runner.run(forecaster, question), { status: 502 });
      const run = await runner.run(forecaster, question, { stream: true });
      await assert.rejects(run.completed, /The upstream broke off its answer\./);
    });
  });
}

test('OpenAI Agents SDK, previousResponseId stands for all that was said', async () => {
  const runner = runnerFor({ useResponses: true });
  const { lastResponseId } = await runner.run(forecaster, `My colour is teal. ${WEATHER_PROMPT}`);
  assert.ok(lastResponseId);
  const { finalOutput } = await runner.run(forecaster, COLOUR_PROMPT, { previousResponseId: lastResponseId });
  assert.equal(finalOutput, 'teal');
  const [loop, next] = await stack.simulator.turns();
  assertTurns([loop ?? []], [WEATHER_TURN]);
  assert.deepEqual(
    next?.map(({ type }) => type),
    ['reasoning', 'message', 'message'],
  );
});
