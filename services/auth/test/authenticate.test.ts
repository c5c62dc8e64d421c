import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { createSecretCheck } from '../src/http/authenticate.ts';

test('each of two secrets is accepted while they rotate, of any length, and nothing near them', () => {
  const isSecret = createSecretCheck([new Secret('old-secret'), new Secret('the-much-longer-new-secret')]);
  const texts = [
    'old-secret',
    'the-much-longer-new-secret',
    'old-secre',
    'old-secret ',
    'OLD-SECRET',
    '',
    'x'.repeat(9_999),
  ];
  assert.deepEqual(texts.map(isSecret), [true, true, false, false, false, false, false]);
});

test('every comparison is made over equal lengths and none is left out after a hit', () => {
  const lengths: string[] = [];
  const equal = (a: Uint8Array, b: Uint8Array) => {
    lengths.push(`${a.length}:${b.length}`);
    return true;
  };
  const isSecret = createSecretCheck([new Secret('a'), new Secret('bbbbbbbbbb')], equal);
  isSecret('a');
  isSecret('a much longer text than any of them');
  assert.deepEqual(lengths, Array(4).fill('32:32'));
});
