import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asObject, asObjects, asText } from '../src/json.ts';
import { itemsOf, outline, readSse, spokenBy, startRig, user } from './rig.ts';

const BASH = {
  type: 'function',
  name: 'Bash',
  parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
};
const PATCH = { type: 'custom', name: 'apply_patch', format: { type: 'text' } };

test('an answer is the whole event sequence, numbered, and response.completed has an empty output', async (t) => {
  const { ask } = await startRig(t);
  const events = await ask('Say exactly: héllo 🦊 alpha');
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
  assert.deepEqual(
    events.map(({ data }) => data['sequence_number']),
    events.map((_, index) => index),
  );
  for (const { event, data } of events) assert.equal(data['type'], event);
  const deltas = events.filter(({ event }) => event === 'response.output_text.delta');
  assert.equal(deltas.map(({ data }) => asText(data['delta'])).join(''), 'héllo 🦊 alpha');
  assert.ok(deltas.length > 1);
  assert.deepEqual(spokenBy(events), ['héllo 🦊 alpha']);
  const completed = asObject(events.at(-1)?.data['response']);
  assert.deepEqual(completed['output'], []);
  assert.deepEqual(
    [completed['status'], completed['store'], completed['temperature'], completed['background']],
    ['completed', false, 1, false],
  );
});

test('an item keeps its id from added to done, and its events carry it', async (t) => {
  const { ask } = await startRig(t);
  const events = await ask('[[sim: call Bash {"command":"ls"}]]', { tools: [BASH] });
  const added = asObject(
    events.findLast(({ event }) => event === 'response.output_item.added')?.data['item'],
  );
  const [done] = itemsOf(events).slice(-1);
  const delta = events.find(({ event }) => event === 'response.function_call_arguments.delta');
  assert.equal(added['id'], done?.['id']);
  assert.equal(delta?.data['item_id'], done?.['id']);
  assert.equal(added['call_id'], done?.['call_id']);
  assert.match(asText(done?.['call_id']), /^call_.{1,59}$/);
});

test('the head: limit headers of two families, models etag, the model asked for, ids and a ray', async (t) => {
  const { post, simulator, get } = await startRig(t);
  const { headers } = await post({ model: 'gpt-6-luna' });
  const models = await get('/backend-api/codex/models?client_version=0.169.0');
  assert.equal(headers.get('content-type'), 'text/event-stream; charset=utf-8');
  assert.equal(headers.get('openai-model'), 'gpt-6-luna');
  assert.equal(headers.get('x-models-etag'), models.headers.get('etag'));
  assert.equal(headers.get('x-request-id'), headers.get('x-oai-request-id'));
  assert.match(headers.get('cf-ray') ?? '', /-SIM$/);
  for (const name of [
    'x-codex-plan-type',
    'x-codex-primary-used-percent',
    'x-codex-primary-window-minutes',
    'x-codex-primary-reset-at',
    'x-codex-secondary-used-percent',
    'x-codex-bengalfox-primary-used-percent',
    'x-codex-bengalfox-limit-name',
    'x-codex-credits-has-credits',
  ]) {
    assert.notEqual(headers.get(name), null, name);
  }
  simulator.control.setQuota('acct_simulated', {
    primary: { usedPercent: 77, windowMinutes: 300, resetsInSeconds: 60 },
  });
  assert.equal((await post()).headers.get('x-codex-primary-used-percent'), '77');
  simulator.control.setQuota('acct_simulated', { secondary: null });
  const oneWindow = (await post()).headers;
  assert.deepEqual(
    [...oneWindow.keys()].filter((name) => name.startsWith('x-codex-secondary')),
    ['x-codex-secondary-used-percent'],
  );
});

test('reasoning: a sealed item without text by default, whose blob in added is not yet whole', async (t) => {
  const { ask } = await startRig(t);
  const events = await ask('Say exactly: x');
  const added = asObject(events.find(({ event }) => event === 'response.output_item.added')?.data['item']);
  const [reasoning] = itemsOf(events);
  assert.deepEqual([reasoning?.['type'], reasoning?.['summary']], ['reasoning', []]);
  assert.match(asText(reasoning?.['encrypted_content']), /^gAAAA/);
  assert.ok(asText(added['encrypted_content']).length < asText(reasoning?.['encrypted_content']).length);
});

test('reasoning: summary parts come when a summary is asked for, with their own events', async (t) => {
  const { ask } = await startRig(t);
  const events = await ask('[[sim: reasoning parts=2]] Say exactly: x', { reasoning: { summary: 'auto' } });
  assert.deepEqual(outline(events).slice(2, 12), [
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
  ]);
  assert.equal(asObjects(itemsOf(events)[0]?.['summary']).length, 2);
});

