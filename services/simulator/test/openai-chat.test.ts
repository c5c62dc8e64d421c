import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asObject, asObjects, asText, type JsonObject } from '../src/json.ts';
import { CHAT_PARAMETERS } from '../src/openai/chat/parameters.ts';
import { API_MODEL, firstChoice, firstMessage, say, SCRIPT, startApi, WEATHER } from './openai-rig.ts';

const WEATHER_TOOL = { type: 'function', function: WEATHER };
const SCRIPT_TOOL = { type: 'custom', custom: SCRIPT };

/** The deltas of a stream's chunks, those of the choice with this index. */
function deltasOf(chunks: readonly JsonObject[], index = 0): readonly JsonObject[] {
  return chunks
    .flatMap(({ choices }) => asObjects(choices))
    .filter((choice) => choice['index'] === index)
    .map(({ delta }) => asObject(delta));
}

function textIn(deltas: readonly JsonObject[]): string {
  return deltas.map(({ content }) => asText(content)).join('');
}

test('a stream opens with the role, goes on by words and ends with its reason', async (t) => {
  const { completeChunks } = await startApi(t);
  const chunks = await completeChunks(say('Say exactly: one two'));
  assert.deepEqual(
    chunks.flatMap(({ choices }) => asObjects(choices)),
    [
      {
        index: 0,
        delta: { role: 'assistant', content: '', refusal: null },
        logprobs: null,
        finish_reason: null,
      },
      { index: 0, delta: { content: 'one' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: ' two' }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
    ],
  );
  const [first] = chunks;
  assert.deepEqual(Object.keys(first ?? {}), [
    'id',
    'object',
    'created',
    'model',
    'service_tier',
    'system_fingerprint',
    'choices',
    'obfuscation',
  ]);
  assert.match(asText(first?.['id']), /^chatcmpl-\w{29}$/);
  assert.match(asText(first?.['system_fingerprint']), /^fp_\w{10}$/);
  const names = new Set(chunks.map(({ id, object, model }) => JSON.stringify([id, object, model])));
  assert.equal(names.size, 1);
});

test('usage comes in a chunk of its own when it is asked for, and the others say null', async (t) => {
  const { complete, completeChunks } = await startApi(t);
  const body = say('Say exactly: one two');
  const chunks = await completeChunks({
    ...body,
    stream_options: { include_usage: true, include_obfuscation: false },
  });
  const last = chunks.at(-1);
  assert.deepEqual(last?.['choices'], []);
  assert.deepEqual(last?.['usage'], (await complete(body))['usage']);
  assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
  assert.ok(chunks.every((chunk) => !('obfuscation' in chunk)));
});

test('JSON is one completion with message, reason, usage and fingerprint', async (t) => {
  const { complete } = await startApi(t);
  const completion = await complete(say('Say exactly: one two'));
  assert.deepEqual(
    { ...completion, id: '', created: 0, system_fingerprint: '' },
    {
      id: '',
      object: 'chat.completion',
      created: 0,
      model: 'gpt-5.5-2026-04-23',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'one two', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 14,
        completion_tokens: 66,
        total_tokens: 80,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 64,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: 'default',
      system_fingerprint: '',
    },
  );
});

test('one call opens together with the role', async (t) => {
  const { completeChunks } = await startApi(t);
  const chunks = await completeChunks({
    ...say('[[sim: call get_weather {"location":"Rome"}]]'),
    tools: [WEATHER_TOOL],
  });
  const [opening, ...others] = deltasOf(chunks);
  const [call] = asObjects(opening?.['tool_calls']);
  assert.match(asText(call?.['id']), /^call_\w{24}$/);
  assert.deepEqual(
    { ...opening, tool_calls: [{ ...call, id: '' }] },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, id: '', type: 'function', function: { name: 'get_weather', arguments: '' } }],
      refusal: null,
    },
  );
  const given = others.map(
    ({ tool_calls: calls }) => asObject(asObjects(calls)[0]?.['function'])['arguments'],
  );
  assert.equal(given.join(''), '{"location":"Rome"}');
  assert.equal(asObjects(chunks.at(-1)?.['choices'])[0]?.['finish_reason'], 'tool_calls');
});

