import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { z } from 'zod';
import { describeFailure, type IssuerPost } from './issuer-client.ts';
import type { IssuedLogin } from './login.ts';

export interface AuthorizationCode {
  readonly code: Secret;
  /** The one that the code was given for. */
  readonly redirectUri: string;
  readonly verifier: Secret;
}

export type CodeExchange =
  | { readonly kind: 'issued'; readonly login: IssuedLogin }
  | { readonly kind: 'failed'; readonly problem: string };

/** Trades an authorization code for tokens, once. Never rejects. */
export type ExchangeCode = (code: AuthorizationCode) => Promise<CodeExchange>;

const TIMEOUT_MS = 25_000;

const token = z
  .string()
  .min(1)
  .transform((value) => new Secret(value));
const tokensSchema = z.object({ id_token: token, access_token: token, refresh_token: token });

/** The code exchange of openai/codex (login/src/server.rs): a form, where the refresh is JSON. */
export function createExchangeCode(post: IssuerPost, clientId: string): ExchangeCode {
  return async ({ code, redirectUri, verifier }) => {
    const form = {
      grant_type: 'authorization_code',
      code: code.reveal(),
      redirect_uri: redirectUri,
      client_id: clientId,
      code_verifier: verifier.reveal(),
    };
    const answer = await post({ path: '/oauth/token', body: { form }, timeoutMs: TIMEOUT_MS });
    if (answer.kind !== 'answer' || answer.status < 200 || answer.status > 299)
      return { kind: 'failed', problem: describeFailure(answer) };
    const parsed = tokensSchema.safeParse(answer.body);
    if (!parsed.success) return { kind: 'failed', problem: 'the issuer answered without all three tokens' };
    const { id_token: idToken, access_token: accessToken, refresh_token: refreshToken } = parsed.data;
    return { kind: 'issued', login: { idToken, accessToken, refreshToken } };
  };
}
