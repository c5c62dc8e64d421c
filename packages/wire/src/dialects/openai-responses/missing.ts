import { FaultError, type Fault } from '../../fault.ts';
import type { Recalled } from '../dialect.ts';

const RETRY_AFTER_SECONDS = 1;

/** What a request needs was not found. It is not there, which is `fault`; or nobody could look, which is no fault of it. */
export function missing({ outOfReach = false }: Recalled, fault: Fault): FaultError {
  if (!outOfReach) return new FaultError(fault);
  return new FaultError({
    kind: 'conversation_unavailable',
    message:
      'What the gateway remembers of earlier responses cannot be read at the moment. Try again, or send the conversation itself.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
