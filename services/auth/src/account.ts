import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { AccountState, RejectReply } from '@codex-gateway/wire/broker/contract.ts';

/** What is known about an account at this moment. Times in milliseconds since the epoch. */
export interface AccountView {
  readonly alias: string;
  readonly state: AccountState;
  /** For the operator: why there is no token, and what to do. */
  readonly message: string;
  /** What callers may be given now; null when there is no token that is durable and still valid. */
  readonly served: ServedToken | null;
  readonly accountId: string | null;
  readonly plan: string | null;
  readonly generation: number;
  readonly accessTokenExpiresAt: number | null;
  readonly lastRefreshAt: number | null;
  readonly lastOutcome: string | null;
}

export interface ServedToken {
  readonly accessToken: Secret;
  readonly expiresAt: number;
}

/** One account behind the broker, whoever owns its login. */
export interface Account {
  readonly alias: string;
  readonly view: () => AccountView;
  /** Begins to watch over the login. */
  readonly start: () => Promise<void>;
  /** Resolves when no refresh is running; starts one first when it is due. */
  readonly settled: () => Promise<void>;
  /** The backend refused the token with this fingerprint. */
  readonly reject: (fingerprint: string) => Promise<RejectReply['result']>;
  /** Ends the watch; a running refresh is finished and made durable first. */
  readonly close: () => Promise<void>;
}
