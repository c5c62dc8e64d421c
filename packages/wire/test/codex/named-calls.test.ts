import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNamedCalls } from '../../src/codex/named-calls.ts';
import { FaultError } from '../../src/fault.ts';
import {
  begin,
  completed,
  customCall,
  functionCall,
  incomplete,
  interleaved,
  message,
  reasoning,
  upstream,
  type RawEvent,
} from '../upstream-events.ts';

const call = functionCall({ at: 0, callId: 'call_1', name: 'f', deltas: ['{"a"', ':1}'] });
const custom = customCall({ at: 1, callId: 'call_2', name: 'c', deltas: ['text'] });

function isRefused(...parts: readonly (readonly RawEvent[])[]): boolean {
  const check = createNamedCalls();
  try {
    upstream(begin(), ...parts).forEach(check);
    return false;
  } catch (error) {
    assert.ok(error instanceof FaultError);
    assert.equal(error.fault.kind, 'upstream_error');
    return true;
  }
}

function without(events: readonly RawEvent[], ...types: readonly string[]): readonly RawEvent[] {
  return events.filter(({ type }) => !types.includes(type.replace('response.', '')));
}

function nameless(events: readonly RawEvent[]): readonly RawEvent[] {
  return events.map((event) =>
    'item' in event ? { ...event, item: { ...Object(event['item']), name: '' } } : event,
  );
}

test('an answer whose calls have names is fine, however they come', () => {
  assert.equal(isRefused(message({ at: 0, deltas: ['Hi.'] }), completed()), false);
  assert.equal(isRefused(reasoning({ at: 0, summary: [['Hm.']] }), custom, completed()), false);
  assert.equal(isRefused(interleaved(call, custom), completed()), false);
  assert.equal(isRefused(without(call, 'output_item.added'), completed()), false);
  assert.equal(isRefused(without(call, 'output_item.done'), completed()), false);
});

test('a completed answer with a call whose name never came is a failure', () => {
  for (const events of [call, custom]) {
    assert.equal(isRefused(without(events, 'output_item.added', 'output_item.done'), completed()), true);
    assert.equal(isRefused(nameless(events), completed()), true);
  }
});

test('an answer that was cut may have one', () => {
  const cut = without(call, 'output_item.added', 'output_item.done');
  assert.equal(isRefused(cut, incomplete('max_output_tokens')), false);
});

test('a name that only the last event brings is a name', () => {
  const [end] = completed();
  const [first] = call;
  assert.ok(end && first && 'item' in first);
  const output = [{ ...Object(first['item']), arguments: '{}' }];
  const late = { ...end, response: { ...Object(end['response']), output } };
  assert.equal(isRefused(without(call, 'output_item.added', 'output_item.done'), [late]), false);
});
