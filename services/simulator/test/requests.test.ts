import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { asObject, asText, type JsonObject } from '../src/json.ts';
import { itemsOf, PLAIN_BODY, readSse, spokenBy, startRig, user } from './rig.ts';

const TOO_LONG = 'x'.repeat(65);
const WEATHER = { type: 'function', name: 'get_weather', parameters: { type: 'object', properties: {} } };

function refusal(message: string, param: string | null, code: string | null): JsonObject {
  return { error: { message, type: 'invalid_request_error', param, code } };
}

function assistant(part: JsonObject): JsonObject {
  return { type: 'message', role: 'assistant', content: [part] };
}

interface Refused {
  readonly why: string;
  readonly changes: JsonObject;
  readonly status?: number;
  readonly body: JsonObject;
}

const UNSUPPORTED = [
  'max_output_tokens',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'metadata',
  'presence_penalty',
  'frequency_penalty',
  'seed',
  'top_logprobs',
  'truncation',
  'user',
  'prompt_cache_retention',
  'safety_identifier',
  'context_management',
  'previous_response_id',
  'stream_id',
  'prompt_cache_options',
  'background',
  'max_tool_calls',
  'service_tier_x',
] as const;

const DETAILS: readonly Refused[] = [
  { why: 'stream false', changes: { stream: false }, body: { detail: 'Stream must be set to true' } },
  { why: 'stream absent', changes: { stream: undefined }, body: { detail: 'Stream must be set to true' } },
  { why: 'store true', changes: { store: true }, body: { detail: 'Store must be set to false' } },
  { why: 'store absent', changes: { store: undefined }, body: { detail: 'Store must be set to false' } },
  { why: 'input a string', changes: { input: 'hi' }, body: { detail: 'Input must be a list' } },
  {
    why: 'a system message',
    changes: { input: [{ role: 'system', content: 'be kind' }, user('hi')] },
    body: { detail: 'System messages are not allowed' },
  },
  ...UNSUPPORTED.map((name) => ({
    why: name,
    changes: { [name]: null },
    body: { detail: `Unsupported parameter: ${name}` },
  })),
  {
    why: 'a cache breakpoint in a part',
    changes: {
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'hi', prompt_cache_breakpoint: {} }] }],
    },
    body: { detail: 'Unsupported parameter: prompt_cache_breakpoint' },
  },
  ...['fast', 'auto', 'flex', 'scale'].map((tier) => ({
    why: `service tier ${tier}`,
    changes: { service_tier: tier },
    body: { detail: `Unsupported service_tier: ${tier}` },
  })),
  {
    why: 'an unknown tool type',
    changes: { tools: [{ type: 'web_search_preview' }] },
    body: { detail: 'Unsupported tool type: web_search_preview' },
  },
  {
    why: 'a tool without type',
    changes: { tools: [{ name: 'x' }] },
    body: { detail: 'Unsupported tool type: None' },
  },
  {
    why: 'an unknown model',
    changes: { model: 'GPT-5.5' },
    body: { detail: "The 'GPT-5.5' model is not supported when using Codex with a ChatGPT account." },
  },
];

