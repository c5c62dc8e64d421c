import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startStack, type Stack, type StackOptions } from './stack.ts';
import { z } from 'zod';
import { chat, events, json, messages, responses, send } from './client.ts';

const bounded = { timeout: 60_000 };

const written = '<tool_use>{"name":"look_up","input":{"word":"tree"}}</tool_use>';
const prompt = 'Look it up.';
const parameters = { type: 'object', properties: { word: { type: 'string' } } };
const nested = [{ type: 'function', function: { name: 'look_up', parameters } }];

/** A stack whose model writes its next call as text, in small pieces. */
async function leaking(t: TestContext, options: StackOptions = {}): Promise<Stack> {
  const stack = await startStack(t, options);
  const place = { output_index: 0, item_id: 'msg_1', content_index: 0 };
  const part = { type: 'output_text', text: written, annotations: [] };
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] };
  const response = { id: 'resp_0123456789abcdef', object: 'response', created_at: 1, output: [] };
  stack.simulator.control.nextScript([
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    ...(written.match(/.{1,7}/g) ?? []).map((delta) => ({
      type: 'response.output_text.delta',
      ...place,
      delta,
    })),
    { type: 'response.output_text.done', ...place, text: written },
    { type: 'response.content_part.done', ...place, part },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { ...response, status: 'completed' } },
  ]);
  return stack;
}

const chatSchema = z.looseObject({
  choices: z.tuple([
    z.looseObject({
      finish_reason: z.string(),
      message: z.looseObject({
        content: z.string().nullable(),
        tool_calls: z.array(z.looseObject({ id: z.string(), function: z.unknown() })).optional(),
      }),
    }),
  ]),
});

test('a call that the model wrote as text is a real one in Chat, and counted', bounded, async (t) => {
  const stack = await leaking(t);
  const url = `${stack.url}${chat.path}`;
  const answered = await send(url, { body: chat.body(prompt, { tools: nested }) });
  const [{ finish_reason, message }] = chatSchema.parse(json(answered)).choices;
  assert.equal(finish_reason, 'tool_calls');
  assert.deepEqual(
    message.tool_calls?.map((call) => call.function),
    [{ name: 'look_up', arguments: '{"word":"tree"}' }],
  );
  assert.equal(answered.text.includes('tool_use>'), false);
  const { text } = await send(`${stack.opsUrl}/metrics`);
  assert.match(text, /codex_gateway_tool_texts_total\{result="calls"\} 1/);
});

test('without a declared tool it stays text', bounded, async (t) => {
  const stack = await leaking(t);
  const answered = await send(`${stack.url}${chat.path}`, { body: chat.body(prompt) });
  const [{ finish_reason, message }] = chatSchema.parse(json(answered)).choices;
  assert.deepEqual([finish_reason, message.content], ['stop', written]);
});

test('streamed, it is a call in Responses, and its result is understood', bounded, async (t) => {
  const stack = await leaking(t);
  const url = `${stack.url}${responses.path}`;
  const tools = [{ type: 'function', name: 'look_up', parameters, strict: false }];
  const answered = await send(url, { body: responses.body(prompt, { tools, stream: true }) });
  const last = events(answered.text).findLast((event) => typeof event === 'object');
  const item = z.looseObject({ type: z.string(), call_id: z.string().optional() });
  const { response } = z
    .looseObject({ response: z.looseObject({ id: z.string(), output: z.array(item) }) })
    .parse(last);
  const call = response.output.at(-1);
  assert.equal(call?.type, 'function_call');
  const output = { type: 'function_call_output', call_id: call.call_id, output: 'forty-two' };
  const next = await send(url, {
    body: { model: 'gpt-5.5', tools, input: [output], previous_response_id: response.id },
  });
  assert.equal(next.status, 200, next.text);
});

test('streamed, it is a tool use in Messages', bounded, async (t) => {
  const stack = await leaking(t);
  const tools = [{ name: 'look_up', input_schema: parameters }];
  const answered = await send(`${stack.url}${messages.path}`, {
    body: messages.body(prompt, { tools, stream: true }),
  });
  const frames = z.array(z.looseObject({ type: z.string() })).parse(events(answered.text));
  const starts = frames.filter(({ type }) => type === 'content_block_start');
  assert.match(JSON.stringify(starts.at(-1)), /"type":"tool_use","id":"[^"]+","name":"look_up"/);
  assert.match(answered.text, /"stop_reason":"tool_use"/);
});

test('an operator can have it left alone', bounded, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tool-text-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'config.yaml');
  await writeFile(path, 'emulate: { toolText: false }\n');
  const stack = await leaking(t, { environment: { CONFIG_FILE: path } });
  const answered = await send(`${stack.url}${chat.path}`, { body: chat.body(prompt, { tools: nested }) });
  const [{ message }] = chatSchema.parse(json(answered)).choices;
  assert.equal(message.content, written);
});