test('reasoning: none with effort none, and no seal when it is not asked for', async (t) => {
  const { ask } = await startRig(t);
  const none = await ask('Say exactly: x', { reasoning: { effort: 'none' } });
  assert.deepEqual(
    itemsOf(none).map(({ type }) => type),
    ['message'],
  );
  const open = await ask('Say exactly: x', { include: [] });
  assert.equal(itemsOf(open)[0]?.['encrypted_content'], undefined);
});

test('usage: cached and reasoning tokens, and members that no schema names', async (t) => {
  const { ask, post } = await startRig(t);
  const long = 'word '.repeat(400);
  const usageOf = async (text: string) => {
    const answer = await post({ input: [user(text)], prompt_cache_key: 'session-1' });
    return asObject(asObject(readSse(await answer.text()).at(-1)?.data['response'])['usage']);
  };
  assert.deepEqual(asObject((await usageOf(long))['input_tokens_details']), {
    cached_tokens: 0,
    cache_write_tokens: 0,
  });
  const second = await usageOf(long);
  assert.deepEqual(asObject(second['input_tokens_details']), { cached_tokens: 512, cache_write_tokens: 0 });
  assert.equal(
    Number(second['total_tokens']),
    Number(second['input_tokens']) + Number(second['output_tokens']),
  );
  assert.deepEqual(Object.keys(second).slice(-2), ['attribution', 'codex_rollout_budget_units']);
  const told = await ask('[[sim: usage input=1000 cached=896 output=70 reasoning=20]] hi');
  assert.deepEqual(asObject(asObject(told.at(-1)?.data['response'])['usage']), {
    input_tokens: 1000,
    input_tokens_details: { cached_tokens: 896, cache_write_tokens: 0 },
    output_tokens: 70,
    output_tokens_details: { reasoning_tokens: 20 },
    total_tokens: 1070,
    attribution: { kind: 'interactive' },
    codex_rollout_budget_units: 70,
  });
});

test('a function call: added, argument deltas, done, and the next request gets its output quoted', async (t) => {
  const { ask, post } = await startRig(t);
  const prompt = 'please [[sim: call Bash {"command":"echo hi"}]]';
  const events = await ask(prompt, { tools: [BASH] });
  assert.deepEqual(outline(events).slice(4), [
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'completed',
  ]);
  assert.deepEqual(spokenBy(events), [['Bash', '{"command":"echo hi"}']]);
  const output = { type: 'function_call_output', call_id: itemsOf(events)[1]?.['call_id'], output: 'hi\n' };
  const history = [user(prompt), ...itemsOf(events).map((item) => ({ ...item, id: undefined })), output];
  const answer = await post({ input: history, tools: [BASH] });
  assert.deepEqual(spokenBy(readSse(await answer.text())), ['The tool Bash returned: hi']);
});

test('a reminder that an agent adds after the output does not begin a new turn', async (t) => {
  const { post } = await startRig(t);
  const input = [
    user('[[sim: call Bash {"command":"ls"}]]'),
    { type: 'function_call', call_id: 'c1', name: 'Bash', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'a.txt' }] },
    user('<system-reminder>The task list is empty.</system-reminder>'),
  ];
  const events = readSse(await (await post({ input, tools: [BASH] })).text());
  assert.deepEqual(spokenBy(events), ['The tool Bash returned: a.txt']);
});

test('a custom tool call carries free text, also from a namespace of additional_tools', async (t) => {
  const { ask, post } = await startRig(t);
  const events = await ask('[[sim: call apply_patch "*** Begin Patch\\n*** End Patch"]]', { tools: [PATCH] });
  assert.deepEqual(outline(events).slice(4), [
    'output_item.added',
    'custom_tool_call_input.delta',
    'custom_tool_call_input.done',
    'output_item.done',
    'completed',
  ]);
  assert.deepEqual(spokenBy(events), [['apply_patch', '*** Begin Patch\n*** End Patch']]);
  const lite = {
    type: 'additional_tools',
    role: 'developer',
    tools: [{ type: 'namespace', name: 'functions', description: '', tools: [{ ...PATCH, name: 'exec' }] }],
  };
  const answer = await post({ model: 'gpt-6-luna', input: [lite, user('[[sim: call exec text(1)]]')] });
  const [, call] = itemsOf(readSse(await answer.text()));
  assert.deepEqual(
    [call?.['type'], call?.['namespace'], call?.['name'], call?.['input']],
    ['custom_tool_call', 'functions', 'exec', 'text(1)'],
  );
});

