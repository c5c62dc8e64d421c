import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { nothingRecalled, type Dialect, type ResolvedModel } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat/dialect.ts';
import { openaiResponses } from '../../src/dialects/openai-responses/dialect.ts';
import { openContext } from '../open-context.ts';

const messages = [{ role: 'user', content: 'Hi.' }];

/** For each dialect: a body that says nothing of these options, and one that says all of them. */
const requests = [
  {
    dialect: openaiChat,
    plain: { model: 'm', messages },
    effort: { reasoning_effort: 'low' },
    effortField: 'reasoning_effort',
    explicit: {
      model: 'm',
      messages: [{ role: 'system', content: 'Be kind.' }, ...messages],
      reasoning_effort: 'low',
      reasoning: { summary: 'concise' },
      verbosity: 'high',
      service_tier: 'default',
    },
  },
  {
    dialect: openaiResponses,
    plain: { model: 'm', input: 'Hi.' },
    effort: { reasoning: { effort: 'low' } },
    effortField: 'reasoning.effort',
    explicit: {
      model: 'm',
      input: 'Hi.',
      instructions: 'Be kind.',
      reasoning: { effort: 'low', summary: 'concise' },
      text: { verbosity: 'high' },
      service_tier: 'default',
    },
  },
  {
    dialect: anthropicMessages,
    plain: { model: 'm', max_tokens: 9, thinking: { type: 'adaptive' }, messages },
    effort: { output_config: { effort: 'low' } },
    effortField: 'output_config.effort',
    explicit: null, // the API has no words for a summary's length and for verbosity
  },
] as const;

const preset = { summary: 'detailed', verbosity: 'low', serviceTier: 'fast', instructions: 'Be brief.' };

function optionsOf(dialect: Dialect, body: object, model: Partial<ResolvedModel>) {
  const exchange = dialect.open(body, openContext({ model }));
  const { instructions, reasoning, text, service_tier: tier } = exchange.codexRequest(nothingRecalled);
  return { sent: { instructions, reasoning, text, tier }, warnings: exchange.warnings };
}

for (const { dialect, plain, effort, effortField, explicit } of requests) {
  test(`${dialect.name}: a preset says what the request does not say`, () => {
    assert.deepEqual(optionsOf(dialect, plain, { effort: 'high', preset }).sent, {
      instructions: 'Be brief.',
      reasoning: { effort: 'high', summary: 'detailed' },
      text: { verbosity: 'low' },
      tier: 'priority',
    });
  });

  if (explicit !== null) {
    test(`${dialect.name}: what the request says wins over a preset`, () => {
      assert.deepEqual(optionsOf(dialect, explicit, { effort: 'high', preset }).sent, {
        instructions: 'Be kind.',
        reasoning: { effort: 'low', summary: 'concise' },
        text: { verbosity: 'high' },
        tier: undefined,
      });
    });
  }

  test(`${dialect.name}: a pinned effort wins over the one in the request, which is declared`, () => {
    const { sent, warnings } = optionsOf(dialect, { ...plain, ...effort }, { pinnedEffort: 'high' });
    assert.equal(sent.reasoning?.effort, 'high');
    assert.deepEqual([warnings.clamped, warnings.pinned], [[], [effortField]]);
  });

  test(`${dialect.name}: a pinned effort wins over the one in the model's name`, () => {
    const { sent, warnings } = optionsOf(dialect, plain, { effort: 'low', pinnedEffort: 'high' });
    assert.equal(sent.reasoning?.effort, 'high');
    assert.equal(warnings.pinned?.length, 1);
  });

  test(`${dialect.name}: a pinned effort that nobody spoke against needs no words`, () => {
    const { sent, warnings } = optionsOf(dialect, plain, { pinnedEffort: 'high' });
    assert.equal(sent.reasoning?.effort, 'high');
    assert.equal(warnings.pinned, undefined);
  });

  test(`${dialect.name}: a pinned effort is still one that the model takes`, () => {
    const { sent } = optionsOf(dialect, plain, { pinnedEffort: 'max', efforts: ['low', 'medium'] });
    assert.equal(sent.reasoning?.effort, 'medium');
  });
}
