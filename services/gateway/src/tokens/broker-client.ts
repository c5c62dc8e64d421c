import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { ServedAccount, TokensReply } from '@codex-gateway/wire/broker/contract.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import type { BrokerApi } from './broker-api.ts';

/** A token this close to its end is not given to a request any more. */
const EXPIRY_MARGIN_MS = 5_000;
/** How soon the broker is asked again while it has never given a token. */
const FIRST_TOKEN_RETRY_SECONDS = 5;

/** The access tokens in hand: the gateway keeps them in memory, so a broker outage costs nothing until they expire. */
export interface BrokerClient {
  /**
   * The accounts whose token can be used now, the default first. With none in hand it asks the broker, one call for
   * any number of waiting requests.
   *
   * @throws FaultError `oauth_unavailable`, saying what the operator must do
   */
  readonly accounts: () => Promise<readonly ServedAccount[]>;
  /** Tells the broker that the backend refused this token; resolves when a newer one is in hand, if there is one. */
  readonly reject: (account: ServedAccount) => Promise<void>;
  /** Whether any token was ever received: what readiness means. */
  readonly everReceived: () => boolean;
  /** Asks regularly from now on; the returned function ends it. */
  readonly start: () => () => void;
}

export interface BrokerClientDeps {
  readonly api: BrokerApi;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly count: (result: 'ok' | 'empty' | 'failed') => void;
}

export function createBrokerClient({ api, clock, logger, count }: BrokerClientDeps): BrokerClient {
  let reply: TokensReply | null = null;
  let received = false;
  /** Why the broker gave nothing the last time; null when it answered. */
  let trouble: string | null = null;
  let asking: Promise<void> | null = null;
  const rejections = new Map<string, Promise<void>>();

  const askOnce = async (): Promise<void> => {
    try {
      reply = await api.tokens();
      trouble = null;
      received ||= reply.accounts.length > 0;
      count(reply.accounts.length > 0 ? 'ok' : 'empty');
    } catch (error) {
      count('failed');
      const code = errorCode(error);
      trouble = troubleOf(code);
      logger.warn({ code }, 'token broker gave no tokens');
    }
  };
  const ask = (): Promise<void> => (asking ??= askOnce().finally(() => (asking = null)));

  const rejectOnce = async (account: ServedAccount): Promise<void> => {
    try {
      await api.reject(account);
    } catch (error) {
      logger.warn({ code: errorCode(error) }, 'token broker did not take a rejection');
    }
    await asking; // it may have been answered before the rejection
    await ask();
  };

  const usable = (): readonly ServedAccount[] => usableAccounts(reply, clock.now());
  return {
    accounts: async () => {
      if (usable().length === 0) await ask();
      const accounts = usable();
      if (accounts.length === 0) throw unavailable(reply, trouble);
      return accounts;
    },
    reject: async (account) => {
      if (!isCurrent(reply, account)) return;
      const rejection = rejections.get(account.fingerprint) ?? rejectOnce(account);
      rejections.set(account.fingerprint, rejection);
      await rejection.finally(() => rejections.delete(account.fingerprint));
    },
    everReceived: () => received,
    start: () =>
      pollBroker(
        ask,
        clock,
        () => (received ? reply?.refreshAfterSeconds : undefined) ?? FIRST_TOKEN_RETRY_SECONDS,
      ),
  };
}

function usableAccounts(reply: TokensReply | null, now: number): readonly ServedAccount[] {
  return (reply?.accounts ?? [])
    .filter(({ expiresAt }) => Date.parse(expiresAt) - EXPIRY_MARGIN_MS > now)
    .toSorted((left, right) => Number(right.default) - Number(left.default));
}

/** A token that was replaced meanwhile needs no rejection. */
function isCurrent(reply: TokensReply | null, { alias, fingerprint }: ServedAccount): boolean {
  const current = reply?.accounts.find((account) => account.alias === alias);
  return !current || current.fingerprint === fingerprint;
}

function troubleOf(code: string): string {
  return code === 'STATUS_401' || code === 'STATUS_403'
    ? 'the token broker refuses this gateway: check BROKER_SECRET or BROKER_TOKEN_FILE'
    : `the token broker cannot be reached (${code}): check BROKER_URL and that it runs`;
}

function unavailable(reply: TokensReply | null, trouble: string | null): FaultError {
  const message = trouble ?? reply?.unavailable[0]?.message ?? 'oauth token unavailable, run auth login';
  return new FaultError({ kind: 'oauth_unavailable', message });
}

function pollBroker(ask: () => Promise<void>, clock: Clock, pauseSeconds: () => number): () => void {
  let stopped = false;
  let cancel: (() => void) | null = null;
  const poll = async (): Promise<void> => {
    await ask();
    if (!stopped) cancel = clock.after(pauseSeconds() * 1000, () => void poll());
  };
  void poll();
  return () => {
    stopped = true;
    cancel?.();
  };
}
