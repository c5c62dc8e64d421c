import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import { assert as check, json, property } from 'fast-check';
import { checkJsonShape } from '../../src/http/json-shape.ts';

const refusal = (text: string): string | null => {
  try {
    checkJsonShape(Buffer.from(text));
    return null;
  } catch (error) {
    return error instanceof FaultError ? error.fault.message : 'not a fault';
  }
};

const nested = (depth: number): string => `${'{"a":['.repeat(depth / 2)}1${']}'.repeat(depth / 2)}`;

test('512 levels pass, one more object does not', () => {
  assert.equal(refusal(nested(512)), null);
  assert.equal(refusal(nested(514)), 'The request body is nested deeper than 512 levels.');
});

test('a quarter of a million values pass, more do not', () => {
  assert.equal(refusal(`[${'0,'.repeat(249_998)}0]`), null);
  assert.equal(refusal(`[${'0,'.repeat(250_001)}0]`), 'The request body holds more than 250000 values.');
});

test('brackets and commas inside strings are text, whatever is escaped around them', () => {
  const text = JSON.stringify({ text: '[{,"\\'.repeat(400_000), after: ['\\\\', '\\"[', '"'] });
  assert.equal(refusal(text), null);
});

test('a string that never ends is left to the parser', () => {
  assert.equal(refusal(`["${'['.repeat(5_000)}`), null);
});

test('no document of ordinary depth and size is refused', () => {
  check(property(json({ maxDepth: 20 }), (text) => assert.equal(refusal(text + ' '.repeat(2_000)), null)));
});
