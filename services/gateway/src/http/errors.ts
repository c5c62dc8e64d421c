import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import { dialects } from '@codex-gateway/wire/dialects/registry.ts';
import { openAiErrorReply } from '@codex-gateway/wire/dialects/openai-error.ts';
import type { Dialect } from '@codex-gateway/wire/dialects/dialect.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import { faultHeaders } from '@codex-gateway/wire/fault-headers.ts';
import type { ErrorRequestHandler } from 'express';
import type { Scopes } from './request-scope.ts';

export interface ErrorDeps {
  readonly scopes: Scopes;
  readonly logger: Logger;
}

/** The only place that answers a request with an error, in the envelope of its dialect. */
export function answerErrors({ scopes, logger }: ErrorDeps): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const { record, requestId } = scopes.of(res);
    const fault = faultOf(error);
    record.fault ??= fault;
    if (error instanceof FaultError) record.upstreamRequestId ??= error.upstreamRequestId;
    if (fault.kind === 'internal_error') logger.error({ requestId, err: error }, 'internal error');
    if (res.headersSent) return; // the stream has been ended in its own way
    const dialect = dialectOf(req.path, (name) => req.get(name) !== undefined);
    const reply = dialect ? dialect.errorReply(fault, requestId) : openAiErrorReply(fault);
    // what is left of a body that was refused is read and thrown away, so that the client sees the answer
    req.resume();
    const { upstreamRequestId: upstreamId } = record;
    if (upstreamId !== null) res.set('x-upstream-request-id', upstreamId);
    res.status(reply.status).set(faultHeaders(fault)).json(reply.body);
  };
}

/**
 * The dialect that a path belongs to. The other paths (models, unknown ones) are for clients of all dialects: who sends
 * the header of one is a client of it.
 *
 * @param hasHeader whether the request has a header of this name
 */
export function dialectOf(path: string, hasHeader: (name: string) => boolean): Dialect | undefined {
  const route = path.replace(/^(\/v1)+(?=\/)/, '');
  return (
    dialects.find((dialect) => route === dialect.path || route.startsWith(`${dialect.path}/`)) ??
    dialects.find(({ clientHeader }) => clientHeader !== undefined && hasHeader(clientHeader))
  );
}

function faultOf(error: unknown): Fault {
  if (error instanceof FaultError) return error.fault;
  // express cannot decode such a path
  if (error instanceof URIError) return { kind: 'unknown_url', message: 'The path is not valid.' };
  return {
    kind: 'internal_error',
    message: 'An internal error occurred. Please name the request id when you report it.',
  };
}
