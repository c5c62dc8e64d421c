import { z } from 'zod';
import type { InputItem, MessageItem } from '../../codex/items.ts';
import { FaultError } from '../../fault.ts';
import { parseBody } from '../field-path.ts';
import type { TaggedObject } from './schema.ts';

/** `text.format` of the upstream; null when the answer is plain text. */
export type Format = Readonly<Record<string, unknown>> & {
  readonly type: 'json_schema' | 'json_object';
};

const jsonSchema = z.object({
  json_schema: z.object({
    name: z.string(),
    description: z.string().nullish(),
    schema: z.record(z.string(), z.unknown()),
    strict: z.boolean().nullish(),
  }),
});

/** The schema stands one level higher upstream than in `response_format`. */
export function readFormat(raw: TaggedObject | null | undefined): Format | null {
  if (!raw || raw.type === 'text') return null;
  if (raw.type === 'json_object') return { type: 'json_object' };
  if (raw.type !== 'json_schema')
    throw new FaultError({
      kind: 'unsupported_value',
      message: `A response format of type '${raw.type}' is not supported here.`,
      param: 'response_format.type',
    });
  const { name, description, schema, strict } = parseBody(jsonSchema, raw, 'brackets', [
    'response_format',
  ]).json_schema;
  return {
    type: 'json_schema',
    name,
    ...(typeof description === 'string' && { description }),
    schema,
    ...(typeof strict === 'boolean' && { strict }),
  };
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
