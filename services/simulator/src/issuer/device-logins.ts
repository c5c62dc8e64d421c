import type { Account } from '../account.ts';
import type { Ids } from '../ids.ts';

/** A device login that waits for a person, or was decided. */
export interface DeviceLogin {
  readonly userCode: string;
  readonly decision: 'pending' | 'denied' | { readonly account: Account };
}

export interface DeviceLogins {
  readonly start: () => { readonly deviceAuthId: string; readonly userCode: string };
  readonly find: (deviceAuthId: string, userCode: string) => DeviceLogin | undefined;
  /** False when no login waits under this code. */
  readonly decide: (userCode: string, decision: 'denied' | { readonly account: Account }) => boolean;
  readonly forget: (deviceAuthId: string) => void;
  readonly waitingCodes: () => readonly string[];
}

const USER_CODE_HALF = 4;

export function createDeviceLogins(ids: Ids): DeviceLogins {
  const logins = new Map<string, DeviceLogin>();
  return {
    start: () => {
      const deviceAuthId = ids.next('deviceauth_');
      const letters = ids
        .next('')
        .slice(0, 2 * USER_CODE_HALF)
        .toUpperCase();
      const userCode = `${letters.slice(0, USER_CODE_HALF)}-${letters.slice(USER_CODE_HALF)}`;
      logins.set(deviceAuthId, { userCode, decision: 'pending' });
      return { deviceAuthId, userCode };
    },
    find: (deviceAuthId, userCode) => {
      const login = logins.get(deviceAuthId);
      return login?.userCode === userCode ? login : undefined;
    },
    decide: (userCode, decision) => {
      const found = [...logins].find(
        ([, login]) => login.userCode === userCode && login.decision === 'pending',
      );
      if (found === undefined) return false;
      logins.set(found[0], { userCode, decision });
      return true;
    },
    forget: (deviceAuthId) => {
      logins.delete(deviceAuthId);
    },
    waitingCodes: () =>
      [...logins.values()].filter(({ decision }) => decision === 'pending').map(({ userCode }) => userCode),
  };
}
