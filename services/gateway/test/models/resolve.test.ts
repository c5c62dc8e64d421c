import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import { builtInCatalog, toCatalog } from '../../src/models/catalog.ts';
import { createModelResolver, withoutPreset } from '../../src/models/resolve.ts';
import { noChoices } from '../../src/operator-choices.ts';
import { faultOf } from '../fault-of.ts';
import { chosen } from './chosen.ts';

const levels = ['low', 'medium', 'high'].map((effort) => ({ effort }));
const catalog = toCatalog({
  models: [
    { slug: 'gpt-6-sol', priority: 2, supported_reasoning_levels: levels, context_window: 872_000 },
    { slug: 'gpt-5.5', priority: 1 },
    { slug: 'gpt-5.4', priority: 4 },
    { slug: 'gpt-5.5-high', priority: 9 }, // a slug that looks like an effort suffix
    { slug: 'claude-native', priority: 3 }, // a slug that looks like an alias
    { slug: 'hidden', visibility: 'hide' },
  ],
});
const resolve = createModelResolver(noChoices);

const sol = { slug: 'gpt-6-sol', window: 872_000, efforts: ['low', 'medium', 'high'] };
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
  ['gpt-6-sol[1m]', { ...sol, effort: null }],
  ['claude-gpt-6-sol-high[1m]', { ...sol, effort: 'high' }],
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
    assert.deepEqual(resolve(catalog, requested), { requested, ...expected, exists: true });
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
    assert.deepEqual(resolve(catalog, requested), expected);
  });
}

test('with the built-in list, nobody can say that a model does not exist', () => {
  const expected = { requested: 'gpt-7', slug: 'gpt-7', effort: null, exists: true, efforts: null };
  assert.deepEqual(resolve(builtInCatalog, 'gpt-7'), expected);
});

const { choices } = chosen(`
  models:
    gpt-5.5: { defaultEffort: low }
    gpt-6-sol: { pinnedEffort: high, defaultEffort: low }
  aliases:
    "gpt-4*": gpt-5.5
    "gpt-4o*": gpt-6-sol
    gpt-4o: gpt-5.4
    gpt-5.5: gpt-6-sol
    claude-opus: gpt-5.4
    anything-high: gpt-5.5
    gone: gpt-1
  presets:
    fast: { effort: low, verbosity: low, serviceTier: fast }
    terse: { instructions: Be brief., summary: concise }
    constructor: { effort: high }
`);
const chosenResolve = createModelResolver(choices);

const chosenCases: readonly (readonly [requested: string, expected: object])[] = [
  ['gpt-5.5', { slug: 'gpt-5.5', effort: 'low' }], // the exact slug comes before an alias
  ['gpt-4', { slug: 'gpt-5.5', effort: 'low' }],
  ['gpt-4o', { slug: 'gpt-5.4', effort: 'xhigh' }], // an exact alias comes before a pattern
  ['gpt-4o-mini', { slug: 'gpt-5.5', effort: 'low' }], // of several patterns the first
  ['openai/gpt-4', { slug: 'gpt-5.5', effort: 'low' }],
  ['claude-opus', { slug: 'gpt-5.4', effort: 'xhigh' }],
  ['claude-opus-medium', { slug: 'gpt-5.4', effort: 'medium' }],
  ['anything-high', { slug: 'gpt-5.5', effort: 'low' }], // an alias comes before an effort
  ['gpt-5.4-low', { slug: 'gpt-5.4', effort: 'low' }],
  ['gpt-6-sol', { ...sol, effort: null, pinnedEffort: 'high' }],
  ['gpt-6-sol-medium', { ...sol, effort: 'medium', pinnedEffort: 'high' }],
  ['gone', { slug: 'gpt-1', effort: null, exists: false }],
  [
    'gpt-5.4@fast',
    { slug: 'gpt-5.4', effort: 'low', preset: { effort: 'low', verbosity: 'low', serviceTier: 'fast' } },
  ],
  ['openai/gpt-4@terse', { slug: 'gpt-5.5', effort: 'low', preset: choices.presets['terse'] }],
  ['gpt-5.4-high@fast', { slug: 'gpt-5.4', effort: 'high', preset: choices.presets['fast'] }],
  ['gpt-5.4@constructor', { slug: 'gpt-5.4', effort: 'high', preset: { effort: 'high' } }],
];

for (const [requested, expected] of chosenCases) {
  test(`with the operator's choices ${requested} is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(chosenResolve(catalog, requested), {
      requested,
      exists: true,
      efforts: null,
      ...expected,
    });
  });
}

test('gpt-5.4 thinks hard unless somebody says otherwise', () => {
  assert.equal(resolve(catalog, 'gpt-5.4').effort, 'xhigh');
  const other = createModelResolver(chosen('models: { gpt-5.4: { defaultEffort: low } }').choices);
  assert.equal(other(catalog, 'gpt-5.4').effort, 'low');
  const unlisted = createModelResolver(chosen('models: { gpt-5.4: { listed: false } }').choices);
  assert.equal(unlisted(catalog, 'gpt-5.4').effort, 'xhigh');
});

for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
  test(`${name} is a name like any other`, async () => {
    assert.equal(resolve(catalog, name).exists, false);
    const { kind } = await faultOf(() => resolve(catalog, `gpt-5.5@${name}`));
    assert.equal(kind, 'invalid_request');
  });
}

test('an unknown preset is refused with the names of those there are', async () => {
  assert.deepEqual(await faultOf(() => chosenResolve(catalog, 'gpt-5.5@slow@er')), {
    kind: 'invalid_request',
    message:
      "Invalid value for 'model': there is no preset 'slow@er'; the presets are fast, terse, constructor.",
    param: 'model',
  });
  assert.deepEqual(await faultOf(() => resolve(catalog, 'gpt-5.5@')), {
    kind: 'invalid_request',
    message: "Invalid value for 'model': there is no preset ''; there are none.",
    param: 'model',
  });
});

test('a preset is no part of the name that a policy is about', () => {
  assert.deepEqual(['a@b@c', 'a', '@b'].map(withoutPreset), ['a', 'a', '']);
});
