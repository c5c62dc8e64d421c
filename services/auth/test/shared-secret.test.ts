import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { createSharedSecretCallers } from '../src/callers/shared-secret.ts';

test('each of two secrets is accepted while they rotate, of any length, and nothing near them', async () => {
  const callers = createSharedSecretCallers([
    new Secret('old-secret'),
    new Secret('the-much-longer-new-secret'),
  ]);
  const texts = [
    'old-secret',
    'the-much-longer-new-secret',
    'old-secre',
    'old-secret ',
    'OLD-SECRET',
    '',
    'x'.repeat(9_999),
  ];
  const verdicts = await Promise.all(texts.map(callers.judge));
  assert.deepEqual(
    verdicts.map(({ kind }) => kind),
    ['ok', 'ok', 'unknown', 'unknown', 'unknown', 'unknown', 'unknown'],
  );
});

test('every comparison is made over equal lengths and none is left out after a hit', async () => {
  const lengths: string[] = [];
  const equal = (a: Uint8Array, b: Uint8Array) => {
    lengths.push(`${a.length}:${b.length}`);
    return true;
  };
  const callers = createSharedSecretCallers([new Secret('a'), new Secret('bbbbbbbbbb')], equal);
  await callers.judge('a');
  await callers.judge('a much longer text than any of them');
  assert.deepEqual(lengths, Array(4).fill('32:32'));
});
