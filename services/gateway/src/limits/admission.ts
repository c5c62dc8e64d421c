import { FaultError } from '@codex-gateway/wire/fault.ts';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { newId } from '../ids.ts';
import type { ApiKey } from '../keys/api-keys.ts';
import type { LimitState, LimitStore } from './limit-store.ts';
import { LEASE_SECONDS, limitFault, limitRows } from './limits.ts';

/** Tokens reserved for an answer when the request names no limit. */
const DEFAULT_OUTPUT_TOKENS = 1_024;
const BYTES_PER_TOKEN = 4;
const RENEW_MS = (LEASE_SECONDS * 1000) / 3;

/** The right to run one request; must be settled exactly once, whatever happens. */
export interface Permit {
  /** `usedTokens` null: unknown, what was reserved stays counted. */
  readonly settle: (usedTokens: number | null) => Promise<void>;
}

export interface AdmissionRequest {
  readonly key: ApiKey;
  readonly inputBytes: number;
  readonly maxTokens: number | null;
  /** Called with the limits' state, also when the request is refused: it becomes headers. */
  readonly onStates: (states: readonly LimitState[]) => void;
}

export type Admit = (request: AdmissionRequest) => Promise<Permit>;

/**
 * Decides by all limits of a key at once whether a request may run.
 *
 * @throws FaultError 429 of the first limit that has no room; nothing was taken then
 */
export function createAdmission(store: LimitStore, clock: Clock): Admit {
  return async ({ key, inputBytes, maxTokens, onStates }) => {
    const reservedTokens = Math.ceil(inputBytes / BYTES_PER_TOKEN) + (maxTokens ?? DEFAULT_OUTPUT_TOKENS);
    const rows = limitRows(key, reservedTokens);
    const admission = await store.admit({ keyId: key.id, reservationId: newId(), rows });
    onStates(admission.states);
    if (!admission.ok) throw new FaultError(limitFault(admission.refusedBy, admission.waitMs));
    let cancel = clock.after(RENEW_MS, renew);
    function renew(): void {
      if (!admission.ok) return;
      void store.renew(admission);
      cancel = clock.after(RENEW_MS, renew);
    }
    return {
      settle: (usedTokens) => {
        cancel();
        return store.settle(admission, usedTokens);
      },
    };
  };
}
