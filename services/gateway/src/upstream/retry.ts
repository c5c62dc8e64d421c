import { setTimeout as pause } from 'node:timers/promises';
import type { ServedAccount } from '@codex-gateway/wire/broker/contract.ts';
import type { Remedy } from '@codex-gateway/wire/codex/refusal.ts';
import { withoutReasoning, type CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import type { Accounts } from './accounts.ts';
import { neverSent, type CodexClient, type UpstreamCall, type UpstreamResult } from './codex-client.ts';
import { untilFirstEvent, type Begun, type FirstEvent } from './first-event.ts';

/** An answer on its way; when it has `begun`, its first batch holds a real event. */
export interface Answer extends Begun {
  readonly retries: number;
}

export interface AskOptions {
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export type AskUpstream = (request: CodexRequest, options: AskOptions) => Promise<Answer>;

export interface RetryDeps {
  readonly client: CodexClient;
  readonly accounts: Accounts;
  /** Has the broker replace a refused token. */
  readonly rejectToken: (account: ServedAccount) => Promise<void>;
  /** The pause before asking an overloaded or unreachable upstream again. */
  readonly retryPauseMs: number;
  readonly countRetry: (reason: Remedy) => void;
}

/**
 * Asks the upstream until an answer begins. A request is sent again only when it was surely not accepted, and for each
 * reason once: the upstream could not be reached, refused the token, the account or a sealed reasoning item, or was
 * overloaded.
 *
 * @throws FaultError what the client is to be told
 */
export function createRetry(deps: RetryDeps): AskUpstream {
  return async (firstRequest, { requestId, signal }) => {
    const tried = new Set<Remedy>();
    const unusable = new Set<string>();
    let request = firstRequest;
    for (let retries = 0; ; retries++) {
      const account = await deps.accounts.choose(unusable);
      const result = await attempt(deps.client, { request, account, requestId, signal });
      if (result.kind === 'stream') return { ...result, retries };
      const { remedy, fault } = result.refusal;
      if (fault.kind === 'usage_limit_reached') deps.accounts.rest(account.alias, fault);
      // another account is worth trying as long as there is one; `choose` knows
      if (remedy === 'none' || (tried.has(remedy) && remedy !== 'other_account')) throw new FaultError(fault);
      tried.add(remedy);
      deps.countRetry(remedy);
      if (remedy === 'other_account') unusable.add(account.alias);
      if (remedy === 'fresh_token') await deps.rejectToken(account);
      if (remedy === 'without_reasoning') request = withoutReasoning(request);
      if (remedy === 'pause') await pause(deps.retryPauseMs, undefined, { signal });
    }
  };
}

async function attempt(client: CodexClient, call: UpstreamCall): Promise<FirstEvent> {
  const result = await client(call).catch(refuseIfNeverSent);
  return result.kind === 'refused' ? result : untilFirstEvent(result);
}

function refuseIfNeverSent(error: unknown): UpstreamResult {
  if (!(error instanceof FaultError) || !neverSent(error)) throw error;
  return { kind: 'refused', refusal: { fault: error.fault, remedy: 'pause' } };
}
