import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import { describeFailure, type IssuerPost } from './issuer-client.ts';

export type Revocation = { readonly kind: 'revoked' } | { readonly kind: 'failed'; readonly problem: string };

/** Ends the login of a refresh token at the issuer. Never rejects. */
export type Revoke = (refreshToken: Secret) => Promise<Revocation>;

const TIMEOUT_MS = 10_000;

/** The logout call of openai/codex (login/src/auth/revoke.rs). */
export function createRevoke(post: IssuerPost, clientId: string): Revoke {
  return async (refreshToken) => {
    const json = { token: refreshToken.reveal(), token_type_hint: 'refresh_token', client_id: clientId };
    const answer = await post({ path: '/oauth/revoke', body: { json }, timeoutMs: TIMEOUT_MS });
    if (answer.kind === 'answer' && answer.status < 300) return { kind: 'revoked' };
    return { kind: 'failed', problem: describeFailure(answer) };
  };
}
