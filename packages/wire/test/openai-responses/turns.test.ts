import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodexEvent } from '../../src/codex/events.ts';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { openContext, stamp } from '../open-context.ts';
import { begin, completed, upstream, type RawEvent } from '../upstream-events.ts';
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
