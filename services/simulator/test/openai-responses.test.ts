import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asObject, asObjects, asText, type JsonObject } from '../src/json.ts';
import { RESPONSE_PARAMETERS } from '../src/openai/responses/parameters.ts';
import { API_MODEL, startApi, WEATHER } from './openai-rig.ts';
import { outline } from './rig.ts';

function textOf(response: JsonObject): string {
  const message = asObjects(response['output']).find(({ type }) => type === 'message');
  return asText(asObjects(message?.['content'])[0]?.['text']);
}

/** Without what differs from one answer to the next. */
function withoutIds(value: JsonObject): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/"(?:resp|msg|rs|fc|call)_[0-9a-f]+"/g, '"id"'));
}

test('a stream is the whole event sequence, and its last response lists the items that were finished', async (t) => {
  const { respondEvents } = await startApi(t);
  const events = await respondEvents({ input: 'Say exactly: one two' });
  assert.deepEqual(outline(events), [
    'created',
    'in_progress',
    'output_item.added',
    'output_item.done',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
  const done = events.filter(({ event }) => event === 'response.output_item.done');
  const completed = asObject(events.at(-1)?.data['response']);
  assert.deepEqual(
    completed['output'],
    done.map(({ data }) => data['item']),
  );
  const created = asObject(events[0]?.data['response']);
  assert.deepEqual([created['status'], created['output'], created['usage']], ['in_progress', [], null]);
});

test('JSON is the response that a stream would end with, over several lines', async (t) => {
  const { post, respond, respondEvents } = await startApi(t);
  const body = { input: 'Say exactly: one two', instructions: 'Be brief.' };
  const events = await respondEvents(body);
  const streamed = asObject(events.at(-1)?.data['response']);
  const whole = await respond(body);
  assert.deepEqual(
    withoutIds({ ...whole, created_at: 0, completed_at: 0 }),
    withoutIds({ ...streamed, created_at: 0, completed_at: 0 }),
  );
  const answer = await post('/responses', body);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.match(await answer.text(), /^\{\n {2}"id": "resp_[^]*\n\}\n$/);
});

test('an alias answers as its snapshot, and what was given comes back', async (t) => {
  const { respond } = await startApi(t);
  const given = {
    temperature: 0.2,
    top_p: 0.5,
    metadata: { team: 'search' },
    user: 'u-1',
    max_output_tokens: 500,
    truncation: 'auto',
    service_tier: 'flex',
  };
  const response = await respond({ input: 'Say exactly: x', instructions: 'Be brief.', ...given });
  const names = Object.keys(given);
  assert.deepEqual(Object.fromEntries(names.map((name) => [name, response[name]])), given);
  assert.deepEqual(
    [response['model'], response['instructions'], response['store'], response['object']],
    ['gpt-5.5-2026-04-23', 'Be brief.', true, 'response'],
  );
});

test('a model without reasoning answers with a message only', async (t) => {
  const { respond } = await startApi(t);
  const response = await respond({ model: 'gpt-4o-mini', input: 'Say exactly: x' });
  assert.deepEqual(
    asObjects(response['output']).map(({ type }) => type),
    ['message'],
  );
});

test('a system message is heard', async (t) => {
  const { respond } = await startApi(t);
  const input = [
    { role: 'system', content: 'Your name is Marvin.' },
    { role: 'user', content: 'What is your name?' },
  ];
  assert.equal(textOf(await respond({ input })), 'My name is Marvin.');
});

test('max_output_tokens cuts the text: incomplete, exactly so many tokens', async (t) => {
  const { respond, respondEvents } = await startApi(t);
  const body = { input: 'Tell me a long story', max_output_tokens: 40 };
  const response = await respond(body);
  assert.deepEqual(
    [response['status'], response['incomplete_details'], asObject(response['usage'])['output_tokens']],
    ['incomplete', { reason: 'max_output_tokens' }, 40],
  );
  assert.ok(textOf(response).length > 0);
  assert.equal(asObjects(response['output']).at(-1)?.['status'], 'incomplete');
  assert.equal((await respondEvents(body)).at(-1)?.event, 'response.incomplete');
});

test('max_output_tokens cuts the arguments of a call', async (t) => {
  const { respond } = await startApi(t);
  const location = 'x'.repeat(200);
  const response = await respond({
    input: `[[sim: call get_weather {"location":"${location}"}]]`,
    tools: [{ type: 'function', ...WEATHER }],
    reasoning: { effort: 'none' },
    max_output_tokens: 20,
  });
  const [call] = asObjects(response['output']);
  assert.deepEqual(
    [response['status'], call?.['status'], call?.['arguments']],
    ['incomplete', 'incomplete', `{"location":"${location}`.slice(0, 32)],
  );
});

test('a stored response can be gone on from, also when it was streamed; one with store false cannot', async (t) => {
  const { respond, respondEvents, post } = await startApi(t);
  const events = await respondEvents({ input: 'My name is Ada.' });
  const id = asObject(events.at(-1)?.data['response'])['id'];
  const second = await respond({ input: 'What is my name?', previous_response_id: id });
  assert.equal(textOf(second), 'Your name is Ada.');
  assert.equal(second['previous_response_id'], id);
  const third = await respond({
    input: 'What is my name?',
    previous_response_id: second['id'],
    store: false,
  });
  const refused = await post('/responses', { input: 'Go on', previous_response_id: third['id'] });
  assert.equal(refused.status, 400);
  assert.deepEqual(asObject(await refused.json())['error'], {
    message: `Previous response with id '${asText(third['id'])}' not found.`,
    type: 'invalid_request_error',
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  });
});

test('a reference stands for a stored item; an unknown one is a 404', async (t) => {
  const { respond, post } = await startApi(t);
  const first = await respond({
    input: '[[sim: call get_weather {"location":"Rome"}]]',
    tools: [{ type: 'function', ...WEATHER }],
  });
  const call = asObject(asObjects(first['output']).at(-1));
  const input = [
    { role: 'user', content: 'Weather?' },
    { type: 'item_reference', id: call['id'] },
    { type: 'function_call_output', call_id: call['call_id'], output: 'sunny' },
  ];
  assert.equal(textOf(await respond({ input })), 'The tool get_weather returned: sunny');
  const unknown = await post('/responses', { input: [{ type: 'item_reference', id: 'msg_nobody' }] });
  assert.equal(unknown.status, 404);
});

test('parallel calls are items of their own, with the schema kept strict', async (t) => {
  const { respond } = await startApi(t);
  const response = await respond({
    input: 'What is the weather in Paris and London?',
    tools: [{ type: 'function', ...WEATHER }],
    reasoning: { effort: 'none' },
  });
  assert.deepEqual(
    asObjects(response['output']).map(({ type, name, arguments: given }) => [type, name, given]),
    [
      ['function_call', 'get_weather', '{"location":"Paris"}'],
      ['function_call', 'get_weather', '{"location":"London"}'],
    ],
  );
  assert.equal(asObjects(response['tools'])[0]?.['strict'], true);
});

test('token figures come when they are included, as many alternatives as asked for', async (t) => {
  const { respond, respondEvents } = await startApi(t);
  const body = {
    input: 'Say exactly: one two',
    include: ['message.output_text.logprobs'],
    top_logprobs: 2,
    reasoning: { effort: 'none' },
  };
  const [message] = asObjects((await respond(body))['output']);
  const logprobs = asObjects(asObjects(message?.['content'])[0]?.['logprobs']);
  assert.deepEqual(
    logprobs.map(({ token, bytes, top_logprobs: top }) => [token, bytes, asObjects(top).length]),
    [
      ['one', [111, 110, 101], 2],
      [' two', [32, 116, 119, 111], 2],
    ],
  );
  const deltas = (await respondEvents(body)).filter(({ event }) => event === 'response.output_text.delta');
  assert.deepEqual(
    deltas.flatMap(({ data }) => asObjects(data['logprobs'])),
    logprobs,
  );
});

test('deltas are padded unless the stream options say otherwise', async (t) => {
  const { respondEvents } = await startApi(t);
  const padded = async (options: JsonObject): Promise<boolean> => {
    const events = await respondEvents({ input: 'Say exactly: x', ...options });
    return events.some(({ data }) => data['obfuscation'] !== undefined);
  };
  assert.equal(await padded({}), true);
  assert.equal(await padded({ stream_options: { include_obfuscation: false } }), false);
});

test('no parameter of the documented API is refused', async (t) => {
  const { post } = await startApi(t);
  const parameters: JsonObject = {
    access_programs: {},
    client_metadata: { installation: 'i' },
    background: false,
    context_management: [{ type: 'compaction', compact_threshold: 1000 }],
    conversation: 'conv_1',
    image: {},
    include: ['reasoning.encrypted_content'],
    input: 'Say exactly: x',
    instructions: 'Be brief.',
    max_output_tokens: 100,
    max_tool_calls: 3,
    metadata: { a: 'b' },
    model: API_MODEL,
    moderation: {},
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt: { id: 'pmpt_1' },
    prompt_cache_key: 'k',
    prompt_cache_options: {},
    prompt_cache_retention: '24h',
    reasoning: { effort: 'low', summary: 'auto' },
    safety_identifier: 's',
    service_tier: 'auto',
    store: true,
    stream: true,
    stream_options: { include_obfuscation: true },
    temperature: 0.7,
    text: { verbosity: 'low' },
    tool_choice: 'auto',
    tools: [{ type: 'function', ...WEATHER }],
    top_logprobs: 3,
    top_p: 0.9,
    truncation: 'disabled',
    user: 'u',
  };
  assert.deepEqual(Object.keys(parameters).toSorted(), [...RESPONSE_PARAMETERS.keys()].toSorted());
  assert.equal((await post('/responses', parameters)).status, 200);
  const nothing = Object.fromEntries(Object.keys(parameters).map((name) => [name, null]));
  const absent = { ...nothing, input: 'Say exactly: x', model: API_MODEL };
  assert.equal((await post('/responses', absent)).status, 200);
});

const CALL = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' };

const REFUSALS: readonly (readonly [string, JsonObject, JsonObject])[] = [
  [
    'an unknown parameter',
    { input: 'x', colour: 'red' },
    { message: "Unknown parameter: 'colour'.", param: 'colour', code: 'unknown_parameter' },
  ],
  [
    'a name of the prototype',
    { input: 'x', constructor: 1 },
    { message: "Unknown parameter: 'constructor'.", param: 'constructor', code: 'unknown_parameter' },
  ],
  [
    'no model',
    { input: 'x', model: undefined },
    {
      message: "Missing required parameter: 'model'.",
      param: 'model',
      code: 'missing_required_parameter',
    },
  ],
  [
    'a wrong type',
    { input: 'x', temperature: 'hot' },
    {
      message: "Invalid type for 'temperature': expected a decimal, but got a string instead.",
      param: 'temperature',
      code: 'invalid_type',
    },
  ],
  [
    'a token limit below the least',
    { input: 'x', max_output_tokens: 5 },
    {
      message:
        "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead.",
      param: 'max_output_tokens',
      code: 'integer_below_min_value',
    },
  ],
  [
    'a temperature above the most',
    { input: 'x', temperature: 2.5 },
    {
      message:
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.",
      param: 'temperature',
      code: 'decimal_above_max_value',
    },
  ],
  [
    'stream options without a stream',
    { input: 'x', stream_options: {} },
    {
      message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      param: 'stream_options',
      code: null,
    },
  ],
  [
    'sealed reasoning of a model that does not reason',
    { model: 'gpt-4.1', input: 'x', include: ['reasoning.encrypted_content'] },
    { message: 'Encrypted content is not supported with this model.', param: 'include', code: null },
  ],
  [
    'nothing to answer',
    { input: [] },
    {
      message: `One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.`,
      param: null,
      code: 'missing_required_parameter',
    },
  ],
  [
    'an unknown role',
    { input: [{ role: 'tool', content: 'x' }] },
    {
      message: "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
      param: 'input[0].role',
      code: 'invalid_value',
    },
  ],
  [
    'a call without its output',
    { input: [{ role: 'user', content: 'x' }, CALL] },
    { message: 'No tool output found for function call call_1.', param: 'input', code: null },
  ],
  [
    'an effort that the model does not have',
    { input: 'x', reasoning: { effort: 'max' } },
    {
      message:
        "Unsupported value: 'max' is not supported with the 'gpt-5.5' model. Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'.",
      param: 'reasoning.effort',
      code: 'unsupported_value',
    },
  ],
  [
    'encrypted content of somebody else',
    { input: [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAAforeign' }] },
    {
      message:
        'The encrypted content gAAA...eign could not be verified. Reason: Encrypted content could not be decrypted or parsed.',
      param: null,
      code: 'invalid_encrypted_content',
    },
  ],
];

for (const [what, body, error] of REFUSALS) {
  test(`refused with 400 and all four members: ${what}`, async (t) => {
    const { post } = await startApi(t);
    const answer = await post('/responses', body);
    assert.equal(answer.status, 400);
    assert.deepEqual(await answer.json(), { error: { type: 'invalid_request_error', ...error } });
  });
}

test('an unknown model, and one that does not converse, is a 404', async (t) => {
  const { post } = await startApi(t);
  for (const model of ['gpt-nobody', 'whisper-1']) {
    const answer = await post('/responses', { model, input: 'x' });
    assert.equal(answer.status, 404);
    assert.deepEqual(asObject(await answer.json())['error'], {
      message: `The requested model '${model}' does not exist.`,
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found',
    });
  }
});

test('a count is the input tokens of the answer to the same request, and needs no model', async (t) => {
  const { post, respond } = await startApi(t);
  const body = { input: 'What is the weather?', tools: [{ type: 'function', ...WEATHER }] };
  const counted = asObject(await (await post('/responses/input_tokens', body)).json());
  const { usage } = await respond(body);
  assert.deepEqual(counted, {
    object: 'response.input_tokens',
    input_tokens: asObject(usage)['input_tokens'],
  });
  const unnamed = await post('/responses/input_tokens', { ...body, model: undefined });
  assert.deepEqual(await unnamed.json(), counted);
  const wrong = await post('/responses/input_tokens', { ...body, temperature: 1 });
  assert.equal(wrong.status, 400);
});

test('compaction keeps what people said and seals the rest; the API opens the seal again', async (t) => {
  const { post, respond } = await startApi(t);
  const input = [
    { role: 'user', content: 'My name is Ada.' },
    { role: 'assistant', content: 'Hello Ada.' },
  ];
  const compacted = asObject(await (await post('/responses/compact', { input })).json());
  const output = asObjects(compacted['output']);
  assert.equal(compacted['object'], 'response.compaction');
  assert.deepEqual(
    output.map(({ type, role }) => [type, role]),
    [
      ['message', 'user'],
      ['compaction', undefined],
    ],
  );
  const next = await respond({ input: [...output, { role: 'user', content: 'What is my name?' }] });
  assert.equal(textOf(next), 'Your name is Ada.');
});
