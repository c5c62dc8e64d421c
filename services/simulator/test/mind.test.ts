import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asObject, asText, type JsonObject, parseJson } from '../src/json.ts';
import { readSse, type Rig, spokenBy, startRig, user } from './rig.ts';

const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

function assistant(text: string): JsonObject {
  return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] };
}

function tool(name: string, properties: JsonObject, required = Object.keys(properties)): JsonObject {
  return { type: 'function', name, parameters: { type: 'object', properties, required } };
}

const TEXT = { type: 'string' };
const WEATHER = tool(
  'get_weather',
  { city: TEXT, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
  ['city'],
);
const TIME = tool('get_time', { city: TEXT });

async function say({ ask }: Rig, prompt: string, changes: JsonObject = {}): Promise<string> {
  const [text] = spokenBy(await ask(prompt, changes));
  return asText(text);
}

for (const [prompt, expected] of [
  ['Say exactly: alpha beta gamma', 'alpha beta gamma'],
  ['Repeat this text exactly, nothing else: cobalt lantern 42', 'cobalt lantern 42'],
  ['Repeat this sentence exactly, word for word: The quick fox.', 'The quick fox.'],
  ['Reply with exactly the word "quartz" and nothing else.', 'quartz'],
  ['Reply with the single word pong', 'pong'],
  ['Say hello in exactly one word.', 'hello'],
  ['Name the capital of France. Reply with just the city.', 'Paris'],
  ['The capital of France is', 'The capital is Paris.'],
  ['What is 17 * 3? Think it through, then answer.', '51'],
  ['Count from 1 to 5.', '1, 2, 3, 4, 5'],
  ['Count from 3 to 1, one number per line.', '3\n2\n1'],
  ['Hello', 'Hello! How can I help you today?'],
] as const) {
  test(`the model answers "${prompt}"`, async (t) => {
    assert.equal(await say(await startRig(t), prompt), expected);
  });
}

test('a client that compacts its conversation gets what was said, without directives, in the tags it names', async (t) => {
  const rig = await startRig(t);
  const input = [
    user('My colour is teal. [[sim: usage input=9]]'),
    assistant('Noted.'),
    user('Do not use Read. Create a summary of the conversation: an <analysis> and a <summary> block.'),
  ];
  const tools = [tool('Read', { path: TEXT })];
  assert.equal(
    await say(rig, '', { input, tools }),
    '<analysis>\nAll that was said.\n</analysis>\n\n<summary>\nMy colour is teal.\n</summary>',
  );
});

test('open questions get enough text for limits to bite, and a wish for words is met', async (t) => {
  const rig = await startRig(t);
  for (const prompt of [
    'Write a long story about a fox.',
    'Tell me about cats',
    'Explain why the sky is blue.',
  ]) {
    assert.ok((await say(rig, prompt)).split(' ').length >= 60, prompt);
  }
  assert.equal((await say(rig, 'Write 250 words about rain')).split(' ').length, 250);
});

test('earlier messages can be asked for', async (t) => {
  const { post } = await startRig(t);
  const ask = async (...input: readonly JsonObject[]) => {
    return spokenBy(readSse(await (await post({ input })).text()))[0];
  };
  assert.equal(
    await ask(user('Hi! My name is Zoltan.'), assistant('Hello!'), user('What is my name?')),
    'Your name is Zoltan.',
  );
  assert.equal(
    await ask(user("I'm Ada."), assistant('Hello!'), user('What is my name? Reply with just the name.')),
    'Ada',
  );
  assert.equal(
    await ask(
      user('Remember the number 4711.'),
      assistant('OK'),
      user('What number did I ask you to remember?'),
    ),
    'You asked me to remember 4711.',
  );
  assert.equal(await ask(user('Summary: my colour is teal. What is my colour?')), 'Your colour is teal.');
  assert.equal(await ask(user('What is 2 + 2?'), assistant('4'), user('Add 3 to your last answer.')), '7');
});

for (const [instructions, prompt, expected] of [
  ['Always respond in uppercase.', 'Say exactly: hi there', 'HI THERE'],
  ['End every answer with BANANA.', 'Say exactly: hi', 'hi BANANA'],
  ['Start every reply with "Well,"', 'Say exactly: hi', 'Well, hi'],
  ['You are a pirate.', 'Say exactly: hi', 'Arrr, matey! hi'],
  ['Whatever the user says, reply with exactly the word "quartz" and nothing else.', 'What is up?', 'quartz'],
  ['Your name is Robo. Be kind.', 'What is your name?', 'My name is Robo.'],
  ['The secret code is 7Q2.', 'What is the secret code?', 'The code is 7Q2.'],
] as const) {
  test(`the model follows "${instructions}"`, async (t) => {
    assert.equal(await say(await startRig(t), prompt, { instructions }), expected);
  });
}

for (const [prompt, tools, expected] of [
  ["What's the weather in Paris?", [WEATHER, TIME], [['get_weather', '{"city":"Paris"}']]],
  [
    "What's the weather in Miami? Give it to me in fahrenheit.",
    [WEATHER],
    [['get_weather', '{"city":"Miami","unit":"fahrenheit"}']],
  ],
  [
    "What's the weather in Paris and London?",
    [WEATHER],
    [
      ['get_weather', '{"city":"Paris"}'],
      ['get_weather', '{"city":"London"}'],
    ],
  ],
  [
    'Book a table at Chez Nous for 4 people, outdoors.',
    [tool('book_table', { restaurant: TEXT, party_size: { type: 'integer' }, outdoor: { type: 'boolean' } })],
    [['book_table', '{"restaurant":"Chez Nous","party_size":4,"outdoor":true}']],
  ],
  [
    'Call write_file with path notes.md and content exactly:\n</tool_call> "x"',
    [tool('write_file', { path: TEXT, content: TEXT })],
    [['write_file', '{"path":"notes.md","content":"</tool_call> \\"x\\""}']],
  ],
  [
    'Use the calculator tool: 12 * (3 + 4)',
    [tool('calculator', { expression: TEXT })],
    [['calculator', '{"expression":"12 * (3 + 4)"}']],
  ],
] as const) {
  test(`the model calls a tool for "${prompt}"`, async (t) => {
    const { ask } = await startRig(t);
    assert.deepEqual(spokenBy(await ask(prompt, { tools })), expected);
  });
}

test('tool_choice is obeyed: none, required, named, allowed tools, and one call without parallel calls', async (t) => {
  const { ask } = await startRig(t);
  const tools = [WEATHER, TIME];
  const calls = async (prompt: string, changes: JsonObject) =>
    spokenBy(await ask(prompt, { tools, ...changes })).map((call) =>
      Array.isArray(call) ? call[0] : 'text',
    );
  assert.deepEqual(await calls('Use the get_weather tool', { tool_choice: 'none' }), ['text']);
  assert.deepEqual(await calls('hello', { tool_choice: 'required' }), ['get_weather']);
  assert.deepEqual(await calls('hello', { tool_choice: { type: 'function', name: 'get_time' } }), [
    'get_time',
  ]);
  const allowed = {
    type: 'allowed_tools',
    mode: 'required',
    tools: [{ type: 'function', name: 'get_time' }],
  };
  assert.deepEqual(await calls('hello', { tool_choice: allowed }), ['get_time']);
  const both = "What's the weather AND the current time in Tokyo? Call both tools.";
  assert.deepEqual(await calls(both, { tool_choice: 'required' }), ['get_weather', 'get_time']);
  assert.deepEqual(await calls(both, { tool_choice: 'required', parallel_tool_calls: false }), [
    'get_weather',
  ]);
  assert.deepEqual(await calls('hello', {}), ['text']);
});

test('an agent with many tools gets no guessed calls', async (t) => {
  const { ask } = await startRig(t);
  const tools = ['Read', 'Write', 'Edit', 'Bash', 'Grep', 'Glob', 'Task', 'Weather', 'Skill'].map((name) =>
    tool(name, { x: TEXT }),
  );
  assert.equal(typeof spokenBy(await ask('write about the weather task', { tools }))[0], 'string');
});

test('text.format: json_schema gets an instance, json_object the members that the prompt names', async (t) => {
  const rig = await startRig(t);
  const schema = {
    type: 'object',
    properties: { name: TEXT, age: { type: 'integer' }, kind: { const: 'person' } },
    required: ['name', 'age', 'kind'],
    additionalProperties: false,
  };
  const format = { type: 'json_schema', name: 'person', strict: true, schema };
  assert.deepEqual(parseJson(await say(rig, 'Ada Lovelace is 36.', { text: { format } })), {
    name: 'Ada Lovelace',
    age: 36,
    kind: 'person',
  });
  const prompt = 'Return a JSON object with keys "name" (a string) and "age" (a number).';
  const expected = { name: 'a simulated name', age: 1 };
  assert.deepEqual(
    parseJson(await say(rig, prompt, { text: { format: { type: 'json_object' } } })),
    expected,
  );
  assert.deepEqual(parseJson(await say(rig, prompt)), expected, 'the prompt alone asks for JSON too');
});

test('an image is described by its format and size, also one that a tool returned', async (t) => {
  const rig = await startRig(t);
  const content = [
    { type: 'input_text', text: 'Describe this image.' },
    { type: 'input_image', image_url: PNG },
  ];
  assert.equal(
    await say(rig, '', { input: [{ role: 'user', content }] }),
    'I can see an image: PNG of 1 by 1 pixels.',
  );
  const input = [
    user('Read x.png'),
    { type: 'function_call', call_id: 'c1', name: 'Read', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_image', image_url: PNG }] },
  ];
  assert.equal(
    await say(rig, '', { input }),
    'The tool Read returned: I can see an image: PNG of 1 by 1 pixels.',
  );
});

test('the response object echoes what was asked', async (t) => {
  const { ask } = await startRig(t);
  const changes = {
    instructions: 'Be brief.',
    tools: [WEATHER],
    parallel_tool_calls: false,
    reasoning: { effort: 'low', summary: 'concise' },
    prompt_cache_key: 'key-1',
    text: { verbosity: 'low' },
  };
  const events = await ask('hello', changes);
  const response = asObject(events[0]?.data['response']);
  assert.deepEqual(
    {
      instructions: response['instructions'],
      tools: response['tools'],
      parallel_tool_calls: response['parallel_tool_calls'],
      reasoning: response['reasoning'],
      prompt_cache_key: response['prompt_cache_key'],
      text: response['text'],
      service_tier: response['service_tier'],
    },
    { ...changes, text: { format: { type: 'text' }, verbosity: 'low' }, service_tier: 'default' },
  );
});
