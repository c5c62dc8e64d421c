import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, constantFrom, json, property, tuple } from 'fast-check';
import { membersNamed } from '../../src/http/json-bytes.ts';

function found(text: string) {
  const bytes = Buffer.from(text);
  return membersNamed(bytes, 'model').map(({ value, start, end }) => [
    value,
    bytes.toString('utf8', start, end),
  ]);
}

for (const [text, expected] of [
  ['{}', []],
  [' {\t} ', []],
  ['{"model":"a"}', [['a', '"a"']]],
  [' { "model"\n:\r\t"a" , "b" : 1 } ', [['a', '"a"']]],
  ['{"b":[{"model":"x"},"model"],"c":{"model":"y"},"model":"a"}', [['a', '"a"']]],
  [
    '{"model":"a","model":null,"mod\\u0065l":"\\u0062"}',
    [
      ['a', '"a"'],
      [null, 'null'],
      ['b', '"\\u0062"'],
    ],
  ],
  ['{"x":"}\\",\\"model\\":\\"a","model":"grüße ☃"}', [['grüße ☃', '"grüße ☃"']]],
  ['{"models":"a","Model":"b","mode":"c","":"d"}', []],
  [
    '{"n":-1.0e5,"t":true,"model":{"a":[1,{"b":"]}"}]},"f":false}',
    [[{ a: [1, { b: ']}' }] }, '{"a":[1,{"b":"]}"}]}']],
  ],
  ['{"n":-1.0e5 ,"model":12}', [[12, '12']]],
] as const) {
  test(`the members named model of ${text}`, () => assert.deepEqual(found(text), expected));
}

test('whatever stands beside it, the last member is what a parser takes, and its bytes can be exchanged', () => {
  const space = constantFrom('', ' ', '\n', '\r\n\t');
  const name = constantFrom('"model"', '"mo\\u0064el"', '"m"', '"\\"model\\":"', '"☃"');
  const members = array(tuple(space, name, space, json({ maxDepth: 3 }), space), {
    minLength: 1,
    maxLength: 5,
  });
  check(
    property(members, (list) => {
      const inside = list.map(([a, key, b, value, c]) => `${a}${key}${b}:${c}${value}${a}`).join(',');
      const bytes = Buffer.from(`{${inside}}`);
      const parsed: { readonly model?: unknown } = JSON.parse(bytes.toString());
      const last = membersNamed(bytes, 'model').at(-1);
      if (!('model' in parsed)) return assert.equal(last, undefined);
      assert.ok(last);
      assert.deepEqual(last.value, parsed.model);
      const text = `${bytes.toString('utf8', 0, last.start)}"new"${bytes.toString('utf8', last.end)}`;
      assert.deepEqual(JSON.parse(text), { ...parsed, model: 'new' });
    }),
  );
});

test('a megabyte of members is looked through in a moment', () => {
  const bytes = Buffer.from(`{${'"a":1,'.repeat(170_000)}"model":"a"}`);
  const start = performance.now();
  assert.equal(membersNamed(bytes, 'model').length, 1);
  assert.ok(performance.now() - start < 1_000);
});