const MODEL_LAYER: readonly Refused[] = [
  {
    why: 'nothing to answer',
    changes: { input: [] },
    body: refusal(
      `One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.`,
      null,
      'missing_required_parameter',
    ),
  },
  {
    why: 'an item id of 65 characters',
    changes: { input: [{ ...user('hi'), id: TOO_LONG }] },
    body: refusal(
      "Invalid 'input[0].id': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
      'input[0].id',
      'string_above_max_length',
    ),
  },
  {
    why: 'a call id of 65 characters',
    changes: {
      input: [user('hi'), { type: 'function_call', call_id: TOO_LONG, name: 'f', arguments: '{}' }],
    },
    body: refusal(
      "Invalid 'input[1].call_id': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
      'input[1].call_id',
      'string_above_max_length',
    ),
  },
  {
    why: 'a cache key of 65 characters',
    changes: { prompt_cache_key: TOO_LONG },
    body: refusal(
      "Invalid 'prompt_cache_key': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
      'prompt_cache_key',
      'string_above_max_length',
    ),
  },
  {
    why: 'assistant content typed input_text',
    changes: { input: [user('hi'), assistant({ type: 'input_text', text: 'ho' }), user('hi')] },
    body: refusal(
      "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
      'input[1].content[0]',
      'invalid_value',
    ),
  },
  {
    why: 'a tool output part typed output_text',
    changes: {
      input: [
        user('hi'),
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: [{ type: 'output_text', text: 'x' }] },
      ],
    },
    body: refusal(
      "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_image', 'input_file', 'scoped_content', and 'encrypted_content'.",
      'input[2].output[0]',
      'invalid_value',
    ),
  },
  {
    why: 'a web search action nobody knows',
    changes: {
      input: [user('hi'), { type: 'web_search_call', status: 'completed', action: { type: 'other' } }],
    },
    body: refusal(
      "Invalid value: 'other'. Supported values are: 'search', 'open_page', and 'find_in_page'.",
      'input[1].action.type',
      'invalid_value',
    ),
  },
  {
    why: 'a call without output',
    changes: {
      input: [user('hi'), { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }],
    },
    body: refusal('No tool output found for function call call_1.', 'input', null),
  },
  {
    why: 'a custom call without output',
    changes: { input: [user('hi'), { type: 'custom_tool_call', call_id: 'call_2', name: 'f', input: '' }] },
    body: refusal('No tool output found for custom tool call call_2.', 'input', null),
  },
  {
    why: 'an output without call',
    changes: { input: [user('hi'), { type: 'function_call_output', call_id: 'call_3', output: 'x' }] },
    body: refusal('No tool call found for function call output with call_id call_3.', 'input', null),
  },
  {
    why: 'arguments that are not text',
    changes: { input: [user('hi'), { type: 'function_call', call_id: 'c', name: 'f', arguments: {} }] },
    body: refusal(
      "Invalid type for 'input[1].arguments': expected a string, but got an object instead.",
      'input[1].arguments',
      'invalid_type',
    ),
  },
  {
    why: 'an item by reference',
    changes: { input: [{ type: 'item_reference', id: 'rs_1' }, user('hi')] },
    status: 404,
    body: refusal(
      "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
      'input',
      null,
    ),
  },
  {
    why: 'reasoning by id only',
    changes: { input: [{ type: 'reasoning', id: 'rs_2', summary: [] }, user('hi')] },
    status: 404,
    body: refusal(
      "Item with id 'rs_2' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
      'input',
      null,
    ),
  },
  {
    why: 'an effort nobody knows',
    changes: { reasoning: { effort: 'ultra' } },
    body: refusal(
      "Invalid value: 'ultra'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.",
      'reasoning.effort',
      'invalid_value',
    ),
  },
  {
    why: 'an effort this model lacks',
    changes: { model: 'gpt-5.6-luna', reasoning: { effort: 'minimal' } },
    body: refusal(
      "Unsupported value: 'minimal' is not supported with the 'gpt-5.6-luna' model. Supported values are: 'none', 'low', 'medium', 'high', 'xhigh', and 'max'.",
      'reasoning.effort',
      'unsupported_value',
    ),
  },
  {
    why: 'max effort on an older model',
    changes: { reasoning: { effort: 'max' } },
    body: refusal(
      "Unsupported value: 'max' is not supported with the 'gpt-5.5' model. Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'.",
      'reasoning.effort',
      'unsupported_value',
    ),
  },
  {
    why: 'a summary nobody knows',
    changes: { reasoning: { summary: 'none' } },
    body: refusal(
      "Invalid value: 'none'. Supported values are: 'concise', 'detailed', and 'auto'.",
      'reasoning.summary',
      'invalid_value',
    ),
  },
  {
    why: 'a text format nobody knows',
    changes: { text: { format: { type: 'xml' } } },
    body: refusal(
      "Invalid value: 'xml'. Supported values are: 'json_object', 'text', and 'json_schema'.",
      'text.format.type',
      'invalid_value',
    ),
  },
  {
    why: 'JSON mode without the word',
    changes: { text: { format: { type: 'json_object' } } },
    body: refusal(
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      'input',
      null,
    ),
  },
  {
    why: 'a parallel_tool_calls that is text',
    changes: { parallel_tool_calls: 'yes' },
    body: refusal(
      "Invalid type for 'parallel_tool_calls': expected a boolean, but got a string instead.",
      'parallel_tool_calls',
      'invalid_type',
    ),
  },
  {
    why: 'a tool without name',
    changes: { tools: [{ type: 'function', parameters: {} }] },
    body: refusal(
      "Missing required parameter: 'tools[0].name'.",
      'tools[0].name',
      'missing_required_parameter',
    ),
  },
  {
    why: 'a tool name of 200 characters',
    changes: { tools: [{ ...WEATHER, name: 'n'.repeat(200) }] },
    body: refusal(
      "Invalid 'tools[0].name': string too long. Expected a string with maximum length 128, but got a string with length 200 instead.",
      'tools[0].name',
      'string_above_max_length',
    ),
  },
  {
    why: 'a tool in the shape of Chat Completions',
    changes: { tools: [{ type: 'function', name: 'f', function: {} }] },
    body: refusal("Unknown parameter: 'tools[0].function'.", 'tools[0].function', 'unknown_parameter'),
  },
  {
    why: 'a tool choice that is not declared',
    changes: { tools: [WEATHER], tool_choice: { type: 'image_generation' } },
    body: refusal("Tool choice 'image_generation' not found in 'tools' parameter.", 'tool_choice', null),
  },
  {
    why: 'a required choice without tools',
    changes: { tool_choice: 'required' },
    body: refusal("Tool choice 'required' must be specified with 'tools' parameter", 'tool_choice', null),
  },
  {
    why: 'image data that is no image',
    changes: {
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] }],
    },
    body: refusal(
      'The image data you provided does not represent a valid image. Please check your input and try again.',
      'input[0].content[0]',
      'invalid_value',
    ),
  },
];

