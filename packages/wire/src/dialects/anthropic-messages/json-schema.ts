import { isRecord } from '../../record.ts';

type Schema = Readonly<Record<string, unknown>>;

/** An input schema as the upstream takes it: an object with properties, without the dialect marker. */
export function objectSchema(schema: Schema): Schema {
  const { $schema: _dialect, ...rest } = schema;
  return { ...rest, type: 'object', properties: rest['properties'] ?? {} };
}

/**
 * Whether OpenAI takes the schema as `strict`: every object is closed and requires all of its properties. Anthropic's
 * strict mode asks for less, and a schema that is refused would cost the whole request.
 */
export function isOpenAiStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isOpenAiStrict);
  if (!isRecord(schema)) return true;
  const { properties } = schema;
  if (schema['type'] === 'object' || isRecord(properties)) {
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    const names = isRecord(properties) ? Object.keys(properties) : [];
    if (schema['additionalProperties'] !== false) return false;
    if (!names.every((name) => required.includes(name))) return false;
  }
  return Object.values(schema).every(isOpenAiStrict);
}