test('calls: parallel in one answer, or sequential one a request, or interleaved by deltas', async (t) => {
  const { ask, post } = await startRig(t);
  const two =
    '[[sim: call Bash {"command":"first command"}]] [[sim: call Bash {"command":"second command"}]]';
  const parallel = await ask(two, { tools: [BASH] });
  const indexes = (events: typeof parallel) =>
    events
      .filter(({ event }) => event === 'response.function_call_arguments.delta')
      .map(({ data }) => data['output_index']);
  assert.equal(spokenBy(parallel).length, 2);
  assert.deepEqual(
    indexes(parallel),
    indexes(parallel).toSorted((a, b) => Number(a) - Number(b)),
  );
  const mixed = indexes(await ask(`[[sim: interleaved]] ${two}`, { tools: [BASH] }));
  assert.deepEqual(mixed.slice(0, 4), [1, 2, 1, 2]);
  const sequential = `[[sim: sequential]] ${two}`;
  const first = await ask(sequential, { tools: [BASH] });
  assert.deepEqual(spokenBy(first), [['Bash', '{"command":"first command"}']]);
  const done = [
    { type: 'function_call', call_id: 'c1', name: 'Bash', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: 'one' },
  ];
  const next = await post({ input: [user(sequential), ...done], tools: [BASH] });
  assert.deepEqual(spokenBy(readSse(await next.text())), [['Bash', '{"command":"second command"}']]);
});

test('shell runs a command with whichever shell tool the client declared', async (t) => {
  const { ask } = await startRig(t);
  const exec = { type: 'function', name: 'exec_command', parameters: { type: 'object', properties: {} } };
  const prompt = '[[sim: shell echo "a b" > out.txt]]';
  assert.deepEqual(spokenBy(await ask(prompt, { tools: [exec] })), [
    ['exec_command', '{"cmd":"echo \\"a b\\" > out.txt"}'],
  ]);
  assert.deepEqual(spokenBy(await ask(prompt, { tools: [{ ...PATCH, name: 'exec' }] })), [
    [
      'exec',
      'const result = await tools.exec_command({"cmd":"echo \\"a b\\" > out.txt"});\ntext(result.output);',
    ],
  ]);
  assert.deepEqual(spokenBy(await ask(prompt, { tools: [BASH] })), [
    ['Bash', '{"command":"echo \\"a b\\" > out.txt"}'],
  ]);
  assert.deepEqual(spokenBy(await ask(prompt)), [
    'The tool that the directive names is not declared in this request.',
  ]);
});

test('commentary, refusal, web search, long message ids and an empty answer can be asked for', async (t) => {
  const { ask } = await startRig(t);
  const commented = itemsOf(await ask('[[sim: commentary]] [[sim: call Bash {}]]', { tools: [BASH] }));
  assert.deepEqual(
    commented.map(({ type, phase }) => [type, phase]),
    [
      ['reasoning', undefined],
      ['message', 'commentary'],
      ['function_call', undefined],
    ],
  );
  const refused = await ask('[[sim: refusal]] hi');
  assert.ok(outline(refused).includes('refusal.done'));
  assert.deepEqual(spokenBy(refused), ["I'm sorry, but I can't help with that."]);
  const searched = itemsOf(await ask('[[sim: search query="red foxes"]] Say exactly: found'));
  assert.equal(asObject(searched[1]?.['action'])['query'], 'red foxes');
  const tools = [{ type: 'web_search' }];
  const wished = itemsOf(await ask('Perform a web search for the query: red pandas', { tools }));
  assert.equal(asObject(wished[1]?.['action'])['query'], 'red pandas');
  const [, message] = itemsOf(await ask('[[sim: long_ids]] Say exactly: x'));
  assert.equal(asText(message?.['id']).length, 400);
  assert.deepEqual(outline(await ask('[[sim: empty]] hi')), ['created', 'in_progress', 'completed']);
});

test('a load answer is as many deltas of as many bytes as asked, and its done events hold the whole text', async (t) => {
  const { ask } = await startRig(t);
  const events = await ask('[[sim: stream events=2500 bytes=40]]');
  const deltas = events.filter(({ event }) => event === 'response.output_text.delta');
  assert.equal(deltas.length, 2500);
  assert.ok(deltas.every(({ data }) => asText(data['delta']).length === 40));
  const [text] = spokenBy(events);
  assert.equal(text, deltas.map(({ data }) => data['delta']).join(''));
  const [part] = asObjects(itemsOf(events)[0]?.['content']);
  assert.deepEqual(Object.keys(part ?? {}), ['type', 'annotations', 'logprobs', 'text']);
});

test('the same calls in the same order give the same bytes', async (t) => {
  const [one, two] = await Promise.all([startRig(t), startRig(t)]);
  const bodies = await Promise.all(
    [one, two].map(async ({ post }) =>
      (await (await post()).text()).replaceAll(/"created_at":\d+|"completed_at":\d+/g, ''),
    ),
  );
  assert.equal(bodies[0], bodies[1]);
});

test('compaction: a trailing trigger gives exactly one compaction item, which is taken back', async (t) => {
  const { post } = await startRig(t);
  const answer = await post({ input: [user('long story'), { type: 'compaction_trigger' }] });
  const items = itemsOf(readSse(await answer.text()));
  assert.deepEqual(
    items.map(({ type }) => type),
    ['compaction'],
  );
  const [compaction] = items;
  assert.equal((await post({ input: [{ ...compaction, id: undefined }, user('go on')] })).status, 200);
});
