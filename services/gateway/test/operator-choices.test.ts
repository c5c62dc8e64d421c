import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noChoices, parseChoices, readChoicesFile } from '../src/operator-choices.ts';
import { chosen } from './models/chosen.ts';

test('a file with everything is read', () => {
  const text = `
    models: { gpt-5.4: { defaultEffort: low, pinnedEffort: high, listed: false } }
    aliases: { "gpt-4*": gpt-5.5, o3: gpt-6-sol }
    presets:
      fast: { effort: low, summary: concise, verbosity: low, serviceTier: priority, instructions: Be brief. }
    extraModels: [gpt-7-preview]
    anthropicAliases: false
    chat: { reasoning: both }
    emulate: { stop: false, maxTokens: false, toolText: false }
    prices: { gpt-5.5: { input: 1.25, cachedInput: 0.125, output: 10 } }
  `;
  assert.deepEqual(chosen(text).choices, {
    models: { 'gpt-5.4': { defaultEffort: 'low', pinnedEffort: 'high', listed: false } },
    aliases: { 'gpt-4*': 'gpt-5.5', o3: 'gpt-6-sol' },
    presets: {
      fast: {
        effort: 'low',
        summary: 'concise',
        verbosity: 'low',
        serviceTier: 'priority',
        instructions: 'Be brief.',
      },
    },
    extraModels: ['gpt-7-preview'],
    anthropicAliases: false,
    chat: { reasoning: 'both' },
    emulate: { stop: false, maxTokens: false, toolText: false },
    prices: { 'gpt-5.5': { input: 1.25, cachedInput: 0.125, output: 10 } },
  });
});

test('an empty file chooses nothing', () => {
  assert.deepEqual(chosen('').choices, noChoices);
  assert.deepEqual(noChoices, {
    models: {},
    aliases: {},
    presets: {},
    extraModels: [],
    anthropicAliases: true,
    chat: { reasoning: 'reasoning_content' },
    emulate: { stop: true, maxTokens: true, toolText: true },
    prices: {},
  });
});

test('what is left out of a group keeps its default', () => {
  assert.deepEqual(chosen('emulate: { stop: false }').choices.emulate, {
    stop: false,
    maxTokens: true,
    toolText: true,
  });
});

test('every problem is told with its line, all at once', () => {
  const text = [
    'models:',
    '  gpt-5.5:',
    '    defaultEffort: hard',
    '    hidden: true',
    'aliases:',
    '  gpt-4@fast: gpt-5.5',
    '  gpt-4: "gpt 5"',
    'presets:',
    '  fast:',
    '    effort: 3',
    '    temperature: 0',
    'extraModels: gpt-7',
    'emulate: { stop: 1 }',
    'chat: { reasoning: all }',
    'prices:',
    '  gpt-5.5: { input: -1, output: 1 }',
    'colour: red',
  ].join('\n');
  const file = parseChoices(text);
  assert.ok(!file.ok);
  const efforts = 'Invalid option: expected one of "none"|"minimal"|"low"|"medium"|"high"|"xhigh"|"max"';
  const displays = 'Invalid option: expected one of "reasoning_content"|"reasoning"|"both"|"off"';
  assert.deepEqual(
    new Set(file.problems),
    new Set([
      `line 3: models.gpt-5.5.defaultEffort: ${efforts}`,
      'line 4: models.gpt-5.5.hidden: is not a known member',
      'line 6: aliases.gpt-4@fast: the name must be a model name without a preset; * is the only wildcard',
      'line 7: aliases.gpt-4: must be a model name',
      `line 10: presets.fast.effort: ${efforts}`,
      'line 11: presets.fast.temperature: is not a known member',
      'line 12: extraModels: Invalid input: expected array, received string',
      'line 13: emulate.stop: Invalid input: expected boolean, received number',
      `line 14: chat.reasoning: ${displays}`,
      'line 16: prices.gpt-5.5.input: Too small: expected number to be >=0',
      'line 16: prices.gpt-5.5.cachedInput: Invalid input: expected number, received undefined',
      'line 17: colour: is not a known member',
    ]),
  );
});

test('what is no YAML is told with its line', () => {
  const file = parseChoices('models:\n  a: {\nb');
  assert.ok(!file.ok);
  assert.match(file.problems.join(), /^line \d: /);
});

test('a file that cannot be read is told with its path', () => {
  assert.deepEqual(readChoicesFile('/nowhere/config.yaml'), {
    ok: false,
    problems: ['cannot read /nowhere/config.yaml (ENOENT)'],
  });
});
