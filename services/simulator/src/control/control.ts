import type { Quota } from '../backend/quota.ts';
import { DEFAULT_ACCOUNT_ID } from '../issuer/authorize.ts';
import type { RefreshFault } from '../issuer/refresh-faults.ts';
import type { Settings, World } from '../world.ts';
import { type AuthFile, toAuthFile } from './auth-file.ts';
import type { Gate } from './gates.ts';
import type { JournalSnapshot } from './journal.ts';
import type { StepReport } from './streams.ts';

export interface LoginOptions {
  /** `acct_simulated` when absent. */
  readonly accountId?: string | undefined;
  /** `plus` when absent. */
  readonly plan?: string | undefined;
  /** Life of this login's first access token; later ones follow `setAccessTokenSeconds`. */
  readonly accessTokenSeconds?: number | undefined;
}

/** Everything a test may do to the simulator; `/control/*` does the same over HTTP. */
export interface SimulatorControl {
  /** Logs an account in and gives its `auth.json`. */
  readonly login: (options?: LoginOptions) => AuthFile;
  readonly setAccessTokenSeconds: (seconds: number) => void;
  /** From now on this access token (or the one with this SHA-256) gets 401 `token_invalidated`. */
  readonly revokeAccessToken: (tokenOrFingerprint: string) => void;
  /** Every access token issued so far, of one account or of all. */
  readonly revokeAccessTokens: (accountId?: string) => void;
  /** Ends every login of an account: its refresh tokens get `refresh_token_invalidated`. */
  readonly revokeGrants: (accountId: string) => void;
  readonly expireRefreshToken: (refreshToken: string) => void;
  readonly setQuota: (accountId: string, quota: Partial<Quota>) => void;
  /** Directives, written as inside `[[sim: …]]`, for the next `times` answers (1 when absent). */
  readonly nextResponses: (directive: string | readonly string[], times?: number) => void;
  /** Events for the next answer, verbatim: objects become SSE events, strings go out as they are. */
  readonly nextScript: (events: readonly (object | string)[]) => void;
  readonly nextModels: (directive: string, times?: number) => void;
  readonly nextRefreshes: (fault: RefreshFault, times?: number) => void;
  readonly set: (settings: Partial<Settings>) => void;
  /** Requests of this kind wait, after their body was read, until `release`. */
  readonly hold: (gate: Gate) => void;
  readonly release: (gate: Gate) => void;
  readonly waiting: (gate: Gate) => number;
  /** Ids of the stepped streams that are open: the `sequence` of their requests. */
  readonly openStreams: () => readonly number[];
  /** Sends the next events of a stepped stream; resolves when they are written or the stream has ended. */
  readonly advance: (streamId: number, count?: number) => Promise<StepReport | undefined>;
  readonly approveDevice: (userCode: string, accountId?: string) => boolean;
  readonly denyDevice: (userCode: string) => boolean;
  readonly journal: () => JournalSnapshot;
  /** Resolves as soon as the journal fulfils the condition. */
  readonly until: (condition: (journal: JournalSnapshot) => boolean) => Promise<JournalSnapshot>;
  /** Clears journal, faults, switches, gates and revocations; logins stay valid. */
  readonly reset: () => void;
}

export interface ControlParts {
  readonly world: World;
  readonly setQuota: (accountId: string, quota: Partial<Quota>) => void;
  readonly changeSettings: (settings: Partial<Settings>) => void;
  readonly resetSwitches: () => void;
}

export function createControl(parts: ControlParts): SimulatorControl {
  const { world } = parts;
  const { accounts, accessTokens, faults, gates, streams, journal, deviceLogins } = world;
  return {
    login: ({ accountId = DEFAULT_ACCOUNT_ID, plan, accessTokenSeconds } = {}) => {
      const account = accounts.account(accountId, plan);
      return toAuthFile(account, accounts.logIn(account, accessTokenSeconds), world.clock.now());
    },
    setAccessTokenSeconds: accounts.setAccessTokenSeconds,
    revokeAccessToken: accessTokens.revoke,
    revokeAccessTokens: accessTokens.revokeAll,
    revokeGrants: accounts.revokeGrants,
    expireRefreshToken: (token) => accounts.markRefreshToken(token, 'expired'),
    setQuota: parts.setQuota,
    nextResponses: (directive, times) =>
      faults.nextResponses(typeof directive === 'string' ? [directive] : directive, times),
    nextScript: faults.nextScript,
    nextModels: faults.nextModels,
    nextRefreshes: faults.nextRefreshes,
    set: parts.changeSettings,
    hold: gates.hold,
    release: gates.release,
    waiting: gates.waiting,
    openStreams: streams.ids,
    advance: (streamId, count = 1) => streams.advance(streamId, count),
    approveDevice: (userCode, accountId = DEFAULT_ACCOUNT_ID) =>
      deviceLogins.decide(userCode, { account: accounts.account(accountId) }),
    denyDevice: (userCode) => deviceLogins.decide(userCode, 'denied'),
    journal: journal.snapshot,
    until: journal.until,
    reset: () => {
      parts.resetSwitches();
      faults.reset();
      gates.releaseAll();
      streams.releaseAll();
      accessTokens.forgetRevocations();
      journal.reset();
    },
  };
}