for (const [how, prompt] of [
  ['one after the other', ''],
  ['with their arguments mixed', '[[sim: interleaved]]'],
] as const) {
  test(`parallel calls keep their index, ${how}`, async (t) => {
    const { complete, completeChunks } = await startApi(t);
    const body = {
      ...say(`${prompt} What is the weather in Paris and London?`),
      tools: [WEATHER_TOOL],
    };
    const pieces = deltasOf(await completeChunks(body)).flatMap(({ tool_calls: calls }) => asObjects(calls));
    const streamed = [0, 1].map((index) =>
      pieces
        .filter((piece) => piece['index'] === index)
        .map((piece) => asText(asObject(piece['function'])['arguments']))
        .join(''),
    );
    assert.deepEqual(streamed, ['{"location":"Paris"}', '{"location":"London"}']);
    const order = pieces.map(({ index }) => index);
    assert.equal(
      order.join('') === '0'.repeat(order.length / 2) + '1'.repeat(order.length / 2),
      prompt === '',
    );
    const message = firstMessage(await complete(body));
    assert.equal(message['content'], null);
    assert.deepEqual(
      asObjects(message['tool_calls']).map(({ function: called }) => called),
      streamed.map((given) => ({ name: 'get_weather', arguments: given })),
    );
  });
}

test('a custom tool is called with free text', async (t) => {
  const { complete } = await startApi(t);
  const completion = await complete({ ...say('[[sim: call run_script print 1]]'), tools: [SCRIPT_TOOL] });
  const [call] = asObjects(firstMessage(completion)['tool_calls']);
  assert.deepEqual([call?.['type'], call?.['custom']], ['custom', { name: 'run_script', input: 'print 1' }]);
});

test('legacy functions: the call has no id, and its answer follows as a function message', async (t) => {
  const { complete, completeChunks } = await startApi(t);
  const body: JsonObject = { ...say('What is the weather in Paris?'), functions: [WEATHER] };
  const completion = await complete(body);
  const call = { name: 'get_weather', arguments: '{"location":"Paris"}' };
  assert.deepEqual(
    [firstChoice(completion)['finish_reason'], firstMessage(completion)['function_call']],
    ['function_call', call],
  );
  const deltas = deltasOf(await completeChunks(body));
  const streamed = deltas.map((delta) => asText(asObject(delta['function_call'])['arguments'])).join('');
  assert.equal(streamed, call.arguments);
  const messages = [
    ...asObjects(body['messages']),
    firstMessage(completion),
    { role: 'function', name: 'get_weather', content: 'sunny' },
  ];
  const next = await complete({ ...body, messages });
  assert.equal(firstMessage(next)['content'], 'The tool get_weather returned: sunny');
});

test('a tool message is quoted in the next turn', async (t) => {
  const { complete } = await startApi(t);
  const body: JsonObject = { ...say('What is the weather in Paris?'), tools: [WEATHER_TOOL] };
  const message = firstMessage(await complete(body));
  const [call] = asObjects(message['tool_calls']);
  const messages = [
    ...asObjects(body['messages']),
    message,
    { role: 'tool', tool_call_id: call?.['id'], content: [{ type: 'text', text: 'sunny' }] },
  ];
  const next = await complete({ ...body, messages });
  assert.equal(firstMessage(next)['content'], 'The tool get_weather returned: sunny');
});

test('stop ends the text before itself, whichever of several comes first', async (t) => {
  const { complete, completeChunks } = await startApi(t);
  const body = { ...say('Count from 1 to 9'), stop: ['7', ', 4'] };
  assert.deepEqual(firstChoice(await complete(body))['finish_reason'], 'stop');
  assert.equal(firstMessage(await complete(body))['content'], '1, 2, 3');
  assert.equal(textIn(deltasOf(await completeChunks(body))), '1, 2, 3');
  const load = { ...say('[[sim: stream events=1000 bytes=20]]'), stop: 'ted' };
  assert.equal(firstMessage(await complete(load))['content'], 'simula');
});

for (const name of ['max_tokens', 'max_completion_tokens']) {
  test(`${name} cuts: length, exactly so many tokens`, async (t) => {
    const { complete, completeChunks } = await startApi(t);
    const body = { ...say('Tell me a long story'), [name]: 30 };
    const completion = await complete(body);
    assert.equal(firstChoice(completion)['finish_reason'], 'length');
    assert.equal(asObject(completion['usage'])['completion_tokens'], 30);
    const streamed = textIn(deltasOf(await completeChunks(body)));
    assert.equal(streamed, firstMessage(completion)['content']);
    assert.equal(streamed.length, 60);
    const fitting = { ...say('Say exactly: 12345678'), reasoning_effort: 'none', [name]: 2 };
    assert.equal(firstChoice(await complete(fitting))['finish_reason'], 'stop');
    const load = { ...say('[[sim: stream events=1000 bytes=20]]'), [name]: 30 };
    assert.equal(asText(firstMessage(await complete(load))['content']).length, 120);
  });
}

test('n choices come with their index, mixed in a stream, and all of them are counted', async (t) => {
  const { complete, completeChunks } = await startApi(t);
  const body = { ...say('Say exactly: one two'), n: 3 };
  const completion = await complete(body);
  assert.deepEqual(
    asObjects(completion['choices']).map(({ index, message }) => [index, asObject(message)['content']]),
    [0, 1, 2].map((index) => [index, 'one two']),
  );
  assert.equal(asObject(completion['usage'])['completion_tokens'], 3 * 66);
  const chunks = await completeChunks(body);
  for (const index of [0, 1, 2]) assert.equal(textIn(deltasOf(chunks, index)), 'one two');
  const order = chunks.slice(0, 6).map(({ choices }) => asObjects(choices)[0]?.['index']);
  assert.deepEqual(order, [0, 1, 2, 0, 1, 2]);
});

