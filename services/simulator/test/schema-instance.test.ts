import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../src/json.ts';
import { createHints } from '../src/model/hints.ts';
import { instanceOf } from '../src/model/schema-instance.ts';

function instance(schema: JsonObject, prompt = ''): unknown {
  return instanceOf(schema, createHints(prompt), { optional: true });
}

for (const [what, schema, expected] of [
  ['const', { const: 7 }, 7],
  ['enum', { enum: ['a', 'b'] }, 'a'],
  ['null', { type: 'null' }, null],
  ['boolean', { type: 'boolean' }, true],
  ['nullable text', { type: ['string', 'null'], format: 'date' }, '2026-01-15'],
  ['date-time', { type: 'string', format: 'date-time' }, '2026-01-15T12:00:00Z'],
  ['uuid', { type: 'string', format: 'uuid' }, '00000000-0000-4000-8000-000000000001'],
  ['email', { type: 'string', format: 'email' }, 'alice@example.com'],
  ['minimum', { type: 'integer', minimum: 18 }, 18],
  ['maximum', { type: 'number', maximum: 0.25 }, 0.25],
  ['exclusive bounds', { type: 'integer', exclusiveMinimum: 4, exclusiveMaximum: 6 }, 5],
  ['multipleOf', { type: 'integer', minimum: 7, multipleOf: 5 }, 10],
  ['minLength', { type: 'string', const: undefined, minLength: 3, maxLength: 5, pattern: '^A1$' }, 'A1x'],
  ['pattern', { type: 'string', pattern: '^\\d{3}$' }, '123'],
  ['array bounds', { type: 'array', items: { type: 'boolean' }, minItems: 3 }, [true, true, true]],
  ['tuple', { type: 'array', prefixItems: [{ const: 1 }, { const: 'x' }] }, [1, 'x']],
  ['anyOf without null', { anyOf: [{ type: 'null' }, { const: 'value' }] }, 'value'],
  ['oneOf', { oneOf: [{ const: 1 }, { const: 2 }] }, 1],
  [
    'allOf',
    {
      allOf: [
        { type: 'object', properties: { a: { const: 1 } }, required: ['a'] },
        { type: 'object', properties: { b: { const: 2 } }, required: ['b'] },
      ],
    },
    { a: 1, b: 2 },
  ],
  [
    '$ref into $defs',
    { $defs: { leaf: { const: 'leaf' } }, type: 'object', properties: { x: { $ref: '#/$defs/leaf' } } },
    { x: 'leaf' },
  ],
  [
    'nested objects',
    {
      type: 'object',
      properties: { a: { type: 'object', properties: { b: { const: null }, c: { const: 1 } } } },
    },
    { a: { b: null, c: 1 } },
  ],
] as const) {
  test(`an instance of a schema with ${what}`, () => {
    assert.deepEqual(instance(schema), expected);
  });
}

test('a schema that refers to itself ends', () => {
  const node = {
    type: 'object',
    properties: {
      value: { const: 1 },
      next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
      children: { type: 'array', items: { $ref: '#/$defs/node' } },
    },
    required: ['value', 'next', 'children'],
    additionalProperties: false,
  };
  const text = JSON.stringify(instance({ $defs: { node }, $ref: '#/$defs/node' }));
  assert.ok(text.startsWith('{"value":1,"next":{"value":1') && text.length < 10_000);
});

test('numbers of the prompt fill number fields in their order', () => {
  const schema = {
    type: 'object',
    properties: {
      a: { type: 'integer' },
      b: { type: 'integer' },
      list: { type: 'array', items: { type: 'number' } },
    },
  };
  assert.deepEqual(instance(schema, 'Add 12 and 30'), { a: 12, b: 30, list: [1, 1] });
});
