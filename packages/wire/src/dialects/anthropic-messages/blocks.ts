import { z } from 'zod';
import { isRecord } from '../../record.ts';
import { listOf } from '../lists.ts';
import { toolSchema } from './tool-schema.ts';

/**
 * Content blocks of a Messages request. Known members are checked, others (`cache_control`, `citations`, `caller`, …)
 * are left out by the parse; a block type that is not named here is a value (`unrecognised`), never an error.
 */

const textBlock = z.object({ type: z.literal('text'), text: z.string() });

/** Clients that break lines in it mean the same. */
const base64 = z
  .string()
  .transform((data) => data.replaceAll(/\s+/g, ''))
  .refine((data) => /^[A-Za-z0-9+/]+={0,2}$/.test(data), 'base64, without a data: URL around it');
const base64Source = z.object({ type: z.literal('base64'), media_type: z.string().min(1), data: base64 });
const base64Image = base64Source.extend({
  media_type: z
    .string()
    .refine((type) => /^image\/[a-z.+-]+$/i.test(type), 'the type of an image: image/png, for example'),
});
const urlSource = z.object({ type: z.literal('url'), url: z.string() });
const fileSource = z.object({ type: z.literal('file'), file_id: z.string() });

const imageBlock = z.object({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [base64Image, urlSource, fileSource]),
});

const documentBlock = z.object({
  type: z.literal('document'),
  title: z.string().nullish(),
  context: z.string().nullish(),
  source: z.discriminatedUnion('type', [
    base64Source,
    z.object({ type: z.literal('text'), data: z.string() }),
    z.object({
      type: z.literal('content'),
      content: z.union([z.string(), listOf(z.discriminatedUnion('type', [textBlock, imageBlock]))]),
    }),
    urlSource,
    fileSource,
  ]),
});

const searchResultBlock = z.object({
  type: z.literal('search_result'),
  title: z.string(),
  source: z.string(),
  content: listOf(textBlock),
});

const browserStateBlock = z.looseObject({ type: z.literal('browser_state') });

const toolReferenceBlock = z.object({ type: z.literal('tool_reference'), tool_name: z.string().min(1) });

const unrecognisedBlock = z.object({ type: z.literal('unrecognised'), name: z.string() });

const resultBlocks = [
  textBlock,
  imageBlock,
  documentBlock,
  searchResultBlock,
  browserStateBlock,
  toolReferenceBlock,
  unrecognisedBlock,
] as const;

const resultBlock = z.preprocess(
  unrecognisedUnless(resultBlocks),
  z.discriminatedUnion('type', resultBlocks),
);
export type ResultBlock = z.infer<typeof resultBlock>;

const toolResultBlock = z.object({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), listOf(resultBlock)]).nullish(),
  is_error: z.boolean().nullish(),
});
export type ToolResultBlock = z.infer<typeof toolResultBlock>;

const toolUseBlock = z.object({
  type: z.literal('tool_use'),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.unknown().optional(),
});

/** What a change of the tools is about; a reference to what an MCP server has names no tool of a request. */
const changedTool = z.object({
  type: z.string(),
  name: z.string().min(1).nullish(),
  definition: toolSchema.nullish(),
});

const toolChanges = [
  z.object({ type: z.literal('tool_addition'), tool: changedTool }),
  z.object({ type: z.literal('tool_removal'), tool: changedTool }),
] as const;

const contentBlocks = [
  textBlock,
  imageBlock,
  documentBlock,
  searchResultBlock,
  browserStateBlock,
  toolResultBlock,
  toolUseBlock,
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.object({ type: z.literal('server_tool_use') }),
  z.object({ type: z.literal('web_search_tool_result') }),
  z.object({ type: z.literal('tool_search_tool_result'), content: z.unknown().optional() }),
  z.object({
    type: z.literal('compaction'),
    content: z.string().nullish(),
    tool_changes: listOf(z.discriminatedUnion('type', toolChanges)).nullish(),
  }),
  ...toolChanges,
  unrecognisedBlock,
] as const;

const contentBlock = z.preprocess(
  unrecognisedUnless(contentBlocks),
  z.discriminatedUnion('type', contentBlocks),
);
export type ContentBlock = z.infer<typeof contentBlock>;
export type ToolChange = Extract<ContentBlock, { type: 'tool_addition' | 'tool_removal' }>;
export type ImageBlock = Extract<ContentBlock, { type: 'image' }>;
export type DocumentBlock = Extract<ContentBlock, { type: 'document' }>;
export type SearchResultBlock = Extract<ContentBlock, { type: 'search_result' }>;

const systemBlocks = [textBlock, ...toolChanges, unrecognisedBlock] as const;
const systemBlock = z.preprocess(
  unrecognisedUnless(systemBlocks),
  z.discriminatedUnion('type', systemBlocks),
);

/** A system prompt, at the top or inside `messages`. */
export const systemContent = z.union([z.string(), listOf(systemBlock)]);
export type SystemContent = z.infer<typeof systemContent>;

const content = z.union([z.string(), listOf(contentBlock)]);

/** Claude Code sends a `system` message after the first user message of every conversation. */
export const messageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), content }),
  z.object({ role: z.literal('assistant'), content }),
  z.object({
    role: z.literal('system'),
    content: systemContent.nullish(),
    clear_at: z.string().nullish(),
    output_config: z.object({ effort: z.string().nullish() }).nullish(),
  }),
]);
export type Message = z.infer<typeof messageSchema>;
export type SystemMessage = Extract<Message, { role: 'system' }>;

interface TypedSchema {
  readonly shape: { readonly type: z.ZodLiteral<string> };
}

function unrecognisedUnless(known: readonly TypedSchema[]): (block: unknown) => unknown {
  const types = new Set(known.map(({ shape }) => shape.type.value));
  return (block) => {
    if (!isRecord(block) || typeof block['type'] !== 'string' || types.has(block['type'])) return block;
    return { type: 'unrecognised', name: block['type'] };
  };
}
