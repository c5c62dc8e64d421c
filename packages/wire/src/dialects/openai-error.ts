import { faultCode, faultParam, faultStatus, type Fault } from '../fault.ts';
import type { ErrorReply } from './dialect.ts';

/** The error object of both OpenAI dialects; always these four members. */
export interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** 4xx made here are `invalid_request_error`, 5xx `gateway_error`; what the upstream said keeps its own type. */
function errorType(fault: Fault): string {
  if (fault.kind === 'upstream_refused') return fault.type;
  if (fault.kind === 'usage_limit_reached') return fault.kind; // the Codex CLI reads exactly this
  return faultStatus(fault) >= 500 ? 'gateway_error' : 'invalid_request_error';
}

export function openAiError(fault: Fault): OpenAiError {
  const error = {
    message: fault.message,
    type: errorType(fault),
    param: faultParam(fault),
    code: faultCode(fault),
  };
  if (fault.kind !== 'usage_limit_reached') return error;
  return {
    ...error,
    ...(fault.resetsAt !== null && { resets_at: fault.resetsAt }),
    ...(fault.resetsInSeconds !== null && { resets_in_seconds: fault.resetsInSeconds }),
    ...(fault.planType !== null && { plan_type: fault.planType }),
  };
}

export function openAiErrorReply(fault: Fault): ErrorReply {
  return { status: faultStatus(fault), body: { error: openAiError(fault) } };
}
