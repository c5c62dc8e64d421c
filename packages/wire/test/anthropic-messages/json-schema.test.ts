import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOpenAiStrict } from '../../src/dialects/anthropic-messages/json-schema.ts';

function closed(properties: number) {
  const names = Array.from({ length: properties }, (_, index) => `p${index}`);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, {}])),
    required: names,
    additionalProperties: false,
  };
}

test('a strict schema has at most five thousand properties', () => {
  assert.equal(isOpenAiStrict(closed(5000)), true);
  assert.equal(isOpenAiStrict(closed(5001)), false);
  assert.equal(isOpenAiStrict({ ...closed(0), anyOf: [closed(5001)] }), false);
});
