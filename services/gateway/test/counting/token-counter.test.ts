import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import { createTokenCounter } from '../../src/counting/token-counter.ts';

const request: CodexRequest = {
  model: 'gpt-5.5',
  instructions: 'one two three',
  input: [],
  parallel_tool_calls: true,
  include: [],
  prompt_cache_key: 'key',
  store: false,
  stream: true,
};
const { signal } = new AbortController();

test('requests are counted in a thread, this one loads no vocabulary', async (t) => {
  const counter = createTokenCounter();
  t.after(counter.close);
  const longer = { ...request, instructions: 'one two three four' };
  assert.deepEqual(
    await Promise.all([counter.count(request, signal), counter.count(longer, signal)]),
    [3, 4],
  );
  const { cache } = createRequire(import.meta.url);
  assert.deepEqual(
    Object.keys(cache).filter((path) => path.includes('gpt-tokenizer')),
    [],
  );
});

test('a request that ends does not wait for its count', async (t) => {
  const counter = createTokenCounter();
  t.after(counter.close);
  const client = new AbortController();
  const count = counter.count(request, client.signal);
  client.abort(new Error('The client has left.'));
  await assert.rejects(count, /The client has left/);
  await assert.rejects(counter.count(request, client.signal), /The client has left/);
  assert.equal(await counter.count(request, signal), 3);
});

test('a thread that breaks fails the counts that wait for it, and the next one gets another', async (t) => {
  const counter = createTokenCounter();
  t.after(counter.close);
  const breaking = { ...request, tools: [{ type: 'function', size: 1n }] };
  const [first, second] = await Promise.allSettled([
    counter.count(breaking, signal),
    counter.count(request, signal),
  ]);
  assert.deepEqual([first?.status, second?.status], ['rejected', 'rejected']);
  assert.equal(await counter.count(request, signal), 3);
});

test('closing ends the thread, and nothing where there is none', async () => {
  const counter = createTokenCounter();
  await counter.close();
  assert.equal(await counter.count(request, signal), 3);
  await counter.close();
});
