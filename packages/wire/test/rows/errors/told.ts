import type { Outcome } from '../../../src/fault.ts';
import type { Told } from '../row.ts';

/** What a client is told whose request the gateway refuses. */
export function refusedHere(
  status: number,
  code: string,
  more: {
    readonly message: string;
    readonly outcome: Outcome;
    readonly anthropic: string;
    readonly param?: string;
  },
): Told {
  const { message, outcome, anthropic, param } = more;
  return {
    status,
    error: { message, type: 'invalid_request_error', code, ...(param !== undefined && { param }) },
    anthropic: { type: anthropic },
    outcome,
  };
}

/** What a client is told when it is not its fault. */
export function failedHere(status: number, code: string, message: string, outcome: Outcome): Told {
  return {
    status,
    error: { message, type: 'gateway_error', code },
    anthropic: { type: 'api_error' },
    outcome,
  };
}
