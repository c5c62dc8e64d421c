import { faultRules, type Fault } from './fault.ts';

/** The longest wait that clients are told: the OpenAI SDK ignores a longer one, the Anthropic SDK would sleep it. */
const MAX_RETRY_AFTER = 60;
/** A full minute window has room again within its 60 seconds and the second that counts whole. */
const WORTH_WAITING = MAX_RETRY_AFTER + 1;

/** A 426 has to name the protocol that is wanted (RFC 9110, 15.5.22): the one that is spoken here already. */
const whatToUpgradeTo = { upgrade: 'HTTP/1.1', connection: 'close, upgrade' };

/** What an error says in its headers, in every dialect. Both SDK families read `x-should-retry` before `retry-after`. */
export function faultHeaders(fault: Fault): Record<string, string> {
  const headers: Record<string, string> = { 'x-gateway-outcome': faultRules[fault.kind].outcome };
  if (fault.kind === 'method_not_allowed') headers['allow'] = fault.allow;
  if (fault.kind === 'upgrade_required') Object.assign(headers, whatToUpgradeTo);
  const wait = waitOf(fault);
  if (wait === null) return headers;
  headers['retry-after'] = String(Math.min(Math.max(1, Math.ceil(wait)), MAX_RETRY_AFTER));
  if (wait > WORTH_WAITING) headers['x-should-retry'] = 'false';
  return headers;
}

/** Seconds until another try is worth while, null when the fault says nothing of it. */
function waitOf(fault: Fault): number | null {
  if (fault.kind === 'usage_limit_reached') return Number.POSITIVE_INFINITY;
  return 'retryAfterSeconds' in fault ? fault.retryAfterSeconds : null;
}
