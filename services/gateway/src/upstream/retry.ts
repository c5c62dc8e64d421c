import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { ServedAccount } from '@codex-gateway/wire/broker/contract.ts';
import type { Refusal, Remedy } from '@codex-gateway/wire/codex/refusal.ts';
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
  readonly clock: Clock;
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
    const tried = new Set<string>();
    const unusable = new Set<string>();
    let request = firstRequest;
    let reason: Remedy = 'none';
    for (let retries = 0; ; retries++) {
      const account = await deps.accounts.choose(unusable);
      if (reason !== 'none') deps.countRetry(reason);
      const result = await attempt(deps, { request, account, requestId, signal });
      if (result.kind === 'stream') return { ...result, retries };
      const { fault } = result.refusal;
      if (fault.kind === 'usage_limit_reached') deps.accounts.rest(account.alias, fault);
      reason = nextRemedy(result.refusal, account, tried);
      if (reason === 'none') throw new FaultError(fault);
      if (reason === 'other_account') unusable.add(account.alias);
      if (reason === 'fresh_token') await deps.rejectToken(account);
      if (reason === 'without_reasoning') request = withoutReasoning(request);
      if (reason === 'pause') await pause(deps, signal);
    }
  };
}

/** Each remedy once, a fresh token once an account; another account as long as there is one, which `choose` knows. */
function nextRemedy({ remedy }: Refusal, { alias }: ServedAccount, tried: Set<string>): Remedy {
  if (remedy === 'none' || remedy === 'other_account') return remedy;
  const mark = remedy === 'fresh_token' ? `${remedy} ${alias}` : remedy;
  if (tried.has(mark)) return remedy === 'fresh_token' ? 'other_account' : 'none';
  tried.add(mark);
  return remedy;
}

/** @throws the signal's reason when the request ends meanwhile */
async function pause({ clock, retryPauseMs }: RetryDeps, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const cancel = clock.after(retryPauseMs, over.resolve);
  signal.addEventListener('abort', () => over.resolve(), { once: true });
  await over.promise;
  cancel();
  signal.throwIfAborted();
}

async function attempt({ client, clock }: RetryDeps, call: UpstreamCall): Promise<FirstEvent> {
  const result = await client(call).catch(refuseIfNeverSent);
  return result.kind === 'refused' ? result : untilFirstEvent(result, clock);
}

function refuseIfNeverSent(error: unknown): UpstreamResult {
  if (!(error instanceof FaultError) || !neverSent(error)) throw error;
  return { kind: 'refused', refusal: { fault: error.fault, remedy: 'pause' } };
}
