import * as fc from 'fast-check';

/** Names that objects have by themselves. */
const innateNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'length',
];
/** Names that mean something in one place or another. */
const knownNames = [
  'type',
  'role',
  'name',
  'id',
  'call_id',
  'content',
  'text',
  'image_url',
  'function',
  'model',
];

/** Texts at which somebody has stumbled before. */
const oddTexts = [
  '',
  ' ',
  '\0',
  '\ufeff',
  '\ud800',
  'a\udc00b',
  '\u2028',
  'null',
  '1e999',
  '{',
  '{}',
  '"',
  'data:',
  'data:image/png;base64,',
  'https:',
  'https://[',
  '../../etc/passwd',
  'json',
  'x'.repeat(65),
  'y'.repeat(129),
  'ö'.repeat(600),
  ...innateNames,
];

const oddNumbers = [0, -0, -1, 1.5, 5e-324, 1e21, 1.7e308, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 2 ** 64];

const oddText = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: 'binary', maxLength: 20 }));
const oddName = fc.oneof(fc.constantFrom(...innateNames, ...knownNames), oddText);

/** Any JSON, the small and the odd more often than the large. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: oddText },
  { weight: 2, arbitrary: fc.constantFrom(...oddNumbers) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], [{}], [''], [0]),
  },
  { weight: 2, arbitrary: fc.dictionary(oddName, oddText, { maxKeys: 4 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** One thing that goes wrong at one place of a body; places are counted from the start of the text, around and around. */
interface Corruption {
  readonly place: number;
  readonly kind: 'replace' | 'remove' | 'add' | 'repeat' | 'graft' | 'append' | 'empty';
  readonly name: string;
  readonly value: unknown;
}

const corruption: fc.Arbitrary<Corruption> = fc.record({
  place: fc.nat({ max: 10_000 }),
  kind: fc.constantFrom('replace', 'remove', 'add', 'repeat', 'graft', 'append', 'empty'),
  name: oddName,
  value: oddValue,
});

/** An accepted body with one or two things wrong in it. */
export function corruptedBody(accepted: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc
    .record({
      body: fc.constantFrom(...accepted),
      donor: fc.constantFrom(...accepted),
      corruptions: fc.array(corruption, { minLength: 1, maxLength: 2 }),
    })
    .map(({ body, donor, corruptions }) => {
      const root = { body: structuredClone(body) };
      for (const change of corruptions) corrupt(root, change, donor);
      return root.body;
    });
}

/** A member of an object or an element of an array. */
interface Slot {
  readonly holder: object;
  readonly key: string;
  readonly value: unknown;
}

function corrupt(root: object, { place, kind, name, value: given }: Corruption, donor: unknown): void {
  const slots = slotsOf(root);
  const slot = slots[place % slots.length];
  if (!slot) return;
  const { holder, key, value: present } = slot;
  const value = structuredClone(given);
  switch (kind) {
    case 'replace':
      return put(holder, key, value);
    case 'remove':
      return Array.isArray(holder)
        ? void holder.splice(Number(key), 1)
        : void Reflect.deleteProperty(holder, key);
    case 'add':
      return Array.isArray(holder) ? void holder.splice(Number(key), 0, value) : put(holder, name, value);
    case 'repeat':
      return Array.isArray(holder)
        ? void holder.push(structuredClone(present))
        : put(holder, key, [present, structuredClone(present)]);
    case 'graft': {
      const others = slotsOf({ donor: structuredClone(donor) });
      return put(holder, key, others[(place * 7) % others.length]?.value);
    }
    case 'empty':
      return put(holder, key, emptied(present));
    case 'append':
      return put(holder, key, typeof present === 'string' ? present + name : { [key]: present });
  }
}

/** The least of the same type. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (typeof value === 'object') return {};
  return typeof value === 'string' ? '' : 0;
}

function slotsOf(holder: object): readonly Slot[] {
  return Object.entries(holder).flatMap(([key, value]: [string, unknown]) => [
    { holder, key, value },
    ...(typeof value === 'object' && value !== null ? slotsOf(value) : []),
  ]);
}

/** An own member of any name, as the parser of JSON makes it: `__proto__` is one like the others. */
function put(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}
