import type { AccountState } from '@codex-gateway/wire/broker/contract.ts';
import { accountStateSchema } from '@codex-gateway/wire/broker/contract.ts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AccountView } from './account.ts';
import type { CallerMethod, CallerResult } from './http/authenticate.ts';
import type { RefreshOutcome } from './settle.ts';

export interface AuthMetrics {
  readonly registry: Registry;
  readonly refreshed: (alias: string, outcome: RefreshOutcome | 'store_failed', seconds: number) => void;
  readonly persistFailed: (alias: string) => void;
  readonly unpersisted: (alias: string, value: boolean) => void;
  readonly stateWritten: (result: 'stored' | 'conflict' | 'error', seconds: number) => void;
  readonly vended: (result: 'ok' | 'empty', seconds: number) => void;
  readonly callerAuthenticated: (method: CallerMethod, result: CallerResult) => void;
  /** Sets the gauges of the accounts whenever somebody scrapes. */
  readonly watchAccounts: (views: () => readonly AccountView[]) => void;
}

const STATES: readonly AccountState[] = accountStateSchema.options;
const WRITE_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];
const REFRESH_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30];
const VEND_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

/** The broker's metrics. `account` is an alias from the configuration, never a person's address. */
export function createMetrics(version: string): AuthMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({ name: 'codex_auth_build_info', help: 'Always 1.', labelNames: ['version'], registers }).set(
    { version },
    1,
  );
  const callerAuth = new Counter({
    name: 'codex_auth_caller_auth_total',
    help: 'Callers that proved themselves, or did not.',
    labelNames: ['method', 'result'],
    registers,
  });
  return {
    registry,
    ...refreshMetrics(registers),
    ...storeMetrics(registers),
    vended: vendMetric(registers),
    callerAuthenticated: (method, result) => callerAuth.inc({ method, result }),
    watchAccounts: (views) => watchAccounts(registers, views),
  };
}

type Registers = Registry[];

function refreshMetrics(registers: Registers): Pick<AuthMetrics, 'refreshed' | 'persistFailed'> {
  const total = new Counter({
    name: 'codex_auth_refresh_total',
    help: 'Refreshes by how they ended; persist_failed counts single writes that failed after an answer.',
    labelNames: ['account', 'result'],
    registers,
  });
  const duration = new Histogram({
    name: 'codex_auth_refresh_duration_seconds',
    help: 'From the decision to the durable record.',
    buckets: REFRESH_BUCKETS,
    registers,
  });
  return {
    refreshed: (account, result, seconds) => {
      total.inc({ account, result });
      duration.observe(seconds);
    },
    persistFailed: (account) => total.inc({ account, result: 'persist_failed' }),
  };
}

function storeMetrics(registers: Registers): Pick<AuthMetrics, 'stateWritten' | 'unpersisted'> {
  const unpersisted = new Gauge({
    name: 'codex_auth_state_unpersisted',
    help: '1 while the outcome of a refresh exists in memory only: do not restart the broker.',
    labelNames: ['account'],
    registers,
  });
  const duration = new Histogram({
    name: 'codex_auth_state_write_duration_seconds',
    help: 'Writes of a durable record.',
    labelNames: ['result'],
    buckets: WRITE_BUCKETS,
    registers,
  });
  const conflicts = new Counter({
    name: 'codex_auth_cas_conflicts_total',
    help: 'Writes refused because somebody else had written in between.',
    registers,
  });
  return {
    unpersisted: (account, value) => unpersisted.set({ account }, value ? 1 : 0),
    stateWritten: (result, seconds) => {
      duration.observe({ result }, seconds);
      if (result === 'conflict') conflicts.inc();
    },
  };
}

function vendMetric(registers: Registers): AuthMetrics['vended'] {
  const total = new Counter({
    name: 'codex_auth_vend_total',
    help: 'Answers to POST /v1/tokens, with and without an account.',
    labelNames: ['result'],
    registers,
  });
  const duration = new Histogram({
    name: 'codex_auth_vend_duration_seconds',
    help: 'Time to answer POST /v1/tokens.',
    buckets: VEND_BUCKETS,
    registers,
  });
  return (result, seconds) => {
    total.inc({ result });
    duration.observe(seconds);
  };
}

function watchAccounts(registers: Registers, views: () => readonly AccountView[]): void {
  const gauge = (name: string, help: string, value: (view: AccountView) => number | null) =>
    new Gauge({
      name,
      help,
      labelNames: ['account'],
      registers,
      collect() {
        this.reset();
        for (const view of views()) {
          const now = value(view);
          if (now !== null) this.set({ account: view.alias }, now);
        }
      },
    });
  gauge(
    'codex_auth_access_token_expires_timestamp_seconds',
    'When the access token expires.',
    (view) => view.accessTokenExpiresAt && view.accessTokenExpiresAt / 1_000,
  );
  gauge(
    'codex_auth_refresh_token_rotated_timestamp_seconds',
    'When the refresh token was last renewed.',
    (view) => view.lastRefreshAt && view.lastRefreshAt / 1_000,
  );
  gauge('codex_auth_state_generation', 'Counts the changes of the tokens.', (view) => view.generation);
  const states = new Gauge({
    name: 'codex_auth_credential_state',
    help: '1 for the state that an account is in, 0 for the others.',
    labelNames: ['account', 'state'],
    registers: [],
    collect() {
      this.reset();
      for (const { alias, state } of views())
        for (const other of STATES) this.set({ account: alias, state: other }, other === state ? 1 : 0);
    },
  });
  for (const registry of registers) registry.registerMetric(states);
}
