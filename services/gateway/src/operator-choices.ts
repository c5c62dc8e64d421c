import { defaultOptions } from '@codex-gateway/wire/dialects/options.ts';
import { z } from 'zod';
import { effortNames } from './models/effort-name.ts';
import { parseYaml, readTextFile, type Unreadable } from './yaml-file.ts';

const effort = z.enum(effortNames);
const modelName = z.string().regex(/^[A-Za-z0-9._/:-]+$/, 'must be a model name');
const modelPattern = z
  .string()
  .regex(/^[A-Za-z0-9._/:*-]+$/, 'must be a model name without a preset; * is the only wildcard');
const presetName = z
  .string()
  .regex(/^[A-Za-z0-9._-]+$/, 'must be letters, digits, dots, dashes or underscores');
const price = z.number().min(0);

const modelSchema = z.strictObject({
  defaultEffort: effort.optional(),
  pinnedEffort: effort.optional(),
  listed: z.boolean().optional(),
});

const presetSchema = z.strictObject({
  effort: effort.optional(),
  summary: z.enum(['auto', 'concise', 'detailed', 'none']).optional(),
  verbosity: z.enum(['low', 'medium', 'high']).optional(),
  serviceTier: z.enum(['auto', 'default', 'fast', 'priority']).optional(),
  instructions: z.string().min(1).optional(),
});

const { chat, emulate } = defaultOptions;

const schema = z.strictObject({
  models: z.record(modelName, modelSchema).default({}),
  aliases: z.record(modelPattern, modelName).default({}),
  presets: z.record(presetName, presetSchema).default({}),
  extraModels: z.array(modelName).default([]),
  anthropicAliases: z.boolean().default(true),
  chat: z
    .strictObject({
      reasoning: z.enum(['reasoning_content', 'reasoning', 'both', 'off']).default(chat.reasoning),
    })
    .default(chat),
  emulate: z
    .strictObject({
      stop: z.boolean().default(emulate.stop),
      maxTokens: z.boolean().default(emulate.maxTokens),
      toolText: z.boolean().default(emulate.toolText),
    })
    .default(emulate),
  prices: z
    .record(modelName, z.strictObject({ input: price, cachedInput: price, output: price }))
    .default({}),
});

/** What an operator has chosen in `CONFIG_FILE` about models and their translation. Prices are per million tokens. */
export type OperatorChoices = Readonly<z.infer<typeof schema>>;

export type OperatorChoicesFile = { readonly ok: true; readonly choices: OperatorChoices } | Unreadable;

/** Reads a `CONFIG_FILE`; a broken one gives every problem with its line. */
export function readChoicesFile(path: string): OperatorChoicesFile {
  return readTextFile(path, parseChoices);
}

/** Parses the text of a `CONFIG_FILE` (YAML); an empty one chooses nothing. */
export function parseChoices(text: string): OperatorChoicesFile {
  const reading = parseYaml(schema, text);
  return reading.ok ? { ok: true, choices: reading.value } : reading;
}

/** With no file, nothing is chosen. */
export const noChoices: OperatorChoices = schema.parse({});
