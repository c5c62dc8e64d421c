import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startRedis, type TestRedis } from '@codex-gateway/testkit/redis.ts';
import { connectTo } from '../conversation/redis-rig.ts';
import { chat, responses, send } from './client.ts';
import {
  flatTool,
  nestedTool,
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

interface SharedTalk extends Talk {
  readonly redis: TestRedis;
}

/** Two gateways with one Redis; and two keys. */
async function sharedTalk(t: TestContext): Promise<SharedTalk> {
  const redis = await startRedis(t);
  const environment = { REDIS_URL: redis.url };
  return {
    redis,
    ...(await talk(t, { gateways: 2, environment, keys: { 'canary-ada': {}, 'canary-eve': {} } })),
  };
}

const ADA = 'sk-canary-ada';
const EVE = 'sk-canary-eve';

test('a response of one gateway is gone on from through another', bounded, async (t) => {
  const { ask, upstream } = await sharedTalk(t);
  const first = responseOf(await ask(responses, { input: 'My name is Ada.' }, ADA, 0));
  const second = responseOf(
    await ask(responses, { input: 'Say exactly: two', previous_response_id: first.id }, ADA, 1),
  );
  await ask(responses, { input: 'What is my name?', previous_response_id: second.id }, ADA, 0);
  assert.deepEqual(upstream().input, [
    user('My name is Ada.'),
    ...first.output.map(sentBack),
    user('Say exactly: two'),
    ...second.output.map(sentBack),
    user('What is my name?'),
  ]);
});

test('items, reasoning and tools of one gateway come back through another', bounded, async (t) => {
  const { ask, upstream } = await sharedTalk(t);
  const first = responseOf(await ask(responses, { input: reads, tools: [flatTool] }, ADA, 0));
  const declared = upstream().tools;
  const [thought, call] = first.output;
  assert.ok(thought && call);
  const references = [thought, call].map(({ id }) => ({ type: 'item_reference', id }));
  const output = { type: 'function_call_output', call_id: call['call_id'], output: 'forty-two' };
  assert.equal((await ask(responses, { input: [user(reads), ...references, output] }, ADA, 1)).status, 200);
  assert.deepEqual(upstream().input, [user(reads), sentBack(thought), sentBack(call), output]);
  const loop = await ask(chat, toolTurn(String(call['call_id'])), ADA, 1);
  assert.equal(loop.headers['x-gateway-warnings'], 'restored=tools');
  assert.deepEqual([upstream().input[1], upstream().tools], [sentBack(thought), declared]);
});

test('another key finds nothing, as if it were not there', bounded, async (t) => {
  const { ask, upstream } = await sharedTalk(t);
  const { id, output } = responseOf(await ask(responses, { input: reads, tools: [flatTool] }, ADA, 0));
  const call = output.find(({ type }) => type === 'function_call');
  const stolen = await ask(responses, { input: 'Go on.', previous_response_id: id }, EVE, 1);
  assert.deepEqual(refused(stolen), {
    status: 400,
    code: 'previous_response_not_found',
    param: 'previous_response_id',
  });
  const reference = { type: 'item_reference', id: call?.id };
  const item = await ask(responses, { input: [reference] }, EVE, 1);
  assert.deepEqual(refused(item), { status: 404, code: 'response_not_found', param: 'input' });
  await ask(chat, toolTurn(String(call?.['call_id']), { tools: [nestedTool] }), EVE, 1);
  assert.equal(
    upstream().input.some(({ type }) => type === 'reasoning'),
    false,
  );
});

test('whoever reads Redis reads nothing of a conversation', bounded, async (t) => {
  const { ask, redis } = await sharedTalk(t);
  const reader = await connectTo(t, redis.directUrl);
  assert.ok('monitor' in reader, 'no cluster');
  const seen: string[] = [];
  const monitor = await reader.monitor();
  t.after(() => monitor.disconnect());
  const isOver = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, args: string[]) => {
      seen.push(args.join(' '));
      if (args.includes('the end')) resolve();
    });
  });

  const prompt = `canary-prompt ${reads}`;
  const first = responseOf(await ask(responses, { input: prompt, tools: [flatTool] }, ADA, 0));
  const [thought, call] = first.output;
  const output = { type: 'function_call_output', call_id: call?.['call_id'], output: 'canary-output' };
  await ask(responses, { input: [output], previous_response_id: first.id }, ADA, 1);
  await reader.call('ECHO', 'the end');
  await isOver;
  const keys = await reader.keys('*');
  for (const key of keys) seen.push(key, String(await reader.getBuffer(key)));

  assert.ok(keys.length >= 6, 'two responses, their items, the call, its tools');
  const all = seen.join('\n');
  assert.match(all, /getex codex-gateway:conversation:/i);
  const ids = [first.id, thought?.id, call?.id, call?.['call_id']].map((id) =>
    String(id).replace(/^[a-z]+_/, ''),
  );
  const legible = ['canary', 'gpt-5.5', 'read_file', ...ids].filter((word) => all.includes(word));
  assert.deepEqual(legible, []);
});

