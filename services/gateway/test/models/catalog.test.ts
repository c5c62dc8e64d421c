import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import {
  builtInCatalog,
  listed,
  modelLabel,
  modelObject,
  resolveModel,
  toCatalog,
  type CatalogEntry,
} from '../../src/models/catalog.ts';

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

const sol = { slug: 'gpt-6-sol', efforts: ['low', 'medium', 'high'] };
const plain = { slug: 'gpt-5.5', efforts: null };

const cases: readonly (readonly [
  requested: string,
  expected: Omit<ResolvedModel, 'requested' | 'exists'>,
])[] = [
  ['gpt-6-sol', { ...sol, effort: null }],
  ['openai/gpt-6-sol', { ...sol, effort: null }],
  ['anthropic/gpt-6-sol', { ...sol, effort: null }],
  ['claude-gpt-6-sol', { ...sol, effort: null }],
  ['anthropic/claude-gpt-6-sol', { ...sol, effort: null }],
  ['gpt-6-sol-high', { ...sol, effort: 'high' }],
  ['claude-gpt-6-sol-minimal', { ...sol, effort: 'minimal' }],
  ['openai/claude-gpt-6-sol-xhigh', { ...sol, effort: 'xhigh' }],
  ['gpt-5.5-low', { ...plain, effort: 'low' }],
  ['gpt-5.5-high', { slug: 'gpt-5.5-high', efforts: null, effort: null }], // the exact slug comes first
  ['gpt-5.5-high-low', { slug: 'gpt-5.5-high', efforts: null, effort: 'low' }],
  ['claude-native', { slug: 'claude-native', efforts: null, effort: null }],
  ['hidden', { slug: 'hidden', efforts: null, effort: null }],
];

for (const [requested, expected] of cases) {
  test(`${requested} is ${expected.slug}${expected.effort === null ? '' : ` at ${expected.effort}`}`, () => {
    assert.deepEqual(resolveModel(catalog, requested), { requested, ...expected, exists: true });
  });
}

for (const requested of [
  'gpt-7',
  'GPT-6-SOL',
  'gpt-6-sol-huge',
  'openai/openai/gpt-6-sol',
  '',
  'claude-opus-9',
]) {
  test(`'${requested}' does not exist in a loaded catalog`, () => {
    const slug = requested.replace(/^openai\//, '');
    const expected = { requested, slug, effort: null, exists: false, efforts: null };
    assert.deepEqual(resolveModel(catalog, requested), expected);
  });
}

test('with the built-in list, nobody can say that a model does not exist', () => {
  const expected = { requested: 'gpt-7', slug: 'gpt-7', effort: null, exists: true, efforts: null };
  assert.deepEqual(resolveModel(builtInCatalog, 'gpt-7'), expected);
});

test('models are listed best first, without the hidden ones', () => {
  assert.deepEqual(
    listed(catalog).map(({ slug }) => slug),
    ['gpt-5.5', 'gpt-6-sol', 'claude-native', 'gpt-5.5-high', 'unranked'],
  );
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
