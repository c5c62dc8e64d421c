import { type JsonObject, asObject, asObjects, asText, isJsonObject } from '../json.ts';
import type { Hints } from './hints.ts';

/** A schema that refers to itself ends here: lists are empty and optional members absent below this depth. */
const MAX_DEPTH = 6;
const DEFAULT_NUMBER = 1;

interface Place {
  readonly name: string;
  readonly depth: number;
  readonly root: JsonObject;
  readonly hints: Hints;
  /** Also members that are not required. */
  readonly optional: boolean;
}

/** An instance of a JSON schema, filled from the prompt where names and types allow. */
export function instanceOf(schema: JsonObject, hints: Hints, options = { optional: false }): unknown {
  return instance(schema, { name: '', depth: 0, root: schema, hints, optional: options.optional });
}

function instance(given: unknown, place: Place): unknown {
  const schema = resolve(asObject(given), place.root);
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return place.hints.oneOf(schema['enum']);
  const options = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(options)) return instance(chooseOption(asObjects(options), place), place);
  if (Array.isArray(schema['allOf'])) return instance(merge(asObjects(schema['allOf']), schema), place);
  return byType(typeOf(schema, place), schema, place);
}

function byType(type: string, schema: JsonObject, place: Place): unknown {
  switch (type) {
    case 'object':
      return objectOf(schema, place);
    case 'array':
      return arrayOf(schema, place);
    case 'integer':
    case 'number':
      return numberOf(schema, type, place);
    case 'boolean':
      return true;
    case 'null':
      return null;
    // an untyped schema takes anything: text is the plainest
    default:
      return textOf(schema, place);
  }
}

/** Follows `$ref` inside the document; anything else stays as it is. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#')) return schema;
  let target: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    target = asObject(target)[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return isJsonObject(target) && target !== schema ? resolve(target, root) : {};
}

function typeOf(schema: JsonObject, { depth }: Place): string {
  const { type } = schema;
  if (Array.isArray(type)) {
    const types = type.filter((entry): entry is string => typeof entry === 'string');
    const nullable = types.includes('null') && depth >= MAX_DEPTH;
    return (nullable ? 'null' : types.find((entry) => entry !== 'null')) ?? 'null';
  }
  if (typeof type === 'string') return type;
  if (schema['properties'] !== undefined) return 'object';
  return schema['items'] === undefined ? 'string' : 'array';
}

function isPlain(type: unknown): boolean {
  return type !== 'object' && type !== 'array' && type !== undefined;
}

/** The first option, but not null; deep down the plainest one, so that recursion ends. */
function chooseOption(options: readonly JsonObject[], { depth, root }: Place): JsonObject {
  const types = options.map((option) => resolve(option, root)['type']);
  const index =
    depth >= MAX_DEPTH - 2 ? types.findIndex(isPlain) : types.findIndex((type) => type !== 'null');
  return options[Math.max(0, index)] ?? {};
}

function merge(parts: readonly JsonObject[], schema: JsonObject): JsonObject {
  const { allOf: _parts, ...own } = schema;
  const all = [...parts, own];
  const properties = Object.assign({}, ...all.map((part) => asObject(part['properties'])));
  const required = all.flatMap((part) => (Array.isArray(part['required']) ? part['required'] : []));
  return { ...Object.assign({}, ...all), properties, required };
}

function objectOf(schema: JsonObject, place: Place): JsonObject {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(asObject(schema['properties']))) {
    const wanted =
      required.has(name) || (place.optional && place.depth < MAX_DEPTH) || isMentioned(member, place);
    if (wanted) result[name] = instance(member, { ...place, name, depth: place.depth + 1 });
  }
  return result;
}

/** An optional choice is made when the prompt names one of its values. */
function isMentioned(member: unknown, { hints }: Place): boolean {
  const values = asObject(member)['enum'];
  return Array.isArray(values) && values.some((value) => typeof value === 'string' && hints.mentions(value));
}

function arrayOf(schema: JsonObject, place: Place): readonly unknown[] {
  const { items, prefixItems, minItems, maxItems } = schema;
  const inner = { ...place, name: place.name.replace(/s$/, ''), depth: place.depth + 1 };
  if (Array.isArray(prefixItems)) return prefixItems.map((item) => instance(item, inner));
  const least = typeof minItems === 'number' ? minItems : 0;
  const most = typeof maxItems === 'number' ? maxItems : Number.POSITIVE_INFINITY;
  if (place.depth >= MAX_DEPTH && least === 0) return [];
  const itemType = resolve(asObject(items), place.root)['type'];
  const numbers = itemType === 'number' || itemType === 'integer' ? place.hints.allNumbers.length : 0;
  const length = Math.min(most, Math.max(least, numbers, 1));
  return Array.from({ length }, () => instance(items, inner));
}

function numberOf(schema: JsonObject, type: string, { hints }: Place): number {
  const step = typeof schema['multipleOf'] === 'number' ? schema['multipleOf'] : undefined;
  const exclusiveLeast = schema['exclusiveMinimum'];
  const exclusiveMost = schema['exclusiveMaximum'];
  const gap = step ?? (type === 'integer' ? 1 : 0.5);
  const least = asNumber(schema['minimum'], asNumber(exclusiveLeast, Number.NEGATIVE_INFINITY - gap) + gap);
  const most = asNumber(schema['maximum'], asNumber(exclusiveMost, Number.POSITIVE_INFINITY + gap) - gap);
  const wished = hints.nextNumber() ?? DEFAULT_NUMBER;
  const whole = type === 'integer' ? Math.trunc(wished) : wished;
  const clamped = Math.min(most, Math.max(least, whole));
  return step === undefined ? clamped : Math.ceil(clamped / step) * step;
}

function asNumber(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-15',
  'date-time': '2026-01-15T12:00:00Z',
  time: '12:00:00Z',
  duration: 'PT1H',
  email: 'alice@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000001',
  uri: 'https://example.com/',
  url: 'https://example.com/',
};

// tried in order against a `pattern`; a pattern that none meets gets the last resort, the prompt's text
const PATTERN_SAMPLES = [
  'A1',
  'a',
  'abc',
  'ABC',
  '1',
  '123',
  '12345',
  '2026-01-15',
  'AB-123',
  'ABC-1234',
  '#a1b2c3',
  '+12025550123',
  '555-0123',
  'alice@example.com',
  'https://example.com/',
  '1.0.0',
  '12:00',
] as const;

function textOf(schema: JsonObject, { name, hints }: Place): string {
  const format = FORMATS[asText(schema['format'])];
  if (format !== undefined) return format;
  const { pattern } = schema;
  const wished = hints.textFor(name);
  const text = typeof pattern === 'string' ? (matching(pattern, wished) ?? wished) : wished;
  const least = asNumber(schema['minLength'], 0);
  const most = asNumber(schema['maxLength'], Number.POSITIVE_INFINITY);
  return text.padEnd(least, 'x').slice(0, most);
}

function matching(pattern: string, wished: string): string | undefined {
  try {
    const expression = new RegExp(pattern, 'u');
    return [wished, ...PATTERN_SAMPLES].find((sample) => expression.test(sample));
  } catch {
    // a pattern in another dialect of regular expressions: the wish is as good as anything
    return undefined;
  }
}
