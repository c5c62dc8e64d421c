import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { nothingRecalled } from '../../src/dialects/dialect.ts';
import { golden, json } from './golden.ts';
import { openContext } from './open-context.ts';

const folder = new URL('../../fixtures/anthropic-messages/requests/', import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.client.json'))
  .map((file) => file.replace('.client.json', ''));

/** What the backend takes at the top of a body; anything else is a 400 there. */
const upstreamFields = new Set([
  'model',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'include',
  'prompt_cache_key',
  'service_tier',
  'store',
  'stream',
]);

test('there are request cases', () => {
  assert.ok(cases.length > 20);
});

for (const name of cases) {
  test(`the request "${name}" goes upstream as recorded`, (t) => {
    const body: unknown = JSON.parse(readFileSync(new URL(`${name}.client.json`, folder), 'utf8'));
    const exchange = anthropicMessages.open(body, openContext());
    const upstream = exchange.codexRequest(nothingRecalled);
    assert.deepEqual(
      Object.keys(upstream).filter((field) => !upstreamFields.has(field)),
      [],
    );
    assert.deepEqual(exchange.codexRequest(nothingRecalled), upstream, 'a retry sends the same');
    const { warnings, maxTokens, recall } = exchange;
    golden(t, json({ upstream, warnings, maxTokens, recall }), `requests/${name}.upstream.json`);
  });
}
