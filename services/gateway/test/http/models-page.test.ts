import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import { modelsPage } from '../../src/http/models-page.ts';

const entries = ['a', 'b', 'c', 'd', 'e'].map((slug) => ({ slug }));

function shown(query: Readonly<Record<string, unknown>>) {
  const { data, has_more, first_id, last_id } = modelsPage(entries, query);
  return { ids: data.map(({ id }) => id).join(''), has_more, first_id, last_id };
}

for (const [what, query, ids, hasMore] of [
  ['without parameters all are on one page', {}, 'abcde', false],
  ['a page ends at its limit', { limit: '2' }, 'ab', true],
  ['a page may hold just what there is', { limit: '5' }, 'abcde', false],
  ['after_id is where the next page begins', { limit: '2', after_id: 'b' }, 'cd', true],
  ['after the last one there is nothing', { after_id: 'e' }, '', false],
  ['before_id is where the page before ends', { limit: '2', before_id: 'e' }, 'cd', true],
  ['the first page of those before has no more', { limit: '2', before_id: 'c' }, 'ab', false],
  ['before the first one there is nothing', { before_id: 'a' }, '', false],
  ['between two models are those between them', { after_id: 'a', before_id: 'd' }, 'bc', false],
  ['every model is active', { lifecycle: 'active' }, 'abcde', false],
  ['no model is retired', { 'lifecycle[]': 'retired' }, '', false],
  ['of several stages each counts', { 'lifecycle[]': ['deprecated', 'active'] }, 'abcde', false],
] as const) {
  test(what, () => {
    const [first_id, last_id] = [ids.at(0) ?? null, ids.at(-1) ?? null];
    assert.deepEqual(shown(query), { ids, has_more: hasMore, first_id, last_id });
  });
}

for (const [param, value, wrong] of [
  ...['0', '1001', '-1', 'ten', '1.5', ''].map(
    (limit) => ['limit', limit, 'must be a whole number from 1 to 1000'] as const,
  ),
  ['after_id', 'x', 'no such model is listed'],
  ['before_id', ['a', 'b'], 'no such model is listed'],
] as const) {
  test(`${param}=${String(value)} is refused`, () => {
    assert.throws(
      () => modelsPage(entries, { [param]: value }),
      (error) => {
        assert.ok(error instanceof FaultError);
        const message = `Invalid value for '${param}': ${wrong}.`;
        assert.deepEqual(error.fault, { kind: 'invalid_request', message, param });
        return true;
      },
    );
  });
}
