import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import type { ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import { FaultError, invalidRequest, type Fault } from '@codex-gateway/wire/fault.ts';
import { withTokens } from '../../src/http/overflow.ts';

const model: ResolvedModel = {
  requested: 'm',
  slug: 'm',
  exists: true,
  efforts: null,
  effort: null,
  window: 272_000,
};
const overflow: Fault = { kind: 'context_length_exceeded', message: 'Too much.', param: 'input' };

function saying(instructions: string): CodexRequest {
  return {
    model: 'm',
    instructions,
    input: [],
    parallel_tool_calls: true,
    include: [],
    prompt_cache_key: 'key',
    store: false,
    stream: true,
  };
}

function told(instructions: string): Fault {
  const error = withTokens(
    new FaultError(overflow, { upstreamRequestId: 'up_1' }),
    saying(instructions),
    model,
  );
  assert.ok(error instanceof FaultError);
  assert.equal(error.upstreamRequestId, 'up_1');
  return error.fault;
}

test('an overflow says what was sent, by an estimate, and what fits', () => {
  assert.deepEqual(told('word '.repeat(400_000)), {
    ...overflow,
    tokens: { sent: 500_000, maximum: 272_000 },
  });
});

test('what was too much is more than what fits, whatever the estimate is', () => {
  assert.deepEqual(told('Hi.'), { ...overflow, tokens: { sent: 272_001, maximum: 272_000 } });
});

test('an overflow of an unknown model and every other error stay as they are', () => {
  const { window: _, ...unknown } = model;
  for (const [error, of] of [
    [new FaultError(overflow), unknown],
    [invalidRequest('No.', null), model],
    [new Error('a bug'), model],
  ] as const)
    assert.equal(withTokens(error, saying('Hi.'), of), error);
});
