import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { listOf, mapOf } from '../../src/dialects/lists.ts';
import { dialects } from '../../src/dialects/registry.ts';
import { openContext } from '../open-context.ts';

/** More than fit on the stack at once. */
const MANY = 300_000;

test('a list is what its elements are read as, a map stays as it is', () => {
  const element = z.object({ a: z.number() });
  assert.deepEqual(listOf(element).parse([{ a: 1, b: 2 }]), [{ a: 1 }]);
  const map = { x: { a: 1, b: 2 } };
  assert.equal(mapOf(element).parse(map), map);
  assert.deepEqual(listOf(element).parse([]), []);
});

function issues(schema: z.ZodType, value: unknown) {
  return schema.safeParse(value).error?.issues.map(({ code, path }) => ({ code, path: path.join('.') }));
}

test('of a list or a map in which everything is wrong the first place alone is reported', () => {
  const wrong = Array.from({ length: MANY }, () => ({}));
  const element = z.object({ a: z.number(), b: z.number() });
  const first = [
    { code: 'invalid_type', path: 'x.0.a' },
    { code: 'invalid_type', path: 'x.0.b' },
  ];
  assert.deepEqual(issues(z.object({ x: listOf(element) }), { x: wrong }), first);
  assert.deepEqual(
    issues(z.object({ x: mapOf(element) }), { x: Object.fromEntries(wrong.entries()) }),
    first,
  );
  assert.deepEqual(issues(listOf(element, 1), []), [{ code: 'too_small', path: '' }]);
});

const empty = Array.from({ length: MANY }, () => ({}));
const user = { role: 'user', content: 'Hi.' };
const crowded: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  'openai-chat': [
    { messages: empty },
    { messages: [{ role: 'user', content: empty }] },
    { messages: [user, { role: 'assistant', tool_calls: empty }] },
    { messages: [user], tools: empty },
  ],
  'openai-responses': [
    { input: empty },
    { input: [{ role: 'user', content: empty }] },
    { input: 'Hi.', tools: empty },
    { input: 'Hi.', include: empty },
  ],
  'anthropic-messages': [
    { max_tokens: 1, messages: empty },
    { max_tokens: 1, messages: [{ role: 'user', content: empty }] },
    { max_tokens: 1, messages: [user], system: empty },
    { max_tokens: 1, messages: [user], tools: empty },
  ],
};

for (const { name, open } of dialects) {
  test(`${name}: hundreds of thousands of wrong elements are refused as one`, () => {
    for (const body of crowded[name] ?? []) {
      assert.throws(() => open({ model: 'gpt-5.5', ...body }, openContext()), {
        name: 'FaultError',
        message: /\b0\b/,
      });
    }
  });
}
