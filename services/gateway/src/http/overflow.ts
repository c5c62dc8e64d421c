import type { CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import { estimateTokens, requestTokens } from '@codex-gateway/wire/counting/request-tokens.ts';
import type { ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';

/**
 * An overflow with its numbers, which the upstream does not tell: what was sent as an estimate, and what fits. Claude
 * Code reads them and compacts its conversation. Any other error, and one about an unknown model, stays as it is.
 */
export function withTokens(error: unknown, request: CodexRequest, { window }: ResolvedModel): unknown {
  if (!(error instanceof FaultError) || error.fault.kind !== 'context_length_exceeded') return error;
  if (window === undefined) return error;
  const sent = Math.max(requestTokens(request, estimateTokens), window + 1); // it was too much, whatever we estimate
  const { upstreamRequestId } = error;
  const fault = { ...error.fault, tokens: { sent, maximum: window } };
  return new FaultError(fault, { cause: error, upstreamRequestId });
}

/** For the `catch` of whatever may end in an overflow. */
export function throwWithTokens(request: CodexRequest, model: ResolvedModel): (error: unknown) => never {
  return (error) => {
    throw withTokens(error, request, model);
  };
}
