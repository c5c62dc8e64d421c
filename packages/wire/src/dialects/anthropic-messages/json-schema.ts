import { isRecord } from '../../record.ts';

type Schema = Readonly<Record<string, unknown>>;

/** An input schema as the upstream takes it: an object with properties, without the dialect marker. */
export function objectSchema(schema: Schema): Schema {
  const { $schema: _dialect, ...rest } = schema;
  return { ...rest, type: 'object', properties: rest['properties'] ?? {} };
}

/** More properties than this a strict schema may not have (platform.openai.com/docs/guides/structured-outputs). */
const MAX_STRICT_PROPERTIES = 5000;

/**
 * Whether OpenAI takes the schema as `strict`: every object is closed and requires all of its properties. Anthropic's
 * strict mode asks for less, and a schema that is refused would cost the whole request.
 */
export function isOpenAiStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isOpenAiStrict);
  if (!isRecord(schema)) return true;
  const { properties } = schema;
  if (schema['type'] === 'object' || isRecord(properties)) {
    const names = isRecord(properties) ? Object.keys(properties) : [];
    if (schema['additionalProperties'] !== false || names.length > MAX_STRICT_PROPERTIES) return false;
    const required = new Set<unknown>(Array.isArray(schema['required']) ? schema['required'] : []);
    if (!names.every((name) => required.has(name))) return false;
  }
  return Object.values(schema).every(isOpenAiStrict);
}
