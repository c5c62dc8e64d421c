import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodexEvent } from '../../src/codex/events.ts';
import { createFold, type Fold } from '../../src/codex/fold.ts';
import {
  begin,
  completed,
  customCall,
  errorEvent,
  failed,
  functionCall,
  incomplete,
  interleaved,
  message,
  noise,
  reasoning,
  refusalMessage,
  upstream,
  type RawEvent,
} from '../upstream-events.ts';

const hello = message({ at: 1, deltas: ['Hel', 'lo'] });
const thought = reasoning({ at: 0, summary: [['First ', 'thought.'], ['Second.']] });
const call = functionCall({ at: 2, callId: 'call_1', name: 'f', deltas: ['{"a":', '1}'] });
const custom = customCall({ at: 3, callId: 'call_2', name: 'c', deltas: ['ls', ' -la'] });

function folded(events: readonly CodexEvent[]): Fold {
  const fold = createFold();
  fold.push(events);
  return fold;
}

function itemsOf(...groups: readonly (readonly RawEvent[])[]) {
  return folded(upstream(begin(), ...groups, completed())).items();
}

function doneItem(events: readonly RawEvent[]): unknown {
  return events.at(-1)?.['item'];
}

/** Without the item's last event, so that it stays unfinished. */
function unfinished(events: readonly RawEvent[]): readonly RawEvent[] {
  return events.slice(0, -1);
}

test('the items of an answer come from their own events, because the final object has none', () => {
  const result = folded(upstream(begin(), noise(), thought, hello, call, custom, completed())).result();
  assert.ok(result);
  assert.deepEqual(result.items, [
    { outputIndex: 0, item: doneItem(thought), done: true },
    { outputIndex: 1, item: doneItem(hello), done: true },
    { outputIndex: 2, item: doneItem(call), done: true },
    { outputIndex: 3, item: doneItem(custom), done: true },
  ]);
  assert.deepEqual(
    { status: result.status, reason: result.incompleteReason, usage: result.usage },
    {
      status: 'completed',
      reason: null,
      usage: {
        inputTokens: 20,
        cachedInputTokens: 8,
        cacheWriteTokens: 0,
        outputTokens: 7,
        reasoningTokens: 2,
        totalTokens: 27,
      },
    },
  );
});

test('items stand in the order of their places, however their events came', () => {
  assert.deepEqual(
    itemsOf(interleaved(custom, call, hello)).map(({ outputIndex }) => outputIndex),
    [1, 2, 3],
  );
});

test('an unfinished message is rebuilt from its deltas', () => {
  assert.deepEqual(itemsOf(unfinished(hello)), [
    {
      outputIndex: 1,
      item: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        status: 'incomplete',
        content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
      },
      done: false,
    },
  ]);
});

test('an unfinished refusal is rebuilt from its deltas', () => {
  assert.deepEqual(itemsOf(unfinished(refusalMessage({ at: 0, deltas: ['I ', 'will not.'] }))), [
    {
      outputIndex: 0,
      item: {
        id: 'msg_0',
        type: 'message',
        role: 'assistant',
        status: 'incomplete',
        content: [{ type: 'refusal', refusal: 'I will not.' }],
      },
      done: false,
    },
  ]);
});

test('unfinished reasoning keeps its summary', () => {
  const [item] = itemsOf(unfinished(thought));
  assert.deepEqual(item?.item.summary, [
    { type: 'summary_text', text: 'First thought.' },
    { type: 'summary_text', text: 'Second.' },
  ]);
  assert.equal(item?.done, false);
});

test('unfinished calls keep the part that came, unmended', () => {
  const items = itemsOf(call.slice(0, 2), custom.slice(0, 2));
  assert.deepEqual(
    items.map(({ item, done }) => ({ callId: item.call_id, text: item.arguments || item.input, done })),
    [
      { callId: 'call_1', text: '{"a":', done: false },
      { callId: 'call_2', text: 'ls', done: false },
    ],
  );
});

test('deltas of an item that was never announced are an item too', () => {
  const text = hello.filter(({ type }) => type === 'response.output_text.delta');
  assert.deepEqual(itemsOf(text), [
    {
      outputIndex: 1,
      item: {
        type: 'message',
        status: 'incomplete',
        content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
      },
      done: false,
    },
  ]);
});

test('items of other types pass through, finished or not', () => {
  const search = { id: 'ws_1', type: 'web_search_call', action: { type: 'search', query: 'x' } };
  const added = { type: 'response.output_item.added', output_index: 0, item: search };
  assert.deepEqual(itemsOf([added, { ...added, type: 'response.output_item.done' }]), [
    { outputIndex: 0, item: search, done: true },
  ]);
  assert.deepEqual(itemsOf([added]), [
    { outputIndex: 0, item: { ...search, status: 'incomplete' }, done: false },
  ]);
});

test('an incomplete answer says why', () => {
  const result = folded(upstream(begin(), unfinished(hello), incomplete('max_output_tokens'))).result();
  assert.deepEqual(
    { status: result?.status, reason: result?.incompleteReason },
    { status: 'incomplete', reason: 'max_output_tokens' },
  );
  const [event] = upstream([{ type: 'response.incomplete', response: {} }]);
  assert.ok(event);
  assert.equal(folded([event]).result()?.incompleteReason, 'unknown');
});

test('half an answer is none', () => {
  assert.equal(folded(upstream(begin(), hello)).result(), null);
  assert.equal(folded(upstream(begin(), hello, failed({ message: 'Broken.' }))).result(), null);
  assert.equal(folded(upstream(begin(), hello, errorEvent({ message: 'Broken.' }))).result(), null);
  assert.equal(folded([]).result(), null);
});

test('the first ending counts: what comes after it is not read', () => {
  const late = message({ at: 5, deltas: ['late'] });
  const whole = folded(upstream(begin(), hello, completed(), late, incomplete('content_filter')));
  assert.deepEqual(
    { status: whole.result()?.status, items: whole.items().length },
    { status: 'completed', items: 1 },
  );
  assert.equal(folded(upstream(begin(), hello, errorEvent({}), completed())).result(), null);
});

test('batches make no difference', () => {
  const events = upstream(begin(), thought, interleaved(call, custom), hello, completed());
  const fold = createFold();
  for (const event of events) fold.push([event]);
  assert.deepEqual(fold.result(), folded(events).result());
});
