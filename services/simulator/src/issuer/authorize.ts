import { htmlReply, type Reply } from '../http/reply.ts';
import type { Call, World } from '../world.ts';

/** The only redirect targets that are registered: two ports, two ways to write the loopback host. */
const REDIRECTS = ['localhost', '127.0.0.1'].flatMap((host) =>
  [1455, 1457].map((port) => `http://${host}:${port}/auth/callback`),
);

export const DEFAULT_ACCOUNT_ID = 'acct_simulated';

/** `GET /oauth/authorize`: approves at once and sends the browser back with a code. */
export async function handleAuthorize({ url }: Call, { accounts, codes, clientId }: World): Promise<Reply> {
  const query = url.searchParams;
  const redirectUri = query.get('redirect_uri') ?? '';
  const challenge = query.get('code_challenge') ?? '';
  if (query.get('client_id') !== clientId) return refusal('unknown client_id');
  if (!REDIRECTS.includes(redirectUri)) return refusal('redirect_uri is not registered for this client');
  if (query.get('response_type') !== 'code') return refusal('response_type must be code');
  if (challenge === '' || query.get('code_challenge_method') !== 'S256') {
    return refusal('a code_challenge with method S256 is required');
  }
  const accountId = query.get('allowed_workspace_id')?.split(',')[0] ?? DEFAULT_ACCOUNT_ID;
  const code = codes.give({ account: accounts.account(accountId), redirectUri, challenge });
  const target = new URL(redirectUri);
  target.searchParams.set('code', code);
  const state = query.get('state');
  if (state !== null) target.searchParams.set('state', state);
  return { status: 302, headers: { location: target.href } };
}

function refusal(why: string): Reply {
  return htmlReply(400, `<!DOCTYPE html><title>Error</title><p>Authentication error: ${why}</p>`);
}
