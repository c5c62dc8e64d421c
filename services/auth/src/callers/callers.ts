/**
 * What a caller has proved. `unknown`: it is not who it says it is, or nobody can tell. `not_allowed`: it is known, and may
 * not ask. `undecided`: who decides is away. `reason` is for the log and goes to nobody else; it never holds the proof.
 */
export type CallerVerdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'unknown' | 'not_allowed' | 'undecided'; readonly reason: string };

/** Who may ask the broker for tokens, by what it sends as `Authorization: Bearer`. */
export interface Callers {
  readonly method: 'shared_secret' | 'service_account';
  readonly judge: (proof: string) => Promise<CallerVerdict>;
  readonly close: () => Promise<void>;
}
