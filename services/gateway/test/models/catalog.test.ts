import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isDescribed,
  listed,
  modelLabel,
  modelObject,
  toCatalog,
  withChoices,
  type CatalogEntry,
} from '../../src/models/catalog.ts';
import { chosen } from './chosen.ts';

const levels = ['low', 'medium', 'high'].map((effort) => ({ effort }));
const catalog = toCatalog({
  models: [
    { slug: 'gpt-6-sol', priority: 2, supported_reasoning_levels: levels },
    { slug: 'gpt-5.5', priority: 1 },
    { slug: 'gpt-5.5-high', priority: 9 }, // a slug that looks like an effort suffix
    { slug: 'claude-native', priority: 3 }, // a slug that looks like an alias
    { slug: 'hidden', visibility: 'hide' },
    { slug: 'shadow', visibility: 'none' },
    { slug: 'unranked', visibility: 'list' },
  ],
});

test('models are listed best first, without the hidden ones', () => {
  assert.deepEqual(
    listed(catalog).map(({ slug }) => slug),
    ['gpt-5.5', 'gpt-6-sol', 'claude-native', 'gpt-5.5-high', 'unranked'],
  );
});

test('an operator hides and shows models, and adds some that the backend does not list', () => {
  const { choices } = chosen(`
    models: { gpt-5.5: { listed: false }, hidden: { listed: true }, unknown: { listed: true } }
    extraModels: [preview, unranked, preview]
  `);
  const changed = withChoices(catalog, choices);
  assert.deepEqual(
    listed(changed).map(({ slug }) => slug),
    ['gpt-6-sol', 'claude-native', 'gpt-5.5-high', 'hidden', 'unranked', 'preview'],
  );
  assert.equal(changed.complete, true);
});

test('a bare name is no description of a model', () => {
  const [best, sol] = catalog.entries;
  assert.deepEqual([best && isDescribed(best), sol && isDescribed(sol)], [false, true]);
});

test('a metric names only models of the catalog', () => {
  assert.deepEqual([modelLabel(catalog, 'hidden'), modelLabel(catalog, 'invented-1')], ['hidden', 'other']);
});

test('one object serves both SDK families', () => {
  const entry: CatalogEntry = {
    slug: 'gpt-6-sol',
    display_name: 'GPT-6 Sol',
    context_window: 272_000,
    secret: 1,
  };
  assert.deepEqual(modelObject(entry), {
    id: 'gpt-6-sol',
    object: 'model',
    created: 0,
    owned_by: 'openai',
    type: 'model',
    display_name: 'GPT-6 Sol',
    created_at: '1970-01-01T00:00:00.000Z',
    lifecycle: 'active',
    line: null,
    max_input_tokens: 272_000,
    max_tokens: null,
    capabilities: null,
    deprecated_at: null,
    retires_at: null,
  });
  assert.equal(modelObject({ slug: 'x' }).display_name, 'x');
});

const [yes, no] = [{ supported: true }, { supported: false }];

test('what the backend says of a model is told as its capabilities', () => {
  const described: CatalogEntry = {
    slug: 'gpt-6-sol',
    supported_reasoning_levels: levels,
    input_modalities: ['text', 'image'],
    web_search_tool_type: 'text',
  };
  const { capabilities } = modelObject(described);
  assert.deepEqual(capabilities, {
    batch: no,
    citations: no,
    code_execution: no,
    context_management: {
      supported: false,
      clear_thinking_20251015: no,
      clear_tool_uses_20250919: no,
      compact_20260112: no,
    },
    effort: { supported: true, low: yes, medium: yes, high: yes, xhigh: no, max: no },
    image_input: yes,
    pdf_input: yes,
    server_tools: { supported: true, web_search: yes, code_execution: no },
    structured_outputs: yes,
    thinking: {
      supported: true,
      types: { adaptive: yes, between_tools: yes, disabled: yes, enabled: yes },
    },
  });
  const less = modelObject({ slug: 'x', supported_reasoning_levels: [{ effort: 'none' }] }).capabilities;
  assert.deepEqual(
    [less?.image_input, less?.server_tools.web_search, less?.thinking.supported],
    [no, no, false],
  );
});
