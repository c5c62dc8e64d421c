import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { RefreshGrant } from './oauth/refresh-grant.ts';
import { nextStep, type OnInDoubt, type Step, type Trigger } from './refresh-policy.ts';
import { failed, settle, type Claimed, type SettleDeps, type Settled } from './settle.ts';
import type { Intent, StoreReading, StoredRecord, TokenRecord } from './store/token-store.ts';

export type RefreshResult =
  | ({ readonly kind: 'attempted' } & Settled)
  | { readonly kind: 'idle'; readonly step: IdleStep; readonly entry: StoredRecord }
  | { readonly kind: 'no_record'; readonly reading: Exclude<StoreReading, { kind: 'record' }> }
  | { readonly kind: 'store_failed'; readonly code: string };

export type IdleStep = Exclude<Step, { kind: 'refresh' | 'unresolved' }>;

export interface RefreshDeps extends SettleDeps {
  readonly grant: RefreshGrant;
  /** This process, as it signs its intents. */
  readonly holder: string;
  readonly newId: () => string;
  readonly onInDoubt: OnInDoubt;
  readonly intentDeadlineMs: number;
  /** The longest that `grant` takes; the intent's deadline must not pass meanwhile. */
  readonly grantTimeoutMs: number;
}

export interface Refresher {
  /** One refresh; the result never rejects. Not to be called again before it has ended. */
  readonly refresh: (trigger: Trigger) => Promise<RefreshResult>;
  /** When a record that was read earlier calls for the next refresh; now or earlier means at once. */
  readonly wakeAt: (record: TokenRecord, trigger: Trigger) => number;
}

/**
 * One refresh as a transaction over the durable record: read, decide, announce by compare-and-swap, present the
 * refresh token exactly once, make the answer durable, only then report it. Within the process the
 * caller sees to it that one runs at a time; between processes the compare-and-swap decides.
 */
export function createRefresher(deps: RefreshDeps): Refresher {
  // Intents of ours that no request followed. Whatever the store says about them, no token was spent for them.
  const unsent = new Set<string>();
  // What an earlier process left behind is looked for once, when an intent is found that is not ours.
  let lookedForSpill = false;

  const decide = (record: TokenRecord, trigger: Trigger) =>
    nextStep(record, trigger, { ...deps, now: deps.clock.now(), exclusive: deps.store.exclusive, unsent });

  const claim = async (entry: StoredRecord, attempt: Intent['attempt']): Promise<Claimed | null> => {
    const intent = newIntent(deps, entry, attempt);
    unsent.add(intent.id);
    const record = { ...entry.record, intent };
    const written = await deps.store.replace(deps.alias, entry.version, record);
    if (written.kind === 'conflict') return null;
    return { version: written.version, record, intent, previous: entry.record.intent };
  };

  const present = async (claimed: Claimed): Promise<RefreshResult> => {
    unsent.delete(claimed.intent.id);
    const outcome = await deps.grant(claimed.record.refreshToken);
    return { kind: 'attempted', ...(await settle(deps, claimed, outcome)) };
  };

  /** Null when somebody else wrote in between: look again. */
  const advance = async (entry: StoredRecord, trigger: Trigger): Promise<RefreshResult | null> => {
    const step = decide(entry.record, trigger);
    if (step.kind === 'unresolved') return giveUp(deps, entry);
    if (step.kind !== 'refresh') return { kind: 'idle', step, entry };
    const claimed = await claim(entry, step.attempt);
    if (claimed === null) return null;
    // a pause of this process in between must not let the request outlive the intent that announces it
    if (claimed.intent.deadlineAt - deps.clock.now() >= deps.grantTimeoutMs) return present(claimed);
    await withdraw(deps, claimed);
    return null;
  };

  const mayHaveSpilled = ({ intent }: TokenRecord) =>
    deps.spill !== null && intent !== null && intent.holder !== deps.holder && !lookedForSpill;

  const refresh = async (trigger: Trigger): Promise<RefreshResult> => {
    try {
      for (;;) {
        const reading = await deps.store.read(deps.alias);
        if (reading.kind !== 'record') return { kind: 'no_record', reading };
        const { refreshToken } = reading.record;
        const looksForSpill = mayHaveSpilled(reading.record);
        const spilled = looksForSpill ? await deps.spill?.find(deps.alias, refreshToken) : null;
        lookedForSpill ||= looksForSpill && !spilled;
        const result = spilled ? await recover(deps, reading, spilled) : await advance(reading, trigger);
        if (result !== null) return result;
      }
    } catch (error) {
      return { kind: 'store_failed', code: errorCode(error) };
    }
  };

  return {
    refresh,
    wakeAt: (record, trigger) => {
      const now = deps.clock.now();
      return mayHaveSpilled(record) ? now : wakeAt(decide(record, trigger), now);
    },
  };
}

function wakeAt(step: Step, now: number): number {
  switch (step.kind) {
    case 'refresh':
    case 'unresolved':
      return now;
    case 'wait':
      return step.at;
    case 'permanent':
    case 'replaced':
      return Number.POSITIVE_INFINITY;
  }
}

function newIntent(deps: RefreshDeps, { record }: StoredRecord, attempt: Intent['attempt']): Intent {
  const startedAt = deps.clock.now();
  return {
    id: deps.newId(),
    holder: deps.holder,
    startedAt,
    deadlineAt: startedAt + deps.intentDeadlineMs,
    fromGeneration: record.generation,
    attempt,
  };
}

/** Makes durable what an earlier process was given for the announced token. Null: somebody else wrote, look again. */
async function recover(
  deps: RefreshDeps,
  { version, record }: StoredRecord,
  spilled: TokenRecord,
): Promise<RefreshResult | null> {
  const renewed = { ...spilled, seedFingerprints: record.seedFingerprints };
  const written = await deps.store.replace(deps.alias, version, renewed);
  if (written.kind === 'conflict') return null;
  await deps.spill?.drop(deps.alias);
  return { kind: 'attempted', outcome: 'recovered', entry: { version: written.version, record: renewed } };
}

async function withdraw({ store, alias }: RefreshDeps, claimed: Claimed): Promise<void> {
  await store.replace(alias, claimed.version, { ...claimed.record, intent: claimed.previous });
}

/** The one further attempt of a login in doubt was announced and its end was never written: it counts as made. */
async function giveUp(deps: RefreshDeps, { version, record }: StoredRecord): Promise<RefreshResult | null> {
  const given = failed(record, 'unresolved', deps.clock.now());
  const written = await deps.store.replace(deps.alias, version, given);
  if (written.kind === 'conflict') return null;
  return { kind: 'attempted', outcome: 'unresolved', entry: { version: written.version, record: given } };
}
