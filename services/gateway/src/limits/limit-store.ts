import type { LimitName, LimitRow } from './limits.ts';

/** The state of one limit after a decision. */
export interface LimitState {
  readonly name: LimitName;
  readonly unit: LimitRow['unit'];
  readonly ceiling: number;
  readonly used: number;
  /** Milliseconds until the counter is empty again; null when it never is (a total quota). */
  readonly resetMs: number | null;
}

export interface Reservation {
  readonly keyId: string;
  /** Names this request in leases and reservations. Unique: made here, never taken from a client. */
  readonly reservationId: string;
  readonly rows: readonly LimitRow[];
}

export type Admission =
  | {
      readonly ok: true;
      readonly states: readonly LimitState[];
      readonly reservation: Reservation;
      readonly at: number;
    }
  /** The first limit, in the order of the rows, that has no room; nothing was taken from any of them. */
  | {
      readonly ok: false;
      readonly states: readonly LimitState[];
      readonly refusedBy: LimitRow;
      /** Until there is room; null when waiting does not help. */
      readonly waitMs: number | null;
    };

export type Admitted = Extract<Admission, { ok: true }>;

/** Where counters live. Every implementation passes the same contract suite. */
export interface LimitStore {
  /** Checks every row, then takes from every one, or takes nothing: one decision, atomic over all replicas. */
  readonly admit: (reservation: Reservation) => Promise<Admission>;
  /** Keeps the leases of running requests alive. */
  readonly renew: (admitted: Admitted) => Promise<void>;
  /** Replaces the reserved tokens by the used ones (null: unknown, the reservation stays) and gives leases back. */
  readonly settle: (admitted: Admitted, usedTokens: number | null) => Promise<void>;
}
