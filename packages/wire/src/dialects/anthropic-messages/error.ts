import { faultCode, faultStatus, type Fault, type FaultKind } from '../../fault.ts';
import type { ErrorReply } from '../dialect.ts';

/** The error of the Messages API; also the `data` of an `error` event. */
export interface AnthropicError {
  readonly type: 'error';
  readonly error: {
    readonly type: ErrorType;
    readonly message: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
  readonly request_id: string;
}

type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'timeout_error'
  | 'api_error'
  | 'overloaded_error';

type GatewayFaultKind = Exclude<FaultKind, 'upstream_refused'>;

const errorTypes: Readonly<Record<GatewayFaultKind, ErrorType>> = {
  missing_api_key: 'authentication_error',
  invalid_api_key: 'authentication_error',
  api_key_expired: 'authentication_error',
  api_key_disabled: 'permission_error',
  model_not_allowed: 'permission_error',
  raw_not_allowed: 'permission_error',
  quota_exceeded: 'rate_limit_error',
  rate_limit_rpm: 'rate_limit_error',
  rate_limit_rpd: 'rate_limit_error',
  rate_limit_tpm: 'rate_limit_error',
  concurrent_limit: 'rate_limit_error',
  usage_limit_reached: 'rate_limit_error',
  invalid_request: 'invalid_request_error',
  unsupported_parameter: 'invalid_request_error',
  unsupported_value: 'invalid_request_error',
  max_tokens_exceeded: 'invalid_request_error',
  context_length_exceeded: 'invalid_request_error',
  previous_response_not_found: 'invalid_request_error',
  thread_unsupported_request: 'invalid_request_error',
  method_not_allowed: 'invalid_request_error',
  upgrade_required: 'invalid_request_error',
  unsupported_encoding: 'invalid_request_error',
  model_not_found: 'not_found_error',
  unknown_url: 'not_found_error',
  response_not_found: 'not_found_error',
  request_too_large: 'request_too_large',
  oauth_unavailable: 'api_error',
  upstream_unavailable: 'api_error',
  upstream_error: 'api_error',
  upstream_timeout: 'timeout_error',
  limits_unavailable: 'api_error',
  conversation_unavailable: 'api_error',
  server_is_overloaded: 'overloaded_error',
  drain_deadline: 'overloaded_error',
  internal_error: 'api_error',
  client_gone: 'api_error',
};

/** For refusals that keep the upstream's status; any other 4xx is the request's fault, any other 5xx the API's. */
const errorTypeOfStatus: ReadonlyMap<number, ErrorType> = new Map([
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);

const OVERLOADED = 529;

export function anthropicErrorReply(fault: Fault, requestId: string): ErrorReply {
  const body = anthropicError(fault, requestId);
  return { status: body.error.type === 'overloaded_error' ? OVERLOADED : faultStatus(fault), body };
}

export function anthropicError(fault: Fault, requestId: string): AnthropicError {
  const details = errorDetails(fault);
  const error = { type: errorType(fault), message: errorMessage(fault), ...(details && { details }) };
  return { type: 'error', error, request_id: requestId };
}

function errorType(fault: Fault): ErrorType {
  if (fault.kind !== 'upstream_refused') return errorTypes[fault.kind];
  const byStatus = errorTypeOfStatus.get(fault.status);
  return byStatus ?? (fault.status >= 500 ? 'api_error' : 'invalid_request_error');
}

/** Claude Code knows an overflow by this beginning, and reads both numbers when they are there. */
function errorMessage(fault: Fault): string {
  if (fault.kind !== 'context_length_exceeded') return fault.message;
  const { tokens } = fault;
  if (!tokens) return `prompt is too long: ${fault.message}`;
  return `prompt is too long: ${tokens.sent} tokens > ${tokens.maximum} maximum`;
}

/** The SDK makes `errorCode` of `error_code`; two codes of its own make it choose a special error. */
function errorDetails(fault: Fault): Readonly<Record<string, unknown>> | null {
  if (fault.kind === 'thread_unsupported_request') return { error_code: fault.kind, unsupported: [] };
  if (fault.kind === 'unsupported_encoding') return { error_code: 'request_body_encoding_unsupported' };
  const code = faultCode(fault);
  return code === null ? null : { error_code: code };
}
