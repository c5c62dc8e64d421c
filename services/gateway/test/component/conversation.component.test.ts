import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { chat, events, json, messages, responses } from './client.ts';
import {
  flatTool,
  nestedTool,
  readFile,
  reads,
  refused,
  responseOf,
  sentBack,
  talk,
  toolTurn,
  user,
  type Talk,
} from './talk.ts';

const bounded = { timeout: 60_000 };

for (const stream of [false, true]) {
  test(
    `three turns by previous_response_id are one conversation upstream (stream: ${stream})`,
    bounded,
    async (t) => {
      const { ask, upstream } = await talk(t);
      const first = responseOf(
        await ask(responses, { input: 'My name is Ada.', instructions: 'Be brief.', stream }),
      );
      const opening = upstream();
      const second = responseOf(
        await ask(responses, {
          input: [{ role: 'user', content: 'Say exactly: two' }],
          previous_response_id: first.id,
          stream,
        }),
      );
      const third = responseOf(
        await ask(responses, { input: 'What is my name?', previous_response_id: second.id, stream }),
      );
      const whole = upstream();
      assert.deepEqual(whole.input, [
        user('My name is Ada.'),
        ...first.output.map(sentBack),
        user('Say exactly: two'),
        ...second.output.map(sentBack),
        user('What is my name?'),
      ]);
      assert.equal(JSON.stringify(whole.input).startsWith(JSON.stringify(opening.input).slice(0, -1)), true);
      assert.equal(whole.instructions, 'You are a helpful assistant.', 'instructions are not inherited');
      assert.match(JSON.stringify(third.output), /Ada/);
    },
  );
}

test('turns of one conversation share one prompt cache', bounded, async (t) => {
  const { ask, upstream } = await talk(t);
  const first = responseOf(await ask(responses, { input: 'One.' }));
  const opening = upstream().prompt_cache_key;
  await ask(responses, { input: 'Two.', previous_response_id: first.id });
  assert.equal(upstream().prompt_cache_key, opening);
});

test('a tool loop by previous_response_id sends only the result', bounded, async (t) => {
  const { ask, upstream } = await talk(t);
  const tools = [flatTool];
  const first = responseOf(await ask(responses, { input: reads, tools }));
  const call = first.output.find(({ type }) => type === 'function_call');
  const output = { type: 'function_call_output', call_id: call?.['call_id'], output: 'forty-two' };
  const answered = await ask(responses, { input: [output], previous_response_id: first.id, tools });
  assert.match(JSON.stringify(responseOf(answered).output), /forty-two/);
  assert.deepEqual(upstream().input, [user(reads), ...first.output.map(sentBack), output]);
});

test('references as the Vercel AI SDK sends them become the items', bounded, async (t) => {
  const { ask, upstream } = await talk(t);
  const tools = [flatTool];
  const prompt = `[[sim: commentary]] ${reads}`;
  const first = responseOf(await ask(responses, { input: [user(prompt)], tools, stream: true }));
  const steps = first.output.map(({ id, ...item }) =>
    item.type === 'function_call'
      ? { type: item.type, call_id: item['call_id'], name: item['name'], arguments: item['arguments'] }
      : { type: 'item_reference', id },
  );
  assert.deepEqual(
    steps.map(({ type }) => type),
    ['item_reference', 'item_reference', 'function_call'],
  );
  const callId = first.output.at(-1)?.['call_id'];
  const output = { type: 'function_call_output', call_id: callId, output: 'forty-two' };
  const answered = await ask(responses, { input: [user(prompt), ...steps, output], tools, stream: true });
  assert.match(JSON.stringify(responseOf(answered).output), /forty-two/);
  assert.deepEqual(upstream().input, [user(prompt), ...first.output.map(sentBack), output]);
});