test('a refusal stands in its own member', async (t) => {
  const { complete, completeChunks } = await startApi(t);
  const body = say('[[sim: refusal]]');
  const refusal = "I'm sorry, but I can't help with that.";
  const message = firstMessage(await complete(body));
  assert.deepEqual([message['content'], message['refusal']], [null, refusal]);
  const deltas = deltasOf(await completeChunks(body));
  assert.equal(deltas.map((delta) => asText(delta['refusal'])).join(''), refusal);
});

test('an answer without anything has an empty text', async (t) => {
  const { complete, completeChunks } = await startApi(t);
  const body = say('[[sim: empty]]');
  assert.equal(firstMessage(await complete(body))['content'], '');
  assert.equal(deltasOf(await completeChunks(body))[0]?.['content'], '');
});

test('token figures come when they are asked for, also in the chunks', async (t) => {
  const { complete, completeChunks } = await startApi(t);
  const body = { ...say('Say exactly: one two'), logprobs: true, top_logprobs: 1 };
  const figures = asObjects(asObject(firstChoice(await complete(body))['logprobs'])['content']);
  assert.deepEqual(
    figures.map(({ token, top_logprobs: top }) => [token, asObjects(top).map(({ token: other }) => other)]),
    [
      ['one', ['one']],
      [' two', [' two']],
    ],
  );
  const streamed = (await completeChunks(body))
    .flatMap(({ choices }) => asObjects(choices))
    .flatMap(({ logprobs }) => asObjects(asObject(logprobs)['content']));
  assert.deepEqual(streamed, figures);
});

test('json_object and json_schema answer with JSON', async (t) => {
  const { complete } = await startApi(t);
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  };
  const structured = await complete({
    ...say('Describe Paris'),
    response_format: { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } },
  });
  assert.equal(firstMessage(structured)['content'], '{"city":"Paris"}');
  const free = await complete({
    ...say('Answer in JSON with "answer"'),
    response_format: { type: 'json_object' },
  });
  assert.doesNotThrow(() => JSON.parse(asText(firstMessage(free)['content'])));
});

test('an image is seen, and a system message is heard', async (t) => {
  const { complete } = await startApi(t);
  const png = `data:image/png;base64,${Buffer.concat([
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    Buffer.from([0, 0, 0, 3, 0, 0, 0, 2]),
  ]).toString('base64')}`;
  const image = { type: 'image_url', image_url: { url: png, detail: 'low' } };
  const seen = await complete(say([{ type: 'text', text: 'What is this?' }, image]));
  assert.match(asText(firstMessage(seen)['content']), /PNG of 3 by 2 pixels/);
  const messages = [
    { role: 'system', content: 'Your name is Marvin.' },
    { role: 'user', content: 'What is your name?' },
  ];
  assert.equal(firstMessage(await complete({ messages }))['content'], 'My name is Marvin.');
});

test('no parameter of the documented API is refused', async (t) => {
  const { post } = await startApi(t);
  const parameters: JsonObject = {
    audio: { voice: 'alloy', format: 'mp3' },
    frequency_penalty: 0.5,
    function_call: 'none',
    functions: [],
    logit_bias: { '50256': -100 },
    logprobs: true,
    max_completion_tokens: 50,
    max_tokens: null,
    messages: say('Say exactly: x')['messages'],
    metadata: { a: 'b' },
    modalities: ['text'],
    model: API_MODEL,
    moderation: {},
    n: 2,
    parallel_tool_calls: false,
    prediction: { type: 'content', content: 'x' },
    presence_penalty: -0.5,
    prompt_cache_key: 'k',
    prompt_cache_options: {},
    prompt_cache_retention: 'in_memory',
    reasoning_effort: 'low',
    response_format: { type: 'text' },
    safety_identifier: 's',
    seed: 7,
    service_tier: 'default',
    stop: ['never'],
    store: false,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0,
    tool_choice: 'auto',
    tools: [WEATHER_TOOL, SCRIPT_TOOL],
    top_logprobs: 2,
    top_p: 1,
    user: 'u',
    verbosity: 'low',
    web_search_options: {},
  };
  assert.deepEqual(Object.keys(parameters).toSorted(), [...CHAT_PARAMETERS.keys()].toSorted());
  assert.equal((await post('/chat/completions', parameters)).status, 200);
  const nothing = Object.fromEntries(Object.keys(parameters).map((name) => [name, null]));
  const absent = { ...nothing, ...say('Say exactly: x'), model: API_MODEL };
  assert.equal((await post('/chat/completions', absent)).status, 200);
});

