import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Logger } from '@codex-gateway/service-kit/logger.ts';
import type { AdoptionTerms } from '../adopt.ts';
import type { AuthorizationCode, ExchangeCode } from '../oauth/code-exchange.ts';
import type { DeviceCode, DeviceCodes } from '../oauth/device-code.ts';
import { toAdoptableLogin, type AdoptableLogin } from '../oauth/login.ts';
import type { DeviceLogin } from './contract.ts';
import { LoginError } from './login-error.ts';

export interface DeviceLoginsDeps {
  readonly deviceCodes: DeviceCodes;
  readonly exchangeCode: ExchangeCode;
  /** Rejects with a `LoginError`. */
  readonly adopt: (alias: string, login: AdoptableLogin, terms: AdoptionTerms) => Promise<void>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Logger;
}

/** The device logins of this process, which live no longer than it does. */
export interface DeviceLogins {
  /** @throws LoginError when the issuer gives no code */
  readonly start: (alias: string, terms: AdoptionTerms) => Promise<DeviceLogin>;
  /** @throws LoginError when there is none of this id */
  readonly find: (id: string) => DeviceLogin;
  /** Polls no more; resolves when tokens that are on their way are adopted. */
  readonly close: () => Promise<void>;
}

/** How long a person has: openai/codex login/src/device_code_auth.rs gives up after as much. */
const LIFE_MS = 15 * 60_000;
/** How long the end of a login can be asked for. */
const REMEMBERED_MS = 15 * 60_000;
/** RFC 8628 §3.5. */
const SLOW_DOWN_MS = 5_000;

interface Following {
  readonly id: string;
  readonly alias: string;
  readonly terms: AdoptionTerms;
  readonly device: DeviceCode;
  readonly expiresAt: number;
  intervalMs: number;
  end: End | null;
  cancel: () => void;
  turn: Promise<void>;
}

type End = Pick<DeviceLogin, 'state' | 'message'>;

export function createDeviceLogins(deps: DeviceLoginsDeps): DeviceLogins {
  const { clock, log } = deps;
  const logins = new Map<string, Following>();
  let closed = false;

  const settle = (login: Following, end: End) => {
    login.end = end;
    login.cancel = clock.after(REMEMBERED_MS, () => logins.delete(login.id));
    log.info({ account: login.alias, login: login.id, state: end.state }, 'device login ended');
  };
  const wait = (login: Following) => {
    if (closed) return;
    login.cancel = clock.after(login.intervalMs, () => {
      login.turn = turn(login);
    });
  };
  const turn = async (login: Following) => {
    const end = clock.now() >= login.expiresAt ? EXPIRED : await askOnce(deps, login);
    if (end !== null) return settle(login, end);
    wait(login);
    log.debug({ account: login.alias, login: login.id }, 'device login pending');
  };

  return {
    start: async (alias, terms) => {
      const device = await newCode(deps.deviceCodes);
      const login: Following = {
        id: deps.newId(),
        alias,
        terms,
        device,
        expiresAt: clock.now() + LIFE_MS,
        intervalMs: device.intervalMs,
        end: null,
        cancel: () => {},
        turn: Promise.resolve(),
      };
      logins.set(login.id, login);
      log.info({ account: alias, login: login.id }, 'device login started');
      wait(login);
      return toReply(login);
    },
    find: (id) => {
      const login = logins.get(id);
      if (login !== undefined) return toReply(login);
      throw new LoginError(
        'unknown_login',
        'no such login: it ended some time ago, or the broker was restarted since; start another',
      );
    },
    close: async () => {
      closed = true;
      for (const { cancel } of logins.values()) cancel();
      await Promise.all([...logins.values()].map((login) => login.turn));
    },
  };
}

const EXPIRED: End = { state: 'expired', message: 'nobody entered the code in time; start another login' };
const DENIED: End = { state: 'denied', message: 'the sign-in was refused at the issuer' };

async function newCode(deviceCodes: DeviceCodes): Promise<DeviceCode> {
  const started = await deviceCodes.start();
  switch (started.kind) {
    case 'started':
      return started.device;
    case 'switched_off':
      throw new LoginError(
        'device_codes_switched_off',
        'the issuer gives no device codes (a workspace can switch them off): use "auth login --browser"',
      );
    case 'failed':
      throw new LoginError('issuer_failed', started.problem);
  }
}

/** One poll, and what follows from it. Null: not decided yet. Never rejects. */
async function askOnce(deps: DeviceLoginsDeps, login: Following): Promise<End | null> {
  const poll = await deps.deviceCodes.poll(login.device);
  switch (poll.kind) {
    case 'pending':
      return null;
    case 'slow_down':
      login.intervalMs += SLOW_DOWN_MS;
      return null;
    case 'expired':
      return EXPIRED;
    case 'denied':
      return DENIED;
    case 'failed':
      return { state: 'failed', message: poll.problem };
    case 'approved':
      return complete(deps, login, poll.code);
  }
}

async function complete(
  { exchangeCode, adopt, clock, log }: DeviceLoginsDeps,
  { alias, terms, id }: Following,
  code: AuthorizationCode,
): Promise<End> {
  const exchange = await exchangeCode(code);
  if (exchange.kind === 'failed') return { state: 'failed', message: exchange.problem };
  try {
    await adopt(alias, toAdoptableLogin(exchange.login, clock.now()), terms);
    return { state: 'complete' };
  } catch (error) {
    if (error instanceof LoginError) return { state: 'failed', message: error.message };
    log.error({ err: error, account: alias, login: id }, 'device login failed');
    return { state: 'failed', message: 'internal error' };
  }
}

function toReply({ id, alias, device, expiresAt, intervalMs, end }: Following): DeviceLogin {
  return {
    id,
    alias,
    state: 'pending',
    verificationUri: device.verificationUri,
    userCode: device.userCode,
    expiresAt: new Date(expiresAt).toISOString(),
    intervalSeconds: intervalMs / 1_000,
    ...end,
  };
}
