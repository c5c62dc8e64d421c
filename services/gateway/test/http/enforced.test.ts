import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodexEvent } from '@codex-gateway/wire/codex/events.ts';
import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import type { EmulationRules } from '@codex-gateway/wire/emulation/rules.ts';
import { enforced } from '../../src/http/enforced.ts';
import type { Batch } from '../../src/upstream/event-client.ts';

const request: CodexRequest = {
  model: 'gpt-5.5',
  instructions: '',
  input: [],
  parallel_tool_calls: true,
  include: [],
  prompt_cache_key: 'key',
  store: false,
  stream: true,
};
const nothing: EmulationRules = {
  stop: [],
  maxTokens: null,
  toolText: false,
  commentaryIsVisible: true,
  separator: '',
};

function text(delta: string): CodexEvent {
  return { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta };
}

/** Batches of one delta each, and a note of what was read and whether they were let go. */
function upstream(deltas: readonly string[]) {
  const seen = { read: 0, letGo: 0 };
  const iterator: AsyncIterableIterator<Batch, void> = {
    next: async () => {
      const delta = deltas[seen.read];
      seen.read += 1;
      if (delta === 'broken') throw new Error('broken');
      return delta === undefined ? { value: undefined, done: true } : { value: [text(delta)], done: false };
    },
    return: async () => {
      seen.letGo += 1;
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return { seen, batches: iterator };
}

/** Counts words, and notes when it was asked to get ready. */
function tokenizer() {
  const asked = { warm: 0 };
  return {
    asked,
    count: (words: string) => words.split(' ').filter((word) => word !== '').length,
    warm: () => {
      asked.warm += 1;
    },
  };
}

function typesOf(batches: readonly Batch[]): readonly (readonly string[])[] {
  return batches.map((batch) => batch.map(({ type }) => type.replace('response.', '')));
}

const end = ['output_text.done', 'content_part.done', 'output_item.done'];

test('an answer that nothing can end is handed on untouched', () => {
  const { batches } = upstream(['one']);
  assert.equal(enforced(batches, nothing, { request, tokenizer: tokenizer() }), batches);
});

test('the upstream is let go with the batch that ends the answer, and not read again', async () => {
  const { batches, seen } = upstream(['one', ' END', ' two', ' three']);
  const ending = enforced(batches, { ...nothing, stop: ['END'] }, { request, tokenizer: tokenizer() });
  const iterator = ending[Symbol.asyncIterator]();
  const read = [await iterator.next(), await iterator.next()].map(({ value }) => value as Batch); // neither is done
  assert.deepEqual(typesOf(read), [['output_text.delta'], ['output_text.delta', ...end, 'completed']]);
  assert.deepEqual(seen, { read: 2, letGo: 1 });
  assert.deepEqual(await iterator.next(), { value: undefined, done: true });
  assert.deepEqual(seen, { read: 2, letGo: 1 });
});

test('an answer that ends by itself is read to its end', async () => {
  const { batches, seen } = upstream(['one', ' two']);
  const limited = enforced(batches, { ...nothing, maxTokens: 100 }, { request, tokenizer: tokenizer() });
  assert.equal((await Array.fromAsync(limited)).length, 2);
  assert.deepEqual(seen, { read: 3, letGo: 0 });
});

test('who leaves early lets the upstream go, and its failures arrive', async () => {
  const left = upstream(['one', ' two']);
  const rules = { ...nothing, stop: ['END'] };
  for await (const batch of enforced(left.batches, rules, { request, tokenizer: tokenizer() })) {
    assert.equal(batch.length, 1);
    break;
  }
  assert.deepEqual(left.seen, { read: 1, letGo: 1 });
  const failing = enforced(upstream(['broken']).batches, rules, { request, tokenizer: tokenizer() });
  await assert.rejects(Array.fromAsync(failing), { message: 'broken' });
});

test('the tokenizer gets ready when half of the limit is in sight', async () => {
  const words = tokenizer();
  const { batches } = upstream(['12345', '6', '7890 and more']);
  const limited = enforced(batches, { ...nothing, maxTokens: 10 }, { request, tokenizer: words });
  const iterator = limited[Symbol.asyncIterator]();
  await iterator.next();
  assert.equal(words.asked.warm, 0);
  await iterator.next();
  assert.equal(words.asked.warm, 1);
});
