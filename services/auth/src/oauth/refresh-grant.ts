import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { classifyRefusal, type Refusal } from './classify.ts';
import { postOnce } from './post-once.ts';

/** What became of presenting a refresh token. The issuer leaves out what did not change. */
export type GrantOutcome =
  | {
      readonly kind: 'granted';
      readonly accessToken: Secret | null;
      readonly refreshToken: Secret | null;
      readonly idToken: Secret | null;
    }
  | Refusal
  /** Nothing left this process: the token is surely unspent. */
  | { readonly kind: 'unsent'; readonly code: string }
  /** The token may be spent, and what came for it is lost. */
  | { readonly kind: 'lost'; readonly cause: 'timeout' | 'reset' | 'bad_answer' };

/** Presents a refresh token to the issuer, exactly once. Never rejects. */
export type RefreshGrant = (refreshToken: Secret) => Promise<GrantOutcome>;

export interface RefreshGrantOptions {
  /** The issuer's URL; `/oauth/token` is appended. */
  readonly issuer: string;
  readonly clientId: string;
  readonly version: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** A fresh pool for each call: no connection that has grown old in between. */
  readonly connect: () => Dispatcher;
}

const answerToken = z
  .string()
  .min(1)
  .nullish()
  .transform((value) => (value ? new Secret(value) : null));

const grantSchema = z.object({
  access_token: answerToken,
  refresh_token: answerToken,
  id_token: answerToken,
});

/** The refresh call of openai/codex (login/src/auth/manager.rs), under our own name. */
export function createRefreshGrant(options: RefreshGrantOptions): RefreshGrant {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    originator: 'codex_gateway',
    'user-agent': `codex-gateway/${options.version}`,
  };
  return async (refreshToken) => {
    let dispatcher: Dispatcher;
    try {
      dispatcher = options.connect();
    } catch (error) {
      return { kind: 'unsent', code: errorCode(error) };
    }
    try {
      const result = await postOnce(dispatcher, options.clock, {
        url: `${options.issuer}/oauth/token`,
        headers,
        body: JSON.stringify({
          client_id: options.clientId,
          grant_type: 'refresh_token',
          refresh_token: refreshToken.reveal(),
        }),
        timeoutMs: options.timeoutMs,
      });
      return result.kind === 'answer' ? readAnswer(result.status, result.text) : result;
    } finally {
      void dispatcher.destroy();
    }
  };
}

function readAnswer(status: number, text: string): GrantOutcome {
  const body = parseJson(text);
  if (status < 200 || status > 299) return classifyRefusal(status, body);
  const grant = grantSchema.safeParse(body);
  // a 200 that cannot be read may well have rotated the token
  if (!grant.success) return { kind: 'lost', cause: 'bad_answer' };
  const { access_token, refresh_token, id_token } = grant.data;
  if (access_token === null && refresh_token === null) return { kind: 'lost', cause: 'bad_answer' };
  return { kind: 'granted', accessToken: access_token, refreshToken: refresh_token, idToken: id_token };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // an HTML page of something in between: its status decides
    return undefined;
  }
}
