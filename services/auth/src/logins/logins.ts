import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { AccountsReply } from '@codex-gateway/wire/broker/contract.ts';
import { OWNED_NOW, type Adoption, type AdoptionTerms } from '../adopt.ts';
import { parseAdoptableLogin } from '../oauth/auth-json.ts';
import type { ExchangeCode } from '../oauth/code-exchange.ts';
import type { DeviceCodes } from '../oauth/device-code.ts';
import type { AdoptableLogin } from '../oauth/login.ts';
import type { SignOut } from '../sign-out.ts';
import { StoreHeldError } from '../store/token-store.ts';
import type { AccountReply, DeviceLogin, DeviceRequest, LogoutReply } from './contract.ts';
import { createDeviceLogins } from './device-logins.ts';
import { LoginError } from './login-error.ts';

/** What a person may do about the logins of the accounts. Everything rejects with a `LoginError` that says what to do. */
export interface Logins {
  readonly accounts: () => Promise<AccountsReply>;
  /** Begins a device login, which is followed here until it ends. */
  readonly startDevice: (request: DeviceRequest) => Promise<DeviceLogin>;
  readonly device: (id: string) => Promise<DeviceLogin>;
  /** Adopts the login of a Codex `auth.json`, given as text. */
  readonly importLogin: (alias: string, source: string, terms: AdoptionTerms) => Promise<AccountReply>;
  /** Ends a login here and at the issuer. */
  readonly logout: (alias: string) => Promise<LogoutReply>;
  /** Follows no login any longer; one whose tokens have just come is adopted first. */
  readonly close: () => Promise<void>;
}

/** Who keeps the accounts: the broker, or the store alone while none runs. Null stands for an unknown alias. */
export interface AccountKeeper {
  readonly aliases: readonly string[];
  readonly accounts: () => AccountsReply | Promise<AccountsReply>;
  readonly adopt: (alias: string, login: AdoptableLogin, terms: AdoptionTerms) => Promise<Adoption | null>;
  readonly signOut: (alias: string) => Promise<SignOut | { readonly kind: 'borrowed' } | null>;
}

export interface LoginsDeps {
  readonly keeper: AccountKeeper;
  readonly deviceCodes: DeviceCodes;
  readonly exchangeCode: ExchangeCode;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
}

export function createLogins(deps: LoginsDeps): Logins {
  const { keeper, clock, log } = deps;

  const adopt = async (alias: string, login: AdoptableLogin, terms: AdoptionTerms) => {
    const adoption = await storing(log, () => keeper.adopt(alias, login, terms));
    if (adoption === null) throw unknownAccount(keeper, alias);
    const { generation } = adopted(alias, adoption);
    log.info({ account: alias, generation }, 'login adopted');
  };
  const devices = createDeviceLogins({ ...deps, adopt });

  return {
    accounts: async () => storing(log, async () => keeper.accounts()),
    startDevice: async ({ alias = keeper.aliases[0] ?? '', replace }) => {
      if (!keeper.aliases.includes(alias)) throw unknownAccount(keeper, alias);
      return devices.start(alias, { replace });
    },
    device: async (id) => devices.find(id),
    importLogin: async (alias, source, terms) => {
      const file = parseAdoptableLogin(source, clock.now());
      if (!file.ok) throw new LoginError('invalid_login', file.problem);
      await adopt(alias, file.login, terms);
      log.warn({ account: alias }, OWNED_NOW);
      const { accounts } = await keeper.accounts();
      const account = accounts.find((other) => other.alias === alias);
      if (account === undefined) throw unknownAccount(keeper, alias);
      return account;
    },
    logout: async (alias) => {
      const ended = await storing(log, () => keeper.signOut(alias));
      if (ended === null) throw unknownAccount(keeper, alias);
      const reply = toLogoutReply(alias, ended);
      if (reply.result === 'signed_out') log.info({ account: alias, revoked: reply.revoked }, 'login ended');
      return reply;
    },
    close: devices.close,
  };
}

/** What the store throws is the end of what was asked, and no bug. */
async function storing<Result>(log: Logger, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    log.error({ code: errorCode(error) }, 'token store failed');
    const message =
      error instanceof StoreHeldError ? error.message : `the token store failed (${errorCode(error)})`;
    throw new LoginError('store_failed', `${message}; try again`);
  }
}

function adopted(alias: string, adoption: Adoption): { readonly generation: number } {
  switch (adoption.kind) {
    case 'adopted':
      return adoption.entry.record;
    case 'known':
      throw new LoginError(
        'already_adopted',
        `this login was adopted before and cannot come back: sign in anew`,
      );
    case 'other_account':
      throw new LoginError(
        'other_account',
        `this is a login of another ChatGPT account than the record of "${alias}": take another alias (ACCOUNTS), or say that it replaces the record`,
      );
    case 'unreadable':
      throw unreadable(alias, adoption.problem);
  }
}

function toLogoutReply(alias: string, ended: SignOut | { readonly kind: 'borrowed' }): LogoutReply {
  switch (ended.kind) {
    case 'signed_out':
      return ended.revocation.kind === 'revoked'
        ? { alias, result: 'signed_out', revoked: true }
        : { alias, result: 'signed_out', revoked: false, message: ended.revocation.problem };
    case 'not_signed_in':
      return { alias, result: 'not_signed_in', revoked: false };
    case 'unreadable':
      throw unreadable(alias, ended.problem);
    case 'borrowed':
      throw new LoginError(
        'borrowed_account',
        `the login of "${alias}" is borrowed from the Codex CLI of this machine: end it there, with "codex logout"`,
      );
  }
}

function unreadable(alias: string, problem: string): LoginError {
  return new LoginError(
    'unreadable_record',
    `the stored record of "${alias}" cannot be understood (${problem}): restore it, or remove it first`,
  );
}

function unknownAccount({ aliases }: AccountKeeper, alias: string): LoginError {
  return new LoginError('unknown_account', `no account "${alias}": ACCOUNTS lists ${aliases.join(', ')}`);
}