for (const { why, changes, status = 400, body } of [...DETAILS, ...MODEL_LAYER]) {
  test(`refused word for word: ${why}`, async (t) => {
    const { post } = await startRig(t);
    const answer = await post(changes);
    assert.deepEqual([answer.status, await answer.json()], [status, body]);
  });
}

for (const changes of [
  { service_tier: 'priority' },
  { service_tier: 'default' },
  { reasoning: { effort: 'none' } },
  { model: 'gpt-6-luna', reasoning: { effort: 'max', summary: 'auto', context: 'all_turns' } },
  { text: { verbosity: 'low' }, prompt_cache_key: 'x'.repeat(64), parallel_tool_calls: false },
  { client_metadata: { turn_id: 't' }, stream_options: { include_obfuscation: false } },
  {
    tools: [
      WEATHER,
      { type: 'web_search' },
      { type: 'namespace', name: 'n', description: '', tools: [WEATHER] },
    ],
  },
  { tools: [WEATHER], tool_choice: { type: 'function', name: 'get_weather' } },
  { access_programs: { cyber: 'standard' } },
  { input: [user('hi'), { type: 'configuration_update', reasoning: { effort: 'low' } }, user('go')] },
]) {
  test(`accepted: ${JSON.stringify(changes).slice(0, 90)}`, async (t) => {
    const { post } = await startRig(t);
    assert.equal((await post(changes)).status, 200);
  });
}

test('authorization: 401 without a bearer token, and another account id than the token has is refused', async (t) => {
  const { simulator, post } = await startRig(t);
  const bare = await fetch(`${simulator.backendUrl}/responses`, {
    method: 'POST',
    body: JSON.stringify(PLAIN_BODY),
  });
  assert.deepEqual([bare.status, await bare.json()], [401, { detail: 'Unauthorized' }]);
  assert.equal((await post({}, { 'chatgpt-account-id': 'acct_simulated' })).status, 200);
  assert.equal((await post({}, { 'chatgpt-account-id': 'acct_other' })).status, 401);
});