test(
  'what is not known is refused as OpenAI refuses it, before the upstream is asked',
  bounded,
  async (t) => {
    const { ask, requests } = await talk(t);
    const unknown = await ask(responses, { input: 'Hi.', previous_response_id: 'resp_1' });
    assert.deepEqual(refused(unknown), {
      status: 400,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    });
    const reference = await ask(responses, { input: [{ type: 'item_reference', id: 'msg_1' }, user('Hi.')] });
    assert.deepEqual(refused(reference), { status: 404, code: 'response_not_found', param: 'input' });
    assert.match(reference.text, /Item with id 'msg_1' not found\. Items are not persisted when/);
    assert.equal(requests(), 0);
    const thought = await ask(responses, { input: [{ type: 'item_reference', id: 'rs_1' }, user('Hi.')] });
    assert.equal(thought.status, 200);
  },
);

test('another key never sees a conversation', bounded, async (t) => {
  const { ask, upstream } = await talk(t, { keys: { ada: {}, eve: {} } });
  const body = { input: reads, tools: [flatTool] };
  const { id, output } = responseOf(await ask(responses, body, 'sk-ada'));
  const stolen = await ask(responses, { input: 'Go on.', previous_response_id: id }, 'sk-eve');
  assert.deepEqual(refused(stolen), {
    status: 400,
    code: 'previous_response_not_found',
    param: 'previous_response_id',
  });
  const call = output.find(({ type }) => type === 'function_call');
  const reference = { type: 'item_reference', id: call?.id };
  assert.equal((await ask(responses, { input: [reference] }, 'sk-eve')).status, 404);
  const turn = toolTurn(String(call?.['call_id']), { tools: [nestedTool] });
  await ask(chat, turn, 'sk-eve');
  assert.deepEqual(
    upstream().input.filter(({ type }) => type === 'reasoning'),
    [],
  );
  await ask(chat, turn, 'sk-ada');
  assert.equal(upstream().input.filter(({ type }) => type === 'reasoning').length, 1);
});

test('store:false leaves nothing to go on from', bounded, async (t) => {
  const { ask } = await talk(t);
  const { id } = responseOf(await ask(responses, { input: 'Hi.', store: false }));
  const next = await ask(responses, { input: 'Go on.', previous_response_id: id });
  assert.equal(next.status, 400);
});

test('an answer that failed midway leaves nothing to go on from', bounded, async (t) => {
  const { ask } = await talk(t);
  const cut = await ask(responses, { input: 'Count to nine. [[sim: cut after=6]]', stream: true });
  const failed = events(cut.text).findLast((event) => typeof event === 'object');
  const { response } = z.looseObject({ response: z.looseObject({ id: z.string() }) }).parse(failed);
  const next = await ask(responses, { input: 'Go on.', previous_response_id: response.id });
  assert.equal(next.status, 400);
});

test('an answer that met its token limit can be gone on from', bounded, async (t) => {
  const { ask, upstream } = await talk(t);
  const cut = await ask(responses, { input: 'Count from 1 to 90.', max_output_tokens: 16 });
  const { id, status, output } = responseOf(cut);
  assert.equal(status, 'incomplete');
  await ask(responses, { input: 'Go on.', previous_response_id: id });
  assert.deepEqual(upstream().input, [user('Count from 1 to 90.'), ...output.map(sentBack), user('Go on.')]);
});

test('with CONVERSATION_TTL_SECONDS=0 nothing is kept', bounded, async (t) => {
  const { ask } = await talk(t, { environment: { CONVERSATION_TTL_SECONDS: '0' } });
  const { id } = responseOf(await ask(responses, { input: 'Hi.' }));
  assert.equal((await ask(responses, { input: 'Go on.', previous_response_id: id })).status, 400);
});

const chatSchema = z.looseObject({
  choices: z.array(
    z.looseObject({ message: z.looseObject({ tool_calls: z.array(z.looseObject({ id: z.string() })) }) }),
  ),
});

async function firstChatCall({ ask }: Talk, more: object = {}): Promise<string> {
  const answered = await ask(chat, {
    messages: [{ role: 'user', content: reads }],
    tools: [nestedTool],
    ...more,
  });
  const [choice] = chatSchema.parse(json(answered)).choices;
  return choice?.message.tool_calls[0]?.id ?? '';
}