test(
  'without Redis what a request needs is out of reach, and what would only help is left out',
  bounded,
  async (t) => {
    const { ask, redis, stack, upstream } = await sharedTalk(t);
    const first = responseOf(await ask(responses, { input: reads, tools: [flatTool] }, ADA));
    const call = first.output.find(({ type }) => type === 'function_call');
    await redis.kill();
    const again = { input: 'Go on.', previous_response_id: first.id };
    const needy = [again, { input: [{ type: 'item_reference', id: call?.id }] }];
    for (const body of needy) {
      const answered = await ask(responses, body, ADA);
      assert.deepEqual(refused(answered), { status: 503, code: 'server_is_overloaded', param: null });
      assert.match(answered.text, /remembers of earlier responses cannot be read at the moment/);
      assert.equal(answered.headers['retry-after'], '1');
      assert.equal(answered.headers['x-gateway-outcome'], 'internal');
    }
    const count = await ask({ ...responses, path: '/v1/responses/input_tokens' }, again, ADA);
    assert.equal(count.status, 503);
    const loop = await ask(chat, toolTurn(String(call?.['call_id']), { tools: [nestedTool] }), ADA);
    assert.equal(loop.status, 200);
    assert.equal(
      upstream().input.some(({ type }) => type === 'reasoning'),
      false,
    );
    assert.equal((await ask(responses, { input: 'Hi.' }, ADA)).status, 200);
    assert.equal((await send(`${stack.url}/ready`)).status, 200);
    assert.equal(stack.logs().split('Redis is away').length - 1, 1);
    const told = (await send(`${stack.opsUrl}/metrics`)).text
      .split('\n')
      .filter((line) =>
        /^codex_gateway_(redis_(errors|fallback)|conversation_records_total\{record="response")/.test(line),
      );
    assert.deepEqual(told, [
      'codex_gateway_conversation_records_total{record="response",result="kept"} 1',
      'codex_gateway_conversation_records_total{record="response",result="unread"} 2',
      'codex_gateway_conversation_records_total{record="response",result="lost"} 1',
      'codex_gateway_redis_errors_total{kind="unreachable"} 1',
      'codex_gateway_redis_errors_total{kind="open"} 4',
      'codex_gateway_redis_fallback_active{use="conversations"} 1',
    ]);
  },
);

test('a Redis that is back is used again, without a restart', bounded, async (t) => {
  const { ask, redis, stack } = await sharedTalk(t);
  const first = responseOf(await ask(responses, { input: 'One.' }, ADA));
  await redis.kill();
  assert.equal((await ask(responses, { input: 'Two.', previous_response_id: first.id }, ADA)).status, 503);
  await redis.restart();
  const gauge = 'codex_gateway_redis_fallback_active{use="conversations"} 0';
  while (!(await send(`${stack.opsUrl}/metrics`)).text.includes(gauge));
  const next = responseOf(await ask(responses, { input: 'Three.' }, ADA));
  const last = await ask(responses, { input: 'Four.', previous_response_id: next.id }, ADA, 1);
  assert.equal(last.status, 200);
});

test(
  'a Redis that is silent costs one request its deadline and the next ones nothing',
  bounded,
  async (t) => {
    const { ask, redis } = await sharedTalk(t);
    const first = responseOf(await ask(responses, { input: 'One.' }, ADA));
    const again = { input: 'Two.', previous_response_id: first.id };
    redis.pause();
    const took: number[] = [];
    for (let tries = 0; tries < 3; tries += 1) {
      const startedAt = performance.now();
      assert.equal((await ask(responses, again, ADA)).status, 503);
      took.push(performance.now() - startedAt);
    }
    redis.resume();
    const [longest = 0, ...others] = took;
    assert.ok(longest >= 1000 && Math.max(...others) < 1000, took.join(', '));
  },
);

test('without any key nothing leaves the process', bounded, async (t) => {
  const redis = await startRedis(t);
  const { ask } = await talk(t, {
    gateways: 2,
    environment: { REDIS_URL: redis.url, API_KEY: '' },
  });
  const first = responseOf(await ask(responses, { input: 'One.' }));
  const again = { input: 'Two.', previous_response_id: first.id };
  assert.equal((await ask(responses, again)).status, 200);
  assert.equal((await ask(responses, again, undefined, 1)).status, 400);
});
