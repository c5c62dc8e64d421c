import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendCatalogSchema } from '../../src/models/catalog.ts';

test('an entry keeps every member at every level: the Codex CLI decodes nothing less', () => {
  const entry = {
    slug: 'gpt-5.5',
    display_name: 'GPT-5.5',
    supported_reasoning_levels: [{ effort: 'low', description: 'Fast answers' }],
    truncation_policy: { mode: 'tokens', limit: 10_000 },
    of_a_later_version: [{ deep: { deeper: true } }],
  };
  assert.deepEqual(backendCatalogSchema.parse({ models: [entry] }), { models: [entry] });
});
