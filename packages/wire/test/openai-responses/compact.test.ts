import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutputItem } from '../../src/codex/events.ts';
import type { Folded } from '../../src/codex/fold.ts';
import type { InputItem } from '../../src/codex/items.ts';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { openCompact } from '../../src/dialects/openai-responses/compact.ts';
import { openContext, stamp } from '../open-context.ts';

const trigger = { type: 'compaction_trigger' };

function open(body: object) {
  return openCompact({ model: 'gpt-5.5', ...body }, openContext());
}

function says(role: 'user' | 'assistant', text: string): InputItem {
  const type = role === 'user' ? 'input_text' : 'output_text';
  return { type: 'message', role, content: [{ type, text }] };
}

function answerOf(...items: readonly OutputItem[]): Folded {
  return {
    status: 'completed',
    incompleteReason: null,
    items: items.map((item, outputIndex) => ({ item, outputIndex, done: true })),
    usage: null,
    response: {},
  };
}

const sealed = { type: 'compaction', id: 'cmp_1', encrypted_content: 'gAAAA' };

test('what was said before and now is repeated, before the sealed rest', () => {
  const exchange = open({ input: 'Second.', previous_response_id: 'resp_1' });
  const history = [says('user', 'First.'), says('assistant', 'Yes.')];
  const { input } = exchange.codexRequest({ ...nothingRecalled, history });
  assert.deepEqual(input, [...history, says('user', 'Second.'), trigger]);
  const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gBBBB' };
  assert.deepEqual(exchange.reply(answerOf(thought, sealed), stamp), {
    id: `resp_${stamp.id}`,
    object: 'response.compaction',
    created_at: stamp.createdAt,
    output: [
      { id: `msg_${stamp.id}_0`, ...says('user', 'First.'), status: 'completed' },
      { id: `msg_${stamp.id}_1`, ...says('user', 'Second.'), status: 'completed' },
      sealed,
    ],
    usage: {
      input_tokens: 0,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: 0,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 0,
    },
  });
});

test('an earlier response is compacted without anything new', () => {
  for (const input of [undefined, null, []]) {
    const history = [says('user', 'First.')];
    const exchange = open({ input, previous_response_id: 'resp_1' });
    assert.deepEqual(exchange.codexRequest({ ...nothingRecalled, history }).input, [...history, trigger]);
  }
});

test('an answer in one piece is all there is', () => {
  assert.equal(open({ input: 'Hi.', stream: true }).wantsStream, false);
});

test('a compaction that was not finished is none', () => {
  const exchange = open({ input: 'Hi.' });
  exchange.codexRequest(nothingRecalled);
  const unfinished = { ...answerOf(), items: [{ item: sealed, outputIndex: 0, done: false }] };
  assert.throws(() => exchange.reply(unfinished, stamp), /did not compact/);
});
