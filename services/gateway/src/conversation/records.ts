import { isInputItem, type InputItem } from '@codex-gateway/wire/codex/items.ts';
import type { CodexTool } from '@codex-gateway/wire/codex/request.ts';
import { z } from 'zod';

/** A response that can be gone on from, without what it went on from itself: that is told by ids only. */
export interface ResponseRecord {
  /** The responses before it, the first one first. */
  readonly ancestors: readonly string[];
  readonly items: readonly InputItem[];
}

export interface CallRecord {
  /** The model that sealed the reasoning. */
  readonly model: string;
  readonly reasoning: readonly InputItem[];
  /** The name of the record with the tools that the call was made with; null when the client had declared none. */
  readonly tools: string | null;
}

const item = z.custom<InputItem>(isInputItem);
const items = z.array(item);

const schemas = {
  response: z.object({ ancestors: z.array(z.string()), items }),
  call: z.object({ model: z.string(), reasoning: items, tools: z.string().nullable() }),
  item,
  tools: z.array(z.looseObject({ type: z.string() })),
};

/** Records as they are stored. One that another version wrote in another form reads as null, as if it were gone. */
export const readRecord = {
  response: (text: string | undefined): ResponseRecord | null => parsed(schemas.response, text),
  call: (text: string | undefined): CallRecord | null => parsed(schemas.call, text),
  item: (text: string | undefined): InputItem | null => parsed(schemas.item, text),
  tools: (text: string | undefined): readonly CodexTool[] | null => parsed(schemas.tools, text),
};

function parsed<Schema extends z.ZodType>(schema: Schema, text: string | undefined): z.infer<Schema> | null {
  if (text === undefined) return null;
  const result = schema.safeParse(JSON.parse(text));
  return result.success ? result.data : null;
}
