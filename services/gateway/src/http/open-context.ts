import { hash } from 'node:crypto';
import type { UpstreamTraits } from '@codex-gateway/wire/codex/upstream.ts';
import type { OpenContext, ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import type { DialectOptions } from '@codex-gateway/wire/dialects/options.ts';
import type { Request } from 'express';
import type { ApiKey } from '../keys/api-keys.ts';

/** Headers by which clients name their conversation: Claude Code, the Codex CLI, its older versions. */
const sessionHeaders = ['x-claude-code-session-id', 'session-id', 'session_id'];
/** A sub-agent of Claude Code has a conversation of its own within the session. */
const agentHeader = 'x-claude-code-agent-id';

export interface ContextDeps {
  readonly resolveModel: (requested: string) => ResolvedModel;
  /** What the operator has chosen. */
  readonly options: DialectOptions;
  /** What the upstream takes. */
  readonly upstream: UpstreamTraits;
}

/** What a dialect must know of a request beside its body. */
export function openContext(
  req: Request,
  key: ApiKey,
  { resolveModel, options, upstream }: ContextDeps,
): OpenContext {
  return {
    sessionId: sessionId(req),
    cacheScope: key.id,
    resolveModel,
    options,
    upstream,
    maxTokens: key.limits.maxTokens ?? null,
    digest: (text) => hash('sha256', text),
  };
}

function sessionId(req: Request): string | null {
  const [session] = sessionHeaders.flatMap((name) => req.get(name) || []);
  if (session === undefined) return null;
  const agent = req.get(agentHeader);
  return agent ? `${session}/${agent}` : session;
}