test('bodies: plain and zstd are taken, another encoding and text that is not JSON are refused', async (t) => {
  const { simulator, login, post } = await startRig(t);
  const send = (body: Buffer, encoding: string) =>
    fetch(`${simulator.backendUrl}/responses`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${login.tokens.access_token}`,
        'content-type': 'application/json',
        'content-encoding': encoding,
      },
      body: new Uint8Array(body),
    });
  const plain = Buffer.from(JSON.stringify(PLAIN_BODY));
  const compressed = await send(zstdCompressSync(plain), 'zstd');
  assert.deepEqual(spokenBy(readSse(await compressed.text())), ['ready']);
  assert.equal((await post()).status, 200);
  assert.equal((await send(plain, 'lzma')).status, 415);
  assert.equal((await send(plain, 'zstd')).status, 415, 'damaged zstd');
  assert.equal((await send(Buffer.from('{'), 'identity')).status, 400);
});

test('instructions: strict refuses their absence and takes empty text', async (t) => {
  const { post } = await startRig(t);
  const developerFirst = {
    instructions: undefined,
    input: [{ role: 'developer', content: 'x' }, user('hi')],
  };
  for (const changes of [{ instructions: undefined }, { instructions: null }, developerFirst]) {
    const answer = await post(changes);
    assert.deepEqual([answer.status, await answer.json()], [400, { detail: 'Instructions are required' }]);
  }
  assert.equal((await post({ instructions: '' })).status, 200);
});

test('instructions: lax takes their absence only when a developer message comes first', async (t) => {
  const { post } = await startRig(t, { instructions: 'lax' });
  const developer = { role: 'developer', content: [{ type: 'input_text', text: 'You are terse.' }] };
  const tools = { type: 'additional_tools', role: 'developer', tools: [WEATHER] };
  assert.equal((await post({ instructions: undefined, input: [developer, user('hi')] })).status, 200);
  assert.equal((await post({ instructions: undefined, input: [tools, developer, user('hi')] })).status, 200);
  assert.equal((await post({ instructions: undefined })).status, 400);
});

test('client version: one below the minimum of the model is told to upgrade, from header or User-Agent', async (t) => {
  const { post } = await startRig(t);
  const upgrade = {
    detail:
      "The 'gpt-6-luna' model requires a newer version of Codex. Please upgrade to the latest app or CLI and try again.",
  };
  const model = { model: 'gpt-6-luna' };
  for (const headers of [
    { version: '0.100.0' },
    { 'user-agent': 'codex_exec/0.120.0 (Debian 12.0.0; x86_64)' },
  ]) {
    const answer = await post(model, headers);
    assert.deepEqual([answer.status, await answer.json()], [400, upgrade]);
  }
  assert.equal((await post(model, { version: '0.169.0' })).status, 200);
  assert.equal((await post(model, { 'user-agent': 'codex-gateway/0.1.0' })).status, 200);
});

test('order of checks: the model comes before every other parameter', async (t) => {
  const { post } = await startRig(t);
  const answer = await post({ model: 'gpt-none', previous_response_id: 'resp_1', stream: false });
  assert.match(asText(asObject(await answer.json())['detail']), /^The 'gpt-none' model is not supported/);
});

test('encrypted content: comes back on its own account, and is refused on another or when damaged', async (t) => {
  const { simulator, post, ask } = await startRig(t);
  const events = await ask('Say exactly: one', { reasoning: { summary: 'auto' } });
  const [reasoning] = itemsOf(events);
  const input = [user('Say exactly: one'), { ...reasoning, id: undefined }, user('again')];
  assert.equal((await post({ input })).status, 200);
  const stranger = simulator.control.login({ accountId: 'acct_stranger' }).tokens.access_token;
  const foreign = await post({ input }, { authorization: `Bearer ${stranger}` });
  const sealed = asText(reasoning?.['encrypted_content']);
  const message = `The encrypted content ${sealed.slice(0, 4)}...${sealed.slice(-4)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`;
  assert.deepEqual(
    [foreign.status, await foreign.json()],
    [400, refusal(message, null, 'invalid_encrypted_content')],
  );
  const half = sealed.slice(0, sealed.length / 2);
  const damaged = await post({
    input: [{ ...reasoning, id: undefined, encrypted_content: half }, user('x')],
  });
  assert.equal(damaged.status, 400);
});

test('turn state: is given on the first answer of a turn and taken back within it', async (t) => {
  const { simulator, post } = await startRig(t);
  const first = await post({ input: [user('one')] });
  const state = first.headers.get('x-codex-turn-state') ?? '';
  const call = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' };
  const followUp = [user('one'), call, { type: 'function_call_output', call_id: 'c1', output: 'done' }];
  const second = await post({ input: followUp }, { 'x-codex-turn-state': state });
  assert.deepEqual([second.status, second.headers.get('x-codex-turn-state')], [200, null]);
  const seen = simulator.control.journal().requests.map(({ turnState }) => turnState);
  assert.deepEqual(seen, ['given', 'returned']);
});

test('turn state: a session compacted before its turn has none; compacted within it, the state stays good', async (t) => {
  const { simulator, post } = await startRig(t);
  const trigger = { type: 'compaction_trigger' };
  const before = await post({ input: [user('one'), trigger] });
  assert.deepEqual([before.status, before.headers.get('x-codex-turn-state')], [200, null]);
  const first = await post({ input: [user('one'), user('two')] });
  const state = { 'x-codex-turn-state': first.headers.get('x-codex-turn-state') ?? '' };
  for (const input of [[user('one'), user('two'), trigger], [user('two')]])
    assert.equal((await post({ input }, state)).status, 200);
  assert.deepEqual(simulator.control.journal().violations, []);
});

test('turn state: in another turn or on another account it is refused and noted as a violation', async (t) => {
  const { simulator, post } = await startRig(t);
  const first = await post({ input: [user('one')] });
  const state = { 'x-codex-turn-state': first.headers.get('x-codex-turn-state') ?? '' };
  assert.equal((await post({ input: [user('one'), user('two')] }, state)).status, 400);
  const other = simulator.control.login({ accountId: 'acct_other' }).tokens.access_token;
  const foreign = await post({ input: [user('one')] }, { ...state, authorization: `Bearer ${other}` });
  assert.equal(foreign.status, 400);
  assert.deepEqual(simulator.control.journal().violations, [
    'a turn state came back in another turn',
    'a turn state came back on another account',
  ]);
});
