/**
 * What ends a request early. One closed union: each kind is also the error code that clients read (README, "Errors"),
 * and `faultRules` gives its status and its outcome word. A kind without a row does not compile.
 */
export type Fault = Readonly<
  { message: string } & (
    | { kind: PlainKind }
    | { kind: FieldKind; param: string | null }
    | { kind: LimitKind; retryAfterSeconds: number }
    | { kind: 'method_not_allowed'; allow: string }
    /** `conversation_unavailable`: what is remembered of earlier responses cannot be read now. */
    | { kind: 'server_is_overloaded' | 'conversation_unavailable'; retryAfterSeconds: number }
    /** `tokens`: how many were sent and how many fit, where somebody knows or has estimated it. */
    | {
        kind: 'context_length_exceeded';
        param: string | null;
        tokens?: { readonly sent: number; readonly maximum: number };
      }
    /** Every account's upstream window is used up. `resetsAt` in unix seconds; the upstream says one of both, or both. */
    | {
        kind: 'usage_limit_reached';
        resetsAt: number | null;
        resetsInSeconds: number | null;
        planType: string | null;
      }
    /** A refusal by the upstream that the client must see as it is, in the client's envelope. */
    | {
        kind: 'upstream_refused';
        status: number;
        type: string;
        code: string | null;
        param: string | null;
        retryAfterSeconds: number | null;
      }
  )
>;

type PlainKind =
  | 'missing_api_key'
  | 'invalid_api_key'
  | 'api_key_expired'
  | 'api_key_disabled'
  | 'raw_not_allowed'
  | 'unknown_url'
  | 'upgrade_required'
  /** A server-side thread of the Anthropic SDK, which then goes on without one (its `ThreadState`). */
  | 'thread_unsupported_request'
  | 'request_too_large'
  | 'unsupported_encoding'
  | 'oauth_unavailable'
  | 'upstream_unavailable'
  | 'upstream_error'
  | 'upstream_timeout'
  | 'limits_unavailable'
  | 'internal_error'
  | 'client_gone'
  | 'drain_deadline';

type FieldKind =
  | 'invalid_request'
  | 'unsupported_parameter'
  | 'unsupported_value'
  | 'max_tokens_exceeded'
  | 'previous_response_not_found'
  | 'response_not_found'
  | 'model_not_allowed'
  | 'model_not_found';

type LimitKind =
  | 'quota_exceeded'
  | 'rate_limit_rpm'
  | 'rate_limit_rpd'
  | 'rate_limit_tpm'
  | 'concurrent_limit';

export type FaultKind = Fault['kind'];

/** The closed list that logs, metrics and `x-gateway-outcome` speak. */
export type Outcome =
  | 'ok'
  | 'client_gone'
  | 'client_error'
  | 'unauthorized'
  | 'forbidden'
  | 'rate_limited'
  | 'quota_exceeded'
  | 'usage_limit'
  | 'oauth_unavailable'
  | 'overloaded'
  | 'upstream_refused'
  | 'upstream_unavailable'
  | 'upstream_error'
  | 'timeout'
  | 'drain_deadline'
  | 'internal';

interface FaultRule {
  readonly status: number;
  readonly outcome: Outcome;
}

export const faultRules = {
  missing_api_key: { status: 401, outcome: 'unauthorized' },
  invalid_api_key: { status: 401, outcome: 'unauthorized' },
  api_key_expired: { status: 401, outcome: 'unauthorized' },
  api_key_disabled: { status: 403, outcome: 'forbidden' },
  model_not_allowed: { status: 403, outcome: 'forbidden' },
  raw_not_allowed: { status: 403, outcome: 'forbidden' },
  quota_exceeded: { status: 429, outcome: 'quota_exceeded' },
  rate_limit_rpm: { status: 429, outcome: 'rate_limited' },
  rate_limit_rpd: { status: 429, outcome: 'rate_limited' },
  rate_limit_tpm: { status: 429, outcome: 'rate_limited' },
  concurrent_limit: { status: 429, outcome: 'rate_limited' },
  usage_limit_reached: { status: 429, outcome: 'usage_limit' },
  invalid_request: { status: 400, outcome: 'client_error' },
  unsupported_parameter: { status: 400, outcome: 'client_error' },
  unsupported_value: { status: 400, outcome: 'client_error' },
  max_tokens_exceeded: { status: 400, outcome: 'client_error' },
  context_length_exceeded: { status: 400, outcome: 'client_error' },
  previous_response_not_found: { status: 400, outcome: 'client_error' },
  thread_unsupported_request: { status: 400, outcome: 'client_error' },
  model_not_found: { status: 404, outcome: 'client_error' },
  unknown_url: { status: 404, outcome: 'client_error' },
  response_not_found: { status: 404, outcome: 'client_error' },
  method_not_allowed: { status: 405, outcome: 'client_error' },
  upgrade_required: { status: 426, outcome: 'client_error' },
  request_too_large: { status: 413, outcome: 'client_error' },
  unsupported_encoding: { status: 415, outcome: 'client_error' },
  oauth_unavailable: { status: 503, outcome: 'oauth_unavailable' },
  upstream_unavailable: { status: 502, outcome: 'upstream_unavailable' },
  upstream_error: { status: 502, outcome: 'upstream_error' },
  upstream_timeout: { status: 504, outcome: 'timeout' },
  upstream_refused: { status: 400, outcome: 'upstream_refused' },
  limits_unavailable: { status: 503, outcome: 'internal' },
  conversation_unavailable: { status: 503, outcome: 'internal' },
  server_is_overloaded: { status: 503, outcome: 'overloaded' },
  drain_deadline: { status: 503, outcome: 'drain_deadline' },
  internal_error: { status: 500, outcome: 'internal' },
  client_gone: { status: 499, outcome: 'client_gone' },
} as const satisfies Record<FaultKind, FaultRule>;

export function faultStatus(fault: Fault): number {
  return fault.kind === 'upstream_refused' ? fault.status : faultRules[fault.kind].status;
}

/**
 * The stable code for the client. A drain is an overload to it: the next pod will serve the retry; so are conversations
 * out of reach, which are there again in a moment. A WebSocket upgrade is a GET where only POST is.
 */
export function faultCode(fault: Fault): string | null {
  if (fault.kind === 'upstream_refused') return fault.code;
  if (fault.kind === 'drain_deadline' || fault.kind === 'conversation_unavailable')
    return 'server_is_overloaded';
  return fault.kind === 'upgrade_required' ? 'method_not_allowed' : fault.kind;
}

/** The field at fault as the client wrote it (`messages[1].role`), where there is one. */
export function faultParam(fault: Fault): string | null {
  return 'param' in fault ? fault.param : null;
}

/** Thrown when the request is over; whoever answers the client turns `fault` into the dialect's shape. */
export class FaultError extends Error {
  readonly fault: Fault;
  /** The upstream's own id of the request that it refused. */
  readonly upstreamRequestId: string | null;

  constructor(fault: Fault, options?: ErrorOptions & { readonly upstreamRequestId?: string | null }) {
    super(fault.message, options);
    this.name = 'FaultError';
    this.fault = fault;
    this.upstreamRequestId = options?.upstreamRequestId ?? null;
  }
}

/** A field that is missing or malformed. `param` as the client wrote it: `messages[1].role`. */
export function invalidRequest(message: string, param: string | null): FaultError {
  return new FaultError({ kind: 'invalid_request', message, param });
}
