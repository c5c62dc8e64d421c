import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { openContext } from '../open-context.ts';

function passedOn(...input: readonly unknown[]) {
  const exchange = openaiResponses.open({ model: 'gpt-5.5', input }, openContext());
  return exchange.codexRequest(nothingRecalled).input;
}

test('an item that is not known goes on as it came, byte for byte', () => {
  const item = { type: 'invented_later', z: 1, content: [{ type: 'x', z: 1, a: [] }], a: null, id: 'x_1' };
  assert.equal(JSON.stringify(passedOn(item)), JSON.stringify([item]));
});

test('what the backend refuses in every item is taken out of those that are not known, too', () => {
  const mark = { prompt_cache_breakpoint: {} };
  const sealed = { type: 'encrypted_content', encrypted_content: 'gAAAA' };
  const input = passedOn(
    { type: 'invented_later', role: 'system', ...mark, content: [{ type: 'x', ...mark }, 'y'] },
    { type: 'invented_call', call_id: 'c', output: [{ type: 'x', ...mark }], id: 'x'.repeat(65) },
    { type: 'function_call', call_id: 'd', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'd', output: [{ ...sealed, ...mark }] },
    { type: 'reasoning', encrypted_content: 'gAAAA', content: [{ type: 'x', ...mark }] },
  );
  assert.deepEqual(input, [
    { type: 'invented_later', role: 'developer', content: [{ type: 'x' }, 'y'] },
    { type: 'invented_call', call_id: 'c', output: [{ type: 'x' }] },
    { type: 'function_call', call_id: 'd', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'd', output: [sealed] },
    { type: 'reasoning', summary: [], content: [{ type: 'x' }], encrypted_content: 'gAAAA' },
  ]);
});
