import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodexEvent } from '../../src/codex/events.ts';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { openContext, stamp } from '../open-context.ts';
import { begin, completed, message, reasoning, upstream, type RawEvent } from '../upstream-events.ts';
import { readFrames } from './frames.ts';

function open(input: readonly unknown[]) {
  return openaiResponses.open({ model: 'gpt-5.5', stream: true, input }, openContext());
}

/** What a client like the Codex CLI keeps of a stream: the finished items. */
function finishedItems(input: readonly unknown[], events: readonly CodexEvent[]): readonly unknown[] {
  return readFrames(open(input).encoder(stamp).push(events))
    .filter(({ event }) => event === 'response.output_item.done')
    .map(({ data }) => data['item']);
}

function itemEvents(item: Readonly<Record<string, unknown>>, at: number): readonly RawEvent[] {
  return ['response.output_item.added', 'response.output_item.done'].map((type) => ({
    type,
    output_index: at,
    item,
  }));
}

const thought = {
  type: 'reasoning',
  id: `rs_${'z'.repeat(300)}`,
  summary: [{ type: 'summary_text', text: 'A thought.' }],
  content: null,
  encrypted_content: 'gAAAA-sealed',
};
const call = {
  type: 'custom_tool_call',
  id: 'ctc_1',
  status: 'completed',
  call_id: 'call_1',
  name: 'exec',
  namespace: 'functions',
  input: 'ls()',
};

test('items go to the client as the upstream made them, with every id and member', () => {
  const events = upstream(begin(), itemEvents(thought, 0), itemEvents(call, 1), completed());
  assert.deepEqual(finishedItems([{ role: 'user', content: 'List.' }], events), [thought, call]);
});

test('items that the client sends back reach the upstream without ids, all else kept', () => {
  const output = { type: 'custom_tool_call_output', call_id: 'call_1', output: 'a.txt' };
  const { input } = open([{ role: 'user', content: 'List.' }, thought, call, output]).codexRequest(
    nothingRecalled,
  );
  const { id: _thoughtId, ...sealed } = thought;
  const { id: _callId, status: _status, ...called } = call;
  assert.deepEqual(input.slice(1), [sealed, called, output]);
});

test('the input of a turn is the beginning of the next one, byte for byte', () => {
  const first = [
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', content: 'Think.' },
  ];
  const events = upstream(
    begin(),
    reasoning({ at: 0, summary: [['Hm.']] }),
    message({ at: 1, deltas: ['Blue.'], phase: 'final_answer' }),
    completed(),
  );
  const next = [...first, ...finishedItems(first, events), { role: 'user', content: 'Why?' }];
  const [before, after] = [first, next].map((input) => open(input).codexRequest(nothingRecalled));
  assert.ok(before && after);
  assert.equal(before.prompt_cache_key, after.prompt_cache_key);
  const [start, whole] = [before.input, after.input].map((input) => JSON.stringify(input).slice(0, -1));
  assert.ok(start && whole?.startsWith(`${start},`));
  assert.deepEqual(after.input.slice(2, 4), [
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
      encrypted_content: 'gAAAA-sealed-0',
    },
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Blue.' }],
      phase: 'final_answer',
    },
  ]);
});

test('an item whose type changes at its end stays what it was announced as', () => {
  const events = upstream(
    begin(),
    itemEvents({ type: 'message', id: 'msg_1', role: 'assistant', content: [] }, 0).slice(0, 1),
    itemEvents(call, 0).slice(1),
    completed(),
  );
  assert.deepEqual(finishedItems([{ role: 'user', content: 'Go.' }], events), [
    { type: 'message', id: 'msg_1', role: 'assistant', content: [], status: 'incomplete' },
  ]);
});

function cacheKey(
  body: object,
  context: { readonly cacheScope?: string; readonly sessionId?: string },
): string {
  return openaiResponses
    .open({ model: 'gpt-5.5', input: 'Hi.', ...body }, openContext(context))
    .codexRequest(nothingRecalled).prompt_cache_key;
}

test('conversations of different API keys and of different beginnings do not share a prompt cache', () => {
  const own = cacheKey({}, { cacheScope: 'key-1' });
  assert.equal(cacheKey({}, { cacheScope: 'key-1' }), own);
  assert.notEqual(cacheKey({}, { cacheScope: 'key-2' }), own);
  assert.notEqual(cacheKey({ input: 'Ho.' }, { cacheScope: 'key-1' }), own);
});

test('the session of the client names the prompt cache when the body does not', () => {
  const [first, second] = [{ sessionId: 's-1' }, { sessionId: 's-2' }];
  assert.equal(cacheKey({ input: 'One.' }, first), cacheKey({ input: 'Two.' }, first));
  assert.notEqual(cacheKey({}, first), cacheKey({}, second));
  assert.equal(cacheKey({ prompt_cache_key: 'k' }, first), cacheKey({ prompt_cache_key: 'k' }, second));
});

test('the effort of the model name is used, and loses to the one in the request', () => {
  const model = { effort: 'high', efforts: ['low', 'high'] };
  const effort = (body: object) =>
    openaiResponses
      .open({ model: 'gpt-5.5-high', input: 'Hi.', ...body }, openContext({ model }))
      .codexRequest(nothingRecalled).reasoning;
  assert.deepEqual(effort({}), { effort: 'high' });
  assert.deepEqual(effort({ reasoning: { effort: 'low' } }), { effort: 'low' });
});
