import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { z } from 'zod';
import { classifyRefusal, type Refusal } from './classify.ts';
import type { IssuerPost } from './issuer-client.ts';

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
  readonly post: IssuerPost;
  readonly clientId: string;
  readonly timeoutMs: number;
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

/** The refresh call of openai/codex (login/src/auth/manager.rs). */
export function createRefreshGrant({ post, clientId, timeoutMs }: RefreshGrantOptions): RefreshGrant {
  return async (refreshToken) => {
    const json = {
      client_id: clientId,
      grant_type: 'refresh_token',
      refresh_token: refreshToken.reveal(),
    };
    const answer = await post({ path: '/oauth/token', body: { json }, timeoutMs });
    return answer.kind === 'answer' ? readAnswer(answer.status, answer.body) : answer;
  };
}

function readAnswer(status: number, body: unknown): GrantOutcome {
  if (status < 200 || status > 299) return classifyRefusal(status, body);
  const grant = grantSchema.safeParse(body);
  // a 200 that cannot be read may well have rotated the token
  if (!grant.success) return { kind: 'lost', cause: 'bad_answer' };
  const { access_token, refresh_token, id_token } = grant.data;
  if (access_token === null && refresh_token === null) return { kind: 'lost', cause: 'bad_answer' };
  return { kind: 'granted', accessToken: access_token, refreshToken: refresh_token, idToken: id_token };
}
