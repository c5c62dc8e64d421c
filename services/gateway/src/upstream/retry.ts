import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Refusal, Remedy } from '@codex-gateway/wire/codex/refusal.ts';
import { withoutReasoning, type CodexRequest } from '@codex-gateway/wire/codex/request.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import { accountMark } from './account-mark.ts';
import type { Account, Accounts, Past } from './accounts.ts';
import type { EventClient } from './event-client.ts';
import { untilFirstEvent, type Begun } from './first-event.ts';
import { neverSent, type Posting } from './post.ts';

/** An answer on its way; when it has `begun`, its first batch holds a real event. */
export interface Answer extends Begun {
  readonly retries: number;
  /** What the upstream has taken: without reasoning that it could not open. */
  readonly request: CodexRequest;
}

export interface AskOptions extends Pick<Posting, 'requestId' | 'signal'>, Past {}

export type AskUpstream = (request: CodexRequest, options: AskOptions) => Promise<Answer>;

export interface RetryDeps {
  readonly accounts: Accounts;
  /** The pause before asking an overloaded or unreachable upstream again. */
  readonly retryPauseMs: number;
  readonly clock: Clock;
  readonly countRetry: (reason: Remedy) => void;
}

/** Asks once; `reason` says what made this try necessary, `none` for the first. */
export type Try<Taken> = (account: Account, reason: Remedy) => Promise<Taken | Refused>;

interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
  /** The upstream's own id of the request, when it got as far as that. */
  readonly requestId?: string | null;
}

/**
 * Asks the upstream until an answer begins. A request is sent again only when it was surely not accepted, and for each
 * reason once: the upstream could not be reached, refused the token, the account or a sealed reasoning item, or was
 * overloaded.
 *
 * @throws FaultError what the client is to be told
 */
export async function untilTaken<Taken extends { readonly kind: 'stream' }>(
  deps: RetryDeps,
  { signal, ...past }: AskOptions,
  tryOnce: Try<Taken>,
): Promise<{ readonly taken: Taken; readonly retries: number }> {
  const tried = new Set<string>();
  const unusable = new Set<string>();
  let reason: Remedy = 'none';
  for (let retries = 0; ; retries++) {
    const account = await unlessEnded(deps.accounts.choose(unusable, past), signal);
    if (reason !== 'none') deps.countRetry(reason);
    const result: Taken | Refused = await tryOnce(account, reason).catch(refuseIfNeverSent);
    if (result.kind === 'stream') return { taken: result, retries };
    const { refusal, requestId = null } = result;
    const { fault } = refusal;
    deps.accounts.note(account.alias, fault);
    reason = nextRemedy(refusal, account, tried);
    if (reason === 'none') throw new FaultError(fault, { upstreamRequestId: requestId });
    if (reason === 'other_account') unusable.add(account.alias);
    if (reason === 'fresh_token') await unlessEnded(account.renew(), signal);
    if (reason === 'pause') await pause(deps, signal);
  }
}

/** Asks for an answer in events, until its first real one. */
export function createRetry(deps: RetryDeps & { readonly client: EventClient }): AskUpstream {
  return async (firstRequest, { sealedBy = null, ...options }) => {
    let request = firstRequest;
    const past = { ...options, sealedBy };
    const { taken, retries } = await untilTaken<Begun>(deps, past, async (account, reason) => {
      const isForeign = sealedBy !== null && sealedBy !== accountMark(account);
      if (isForeign || reason === 'without_reasoning') request = withoutReasoning(request);
      const result = await deps.client({ request, account, ...options });
      return result.kind === 'refused' ? result : untilFirstEvent(result, deps.clock);
    });
    return { ...taken, retries, request };
  };
}

/** Each remedy once, a fresh token once an account; another account as long as there is one, which `choose` knows. */
function nextRemedy({ remedy }: Refusal, { alias }: Account, tried: Set<string>): Remedy {
  if (remedy === 'none' || remedy === 'other_account') return remedy;
  const mark = remedy === 'fresh_token' ? `${remedy} ${alias}` : remedy;
  if (tried.has(mark)) return remedy === 'fresh_token' ? 'other_account' : 'none';
  tried.add(mark);
  return remedy;
}

/** @throws the signal's reason when the request ends before the work does */
async function unlessEnded<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(signal.reason);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
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

function refuseIfNeverSent(error: unknown): Refused {
  if (!(error instanceof FaultError) || !neverSent(error)) throw error;
  return { kind: 'refused', refusal: { fault: error.fault, remedy: 'pause' } };
}