test('the reasoning of a Chat turn comes back before its call, sealed as it was', bounded, async (t) => {
  const talking = await talk(t);
  const { ask, upstream } = talking;
  const callId = await firstChatCall(talking);
  await ask(chat, toolTurn(callId, { tools: [nestedTool] }));
  const { input } = upstream();
  assert.deepEqual(
    input.map(({ type }) => type),
    ['message', 'reasoning', 'function_call', 'function_call_output'],
  );
  const seal = String(input[1]?.['encrypted_content']);
  assert.match(seal, /^gAAAA/);
  await ask(chat, {
    ...toolTurn(callId, { tools: [nestedTool] }),
    messages: [...toolTurn(callId).messages, { role: 'user', content: 'Thanks.' }],
  });
  assert.equal(upstream().input[1]?.['encrypted_content'], seal);
});

test('it is the very item that the upstream had sealed', bounded, async (t) => {
  const { ask, upstream } = await talk(t);
  const first = responseOf(await ask(responses, { input: reads, tools: [flatTool] }));
  const [thought, call] = first.output;
  assert.ok(thought && call);
  await ask(chat, toolTurn(String(call['call_id']), { tools: [nestedTool] }));
  assert.deepEqual(upstream().input[1], sentBack(thought));
});

test('the reasoning of a Messages turn without thinking comes back before its call', bounded, async (t) => {
  const { ask, upstream } = await talk(t);
  const tools = [{ name: readFile.name, input_schema: readFile.parameters }];
  const question = { role: 'user', content: reads };
  const answered = await ask(messages, { max_tokens: 4000, tools, messages: [question] });
  const { content } = z
    .looseObject({ content: z.array(z.looseObject({ type: z.string(), id: z.string().optional() })) })
    .parse(json(answered));
  const use = content.find(({ type }) => type === 'tool_use');
  const result = { type: 'tool_result', tool_use_id: use?.id, content: 'forty-two' };
  const turns = [question, { role: 'assistant', content: [use] }, { role: 'user', content: [result] }];
  await ask(messages, { max_tokens: 4000, tools, messages: turns });
  assert.deepEqual(
    upstream().input.map(({ type }) => type),
    ['message', 'reasoning', 'function_call', 'function_call_output'],
  );
});

test('a client that drops its tools gets back those that its calls were made with', bounded, async (t) => {
  const talking = await talk(t);
  const { ask, upstream } = talking;
  const callId = await firstChatCall(talking);
  const declared = upstream().tools;
  for (const more of [{}, { tools: [] }, { tool_choice: 'auto' }]) {
    const answered = await ask(chat, toolTurn(callId, more));
    assert.equal(answered.status, 200, answered.text);
    assert.equal(answered.headers['x-gateway-warnings'], 'restored=tools');
    assert.deepEqual(upstream().tools, declared);
  }
  const none = await ask(chat, toolTurn(callId, { tool_choice: 'none' }));
  assert.equal(none.headers['x-gateway-warnings'], undefined);
  assert.equal(upstream().tools, undefined);
});

test('tools of calls that nobody remembers are made up of what the calls tell', bounded, async (t) => {
  const { ask, upstream } = await talk(t);
  const answered = await ask(chat, toolTurn('call_of_elsewhere'));
  assert.equal(answered.headers['x-gateway-warnings'], 'restored=tools');
  assert.deepEqual(upstream().tools, [
    {
      type: 'function',
      name: 'read_file',
      description: '(restored from history)',
      parameters: { type: 'object', properties: { path: {} }, additionalProperties: true },
      strict: false,
    },
  ]);
});

test('tools come back for a conversation that is recalled by its id', bounded, async (t) => {
  const { ask, upstream } = await talk(t);
  const first = responseOf(await ask(responses, { input: reads, tools: [flatTool] }));
  const declared = upstream().tools;
  const call = first.output.find(({ type }) => type === 'function_call');
  const output = { type: 'function_call_output', call_id: call?.['call_id'], output: 'forty-two' };
  const answered = await ask(responses, { input: [output], previous_response_id: first.id });
  assert.equal(answered.headers['x-gateway-warnings'], 'restored=tools');
  assert.deepEqual(upstream().tools, declared);
});