const ASSISTANT_CALL = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
};

const REFUSALS: readonly (readonly [string, JsonObject, JsonObject])[] = [
  [
    'an unknown parameter',
    { ...say('x'), colour: 'red' },
    { message: "Unknown parameter: 'colour'.", param: 'colour', code: 'unknown_parameter' },
  ],
  [
    'no messages',
    {},
    {
      message: "Missing required parameter: 'messages'.",
      param: 'messages',
      code: 'missing_required_parameter',
    },
  ],
  [
    'an empty list of messages',
    { messages: [] },
    {
      message:
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      param: 'messages',
      code: 'empty_array',
    },
  ],
  [
    'an unknown role',
    { messages: [{ role: 'robot', content: 'x' }] },
    {
      message:
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
      param: 'messages[0].role',
      code: 'invalid_value',
    },
  ],
  [
    'content that is null',
    { messages: [{ role: 'user', content: null }] },
    {
      message:
        "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got null instead.",
      param: 'messages[0].content',
      code: 'invalid_type',
    },
  ],
  [
    'a part of the Responses API',
    say([{ type: 'input_text', text: 'x' }]),
    {
      message:
        "Invalid value: 'input_text'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', 'audio', and 'file'.",
      param: 'messages[0].content[0].type',
      code: 'invalid_value',
    },
  ],
  [
    'a tool message without its call',
    { messages: [{ role: 'tool', tool_call_id: 'call_1', content: 'x' }] },
    {
      message:
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      param: 'messages.[0].role',
      code: null,
    },
  ],
  [
    'a call without its tool message',
    { messages: [ASSISTANT_CALL, { role: 'user', content: 'x' }] },
    {
      message:
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_1",
      param: 'messages.[1].role',
      code: null,
    },
  ],
  [
    'two token limits',
    { ...say('x'), max_tokens: 1, max_completion_tokens: 1 },
    {
      message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      param: 'max_tokens',
      code: 'invalid_parameter_combination',
    },
  ],
  [
    'five stop texts',
    { ...say('x'), stop: ['a', 'b', 'c', 'd', 'e'] },
    {
      message:
        "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length 5 instead.",
      param: 'stop',
      code: 'array_above_max_length',
    },
  ],
  [
    'a choice among no tools',
    { ...say('x'), tool_choice: 'auto' },
    {
      message: "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      param: 'tool_choice',
      code: null,
    },
  ],
  [
    'a choice that is not declared',
    { ...say('x'), tools: [WEATHER_TOOL], tool_choice: { type: 'function', function: { name: 'g' } } },
    { message: "Tool choice 'g' not found in 'tools' parameter.", param: 'tool_choice', code: null },
  ],
  [
    'a tool without its function',
    { ...say('x'), tools: [{ type: 'function', name: 'f' }] },
    {
      message: "Missing required parameter: 'tools[0].function'.",
      param: 'tools[0].function',
      code: 'missing_required_parameter',
    },
  ],
  [
    'JSON mode without the word',
    { ...say('x'), response_format: { type: 'json_object' } },
    {
      message:
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      param: 'messages',
      code: null,
    },
  ],
  [
    'a format without its schema',
    { ...say('x'), response_format: { type: 'json_schema', name: 'x', schema: {} } },
    {
      message: "Missing required parameter: 'response_format.json_schema'.",
      param: 'response_format.json_schema',
      code: 'missing_required_parameter',
    },
  ],
  [
    'alternatives without figures',
    { ...say('x'), top_logprobs: 2 },
    {
      message: "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
      param: 'top_logprobs',
      code: null,
    },
  ],
  [
    'an effort that the model does not have',
    { ...say('x'), reasoning_effort: 'max' },
    {
      message:
        "Unsupported value: 'max' is not supported with the 'gpt-5.5' model. Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'.",
      param: 'reasoning_effort',
      code: 'unsupported_value',
    },
  ],
];

for (const [what, body, error] of REFUSALS) {
  test(`refused with 400 and all four members: ${what}`, async (t) => {
    const { post } = await startApi(t);
    const answer = await post('/chat/completions', body);
    assert.equal(answer.status, 400);
    assert.deepEqual(await answer.json(), { error: { type: 'invalid_request_error', ...error } });
  });
}

test('an unknown model is a 404', async (t) => {
  const { post } = await startApi(t);
  const answer = await post('/chat/completions', { ...say('x'), model: 'constructor' });
  assert.equal(answer.status, 404);
  assert.deepEqual(await answer.json(), {
    error: {
      message: 'The model `constructor` does not exist or you do not have access to it.',
      type: 'invalid_request_error',
      param: null,
      code: 'model_not_found',
    },
  });
});
