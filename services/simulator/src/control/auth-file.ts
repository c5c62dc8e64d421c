import type { Account } from '../account.ts';
import type { Tokens } from '../accounts.ts';

/** The Codex CLI's `auth.json` (openai/codex login/src/auth/storage.rs). */
export interface AuthFile {
  readonly auth_mode: 'chatgpt';
  readonly OPENAI_API_KEY: null;
  readonly tokens: {
    readonly id_token: string;
    readonly access_token: string;
    readonly refresh_token: string;
    readonly account_id: string;
  };
  readonly last_refresh: string;
}

export function toAuthFile(account: Account, tokens: Tokens, nowMs: number): AuthFile {
  return {
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: tokens.idToken,
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
      account_id: account.id,
    },
    last_refresh: new Date(nowMs).toISOString(),
  };
}
