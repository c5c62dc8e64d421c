import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { z } from 'zod';
import type { SignedOut, StoreReading, TokenRecord } from './token-store.ts';

const FORMAT = 1;

const time = z.iso.datetime('must be an RFC 3339 time in UTC').transform((text) => Date.parse(text));
const token = z
  .string('must be a string')
  .min(1, 'empty')
  .transform((value) => new Secret(value));
const sha256 = z.string('must be a string').regex(/^[0-9a-f]{64}$/, 'must be a hex SHA-256');

const recordSchema = z.object({
  format: z.literal(FORMAT, `must be ${FORMAT}: this file is of another version`),
  generation: z.int('must be a whole number').min(1, 'must be at least 1'),
  refreshToken: token,
  accessToken: token,
  issuedAt: time,
  expiresAt: time,
  accountId: z.string().nullable(),
  plan: z.string().nullable(),
  lastRefreshAt: time.nullable(),
  seedFingerprints: z.array(sha256),
  intent: z
    .object({
      id: z.string(),
      holder: z.string(),
      startedAt: time,
      deadlineAt: time,
      fromGeneration: z.int(),
      attempt: z.enum(['first', 'in_doubt']),
    })
    .nullable(),
  failure: z
    .object({
      reason: z.enum(['expired', 'reused', 'revoked', 'refused', 'account_mismatch', 'unresolved']),
      refreshTokenDigest: sha256,
      at: time,
    })
    .nullable(),
});

const signedOutSchema = recordSchema
  .pick({ format: true, generation: true, seedFingerprints: true })
  .extend({ signedOut: z.literal(true) });

export type DecodedRecord =
  | { readonly ok: true; readonly record: TokenRecord }
  | { readonly ok: false; readonly problem: string };

/** The stored text of a record: JSON for people's eyes too, hence RFC 3339 times. */
export function encodeRecord(record: TokenRecord | SignedOut): string {
  return `${JSON.stringify('signedOut' in record ? { format: FORMAT, ...record } : toStored(record), null, 2)}\n`;
}

function toStored(record: TokenRecord): z.input<typeof recordSchema> {
  const { intent, failure } = record;
  return {
    format: FORMAT,
    ...record,
    refreshToken: record.refreshToken.reveal(),
    accessToken: record.accessToken.reveal(),
    issuedAt: toTime(record.issuedAt),
    expiresAt: toTime(record.expiresAt),
    lastRefreshAt: record.lastRefreshAt === null ? null : toTime(record.lastRefreshAt),
    seedFingerprints: [...record.seedFingerprints],
    intent: intent && {
      ...intent,
      startedAt: toTime(intent.startedAt),
      deadlineAt: toTime(intent.deadlineAt),
    },
    failure: failure && { ...failure, at: toTime(failure.at) },
  };
}

/** Reads the stored text of a record. A problem names the field, never its value. */
export function decodeRecord(text: string): DecodedRecord {
  return decode(recordSchema, text);
}

/** What a store has read, from its text and the version that the store gives it. */
export function toReading(text: string, version: string): StoreReading {
  const signedOut = decode(signedOutSchema, text);
  if (signedOut.ok) return { kind: 'signed_out', version, record: signedOut.record };
  const decoded = decodeRecord(text);
  return decoded.ok
    ? { kind: 'record', version, record: decoded.record }
    : { kind: 'unreadable', problem: decoded.problem };
}

function decode<Schema extends z.ZodType<{ format: number }>>(schema: Schema, text: string) {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // the parser's message quotes the text, which holds tokens
    return { ok: false as const, problem: 'not valid JSON' };
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    const problems = result.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'file'}: ${message}`,
    );
    return { ok: false as const, problem: problems.join('; ') };
  }
  const { format: _format, ...record } = result.data;
  return { ok: true as const, record };
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
