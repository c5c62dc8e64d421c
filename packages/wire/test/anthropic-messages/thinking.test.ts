import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropicMessages } from '../../src/dialects/anthropic-messages/dialect.ts';
import { nothingRecalled, type ResolvedModel } from '../../src/dialects/dialect.ts';
import { openContext } from '../open-context.ts';

interface Row {
  readonly what: string;
  readonly thinking?: unknown;
  readonly effort?: string;
  readonly model?: Partial<ResolvedModel>;
  readonly reasoning?: unknown;
  readonly clamped?: readonly string[];
}

const adaptive = { type: 'adaptive' };
const upToHigh = { efforts: ['low', 'medium', 'high'] };

const rows: readonly Row[] = [
  { what: 'nothing said' },
  {
    what: 'nothing said, with an effort in the name',
    model: { effort: 'high' },
    reasoning: { effort: 'high' },
  },
  { what: 'an effort', effort: 'low', reasoning: { effort: 'low' } },
  {
    what: 'an effort against the one in the name',
    effort: 'low',
    model: { effort: 'high' },
    reasoning: { effort: 'low' },
  },
  {
    what: 'an effort that the model lacks',
    effort: 'max',
    reasoning: { effort: 'xhigh' },
    clamped: ['output_config.effort'],
  },
  { what: 'an effort and no catalog', effort: 'max', model: { efforts: null }, reasoning: { effort: 'max' } },
  { what: 'disabled', thinking: { type: 'disabled' }, reasoning: { effort: 'none' } },
  {
    what: 'disabled where none is not taken',
    thinking: { type: 'disabled' },
    model: upToHigh,
    reasoning: { effort: 'low' },
  },
  {
    what: 'disabled and no catalog',
    thinking: { type: 'disabled' },
    model: { efforts: null },
    reasoning: { effort: 'low' },
  },
  {
    what: 'disabled with an effort',
    thinking: { type: 'disabled' },
    effort: 'high',
    reasoning: { effort: 'low' },
    clamped: ['output_config.effort'],
  },
  { what: 'between tools', thinking: { type: 'between_tools' }, reasoning: { effort: 'low' } },
  ...[
    [1024, 'low'],
    [2049, 'medium'],
    [8193, 'high'],
    [24_577, 'xhigh'],
  ].map(([budget, effort]) => ({
    what: `a budget of ${budget} tokens`,
    thinking: { type: 'enabled', budget_tokens: budget },
    reasoning: { effort, summary: 'auto' },
  })),
  {
    what: 'a budget beyond the model',
    thinking: { type: 'enabled', budget_tokens: 30_000 },
    model: upToHigh,
    reasoning: { effort: 'high', summary: 'auto' },
    clamped: ['thinking'],
  },
  { what: 'adaptive', thinking: adaptive, reasoning: { effort: 'medium', summary: 'auto' } },
  {
    what: 'adaptive with an effort in the name',
    thinking: adaptive,
    model: { effort: 'xhigh' },
    reasoning: { effort: 'xhigh', summary: 'auto' },
  },
  {
    what: 'adaptive, summarized',
    thinking: { ...adaptive, display: 'summarized' },
    effort: 'high',
    reasoning: { effort: 'high', summary: 'auto' },
  },
  {
    what: 'adaptive, updates',
    thinking: { ...adaptive, display: 'updates' },
    reasoning: { effort: 'medium', summary: 'concise' },
  },
  {
    what: 'adaptive, omitted',
    thinking: { ...adaptive, display: 'omitted' },
    reasoning: { effort: 'medium' },
  },
];

for (const { what, thinking, effort, model, reasoning, clamped = [] } of rows) {
  test(`thinking: ${what}`, () => {
    const body = {
      model: 'gpt-5.5',
      max_tokens: 1024,
      messages: [{ role: 'user', content: 'Go.' }],
      ...(thinking !== undefined && { thinking }),
      ...(effort !== undefined && { output_config: { effort } }),
    };
    const exchange = anthropicMessages.open(body, openContext(model && { model }));
    assert.deepEqual(exchange.codexRequest(nothingRecalled).reasoning, reasoning);
    assert.deepEqual(exchange.warnings.clamped, clamped);
  });
}
