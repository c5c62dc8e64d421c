import { z } from 'zod';
import { anyObject } from './lists.ts';
import type { InputItem, MessageItem } from '../codex/items.ts';
import { fieldPath, parseBody } from './field-path.ts';
import { unsupportedValue } from './openai-refusals.ts';

/** `text.format` of the upstream; null when the answer is plain text. */
export type Format = Readonly<Record<string, unknown>> & {
  readonly type: 'json_schema' | 'json_object';
};

type Path = readonly PropertyKey[];
type Tagged = Readonly<Record<string, unknown>> & { readonly type: string };

const jsonSchema = z.object({
  name: z.string().refine((name) => /^[A-Za-z0-9_-]{1,64}$/.test(name), {
    error: '1 to 64 letters, digits, underscores or dashes',
  }),
  description: z.string().nullish(),
  schema: anyObject,
  strict: z.boolean().nullish(),
});

/** Where an API has the members of a schema: under `json_schema`, or beside `type`. Each takes the other one's way too. */
export type SchemaPlace = readonly [] | readonly ['json_schema'];

/**
 * The format that an answer is to have, as either OpenAI API says it.
 *
 * @throws FaultError naming the member below `at`
 */
export function readFormat(
  given: Tagged | null | undefined,
  at: Path,
  schemaPlace: SchemaPlace,
): Format | null {
  if (!given || given.type === 'text') return null;
  if (given.type === 'json_object') return { type: 'json_object' };
  if (given.type !== 'json_schema')
    throw unsupportedValue(
      fieldPath([...at, 'type'], 'brackets'),
      `the format '${given.type}' is not available here`,
    );
  const place = placeOfSchema(given) ?? schemaPlace;
  const members = place.length === 0 ? given : given['json_schema'];
  const { name, description, schema, strict } = parseBody(jsonSchema, members, 'brackets', [...at, ...place]);
  return {
    type: 'json_schema',
    name,
    ...(typeof description === 'string' && { description }),
    schema,
    ...(typeof strict === 'boolean' && { strict }),
  };
}

function placeOfSchema({ json_schema: nested, schema }: Tagged): SchemaPlace | null {
  if (nested !== undefined) return ['json_schema'];
  return schema === undefined ? null : [];
}

const jsonHint: InputItem = {
  type: 'message',
  role: 'developer',
  content: [{ type: 'input_text', text: 'Respond with a JSON object.' }],
};

/**
 * For `json_object` the upstream wants the word "json" in the input messages (`instructions` do not count). The hint
 * goes first, and only the first message decides about it: what a conversation begins with must stay as it is, or the
 * upstream's cache of its prefix is lost.
 */
export function withJsonHint(input: readonly InputItem[], format: Format | null): readonly InputItem[] {
  const first = input.find((item) => item.type === 'message');
  return format?.type !== 'json_object' || (first && mentionsJson(first)) ? input : [jsonHint, ...input];
}

function mentionsJson({ content }: MessageItem): boolean {
  return content.some((part) => part.type === 'input_text' && part.text.toLowerCase().includes('json'));
}
