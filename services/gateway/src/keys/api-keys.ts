import { createHash } from 'node:crypto';
import { z } from 'zod';
import { matchesWildcard } from '../wildcard.ts';
import { parseYaml, readTextFile, type Unreadable } from '../yaml-file.ts';

const limit = z.number().int().min(1).optional();

const keySchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  sha256: z.union([hash(), z.array(hash()).min(1)], 'must be a hex SHA-256 or a list of them'),
  status: z.enum(['active', 'disabled']).default('active'),
  expiresAt: z.iso
    .datetime({ offset: true, message: 'must be a time such as 2027-03-31T00:00:00Z' })
    .optional(),
  models: z.strictObject({ allow: patterns(), deny: patterns() }).default({ allow: [], deny: [] }),
  limits: z
    .strictObject({ rpm: limit, rpd: limit, tpm: limit, concurrency: limit, maxTokens: limit })
    .default({}),
  quota: z
    .strictObject({ tokens: z.number().int().min(1), period: z.enum(['total', 'day', 'month']) })
    .optional(),
  unsupportedParameters: z.enum(['warn', 'strict', 'silent']).default('warn'),
  raw: z.boolean().default(true),
});

const fileSchema = z.strictObject({ keys: z.array(keySchema).min(1, 'must hold at least one key') });

function hash() {
  return z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be the hex SHA-256 of the key')
    .transform((text) => text.toLowerCase());
}

function patterns() {
  return z
    .array(z.string().regex(/^[A-Za-z0-9._@/:*-]+$/, 'must be a model name; * is the only wildcard'))
    .default([]);
}

/** What one API key may do. The key's text is stored nowhere, only the SHA-256 of it (several while rotating). */
export interface ApiKey {
  readonly id: string;
  readonly hashes: readonly string[];
  readonly status: 'active' | 'disabled';
  /** Unix milliseconds. */
  readonly expiresAt: number | null;
  readonly models: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly limits: KeyLimits;
  readonly quota: { readonly tokens: number; readonly period: 'total' | 'day' | 'month' } | null;
  readonly unsupportedParameters: 'warn' | 'strict' | 'silent';
  readonly raw: boolean;
}

/** Requests or tokens per minute or day, running requests, and the most tokens one request may ask for. */
export interface KeyLimits {
  readonly rpm?: number | undefined;
  readonly rpd?: number | undefined;
  readonly tpm?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly maxTokens?: number | undefined;
}

export type KeysFile = { readonly ok: true; readonly keys: readonly ApiKey[] } | Unreadable;

/** Reads an API keys file; a broken one gives every problem with its line, and no key. */
export function readKeysFile(path: string): KeysFile {
  return readTextFile(path, parseKeys);
}

/** Parses the text of an API keys file (YAML). */
export function parseKeys(text: string): KeysFile {
  const reading = parseYaml(fileSchema, text);
  if (!reading.ok) return reading;
  const { value, lineOf } = reading;
  const keys = value.keys.map(toApiKey);
  const doubles = duplicates(keys).map(({ index, problem }) => `line ${lineOf(['keys', index])}: ${problem}`);
  return doubles.length > 0 ? { ok: false, problems: doubles } : { ok: true, keys };
}

function duplicates(keys: readonly ApiKey[]): readonly { index: number; problem: string }[] {
  const seen = new Set<string>();
  return keys.flatMap((key, index) => {
    const repeated = [key.id, ...key.hashes].some((mark) => seen.has(mark));
    for (const mark of [key.id, ...key.hashes]) seen.add(mark);
    return repeated ? [{ index, problem: `the id or a hash of ${key.id} stands twice` }] : [];
  });
}

function toApiKey({ sha256, expiresAt, quota, ...key }: z.infer<typeof keySchema>): ApiKey {
  return {
    ...key,
    hashes: typeof sha256 === 'string' ? [sha256] : sha256,
    expiresAt: expiresAt === undefined ? null : Date.parse(expiresAt),
    quota: quota ?? null,
  };
}

/** One key with no limits, from its text: the `API_KEY` shortcut. */
export function apiKeyFromText(id: string, text: string): ApiKey {
  return {
    id,
    hashes: [hashKey(text)],
    status: 'active',
    expiresAt: null,
    models: { allow: [], deny: [] },
    limits: {},
    quota: null,
    unsupportedParameters: 'warn',
    raw: true,
  };
}

export function hashKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether a key may use a model, by the name it asked for and by the slug behind it. A deny hit refuses. */
export function mayUseModel(key: ApiKey, names: readonly string[]): boolean {
  const hit = (patternList: readonly string[]): boolean =>
    patternList.some((pattern) => names.some((name) => matchesWildcard(pattern, name)));
  if (hit(key.models.deny)) return false;
  return key.models.allow.length === 0 || hit(key.models.allow);
}
