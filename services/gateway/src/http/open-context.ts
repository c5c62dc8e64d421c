import { createHash } from 'node:crypto';
import type { OpenContext, ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import type { Request } from 'express';
import type { ApiKey } from '../keys/api-keys.ts';

/** Headers by which clients name their conversation: Claude Code, the Codex CLI, its older versions. */
const sessionHeaders = ['x-claude-code-session-id', 'session-id', 'session_id'];

const BYTES_PER_TOKEN = 4;

/** What a dialect must know of a request beside its body. */
export function openContext(
  req: Request,
  key: ApiKey,
  resolveModel: (requested: string) => ResolvedModel,
): OpenContext {
  return {
    sessionId:
      sessionHeaders.map((name) => req.get(name)).find((id) => id !== undefined && id !== '') ?? null,
    cacheScope: key.id,
    resolveModel,
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    countTokens: (text) => Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN),
  };
}
