import { htmlReply, type Reply } from '../http/reply.ts';
import type { Call, World } from '../world.ts';

/** The only redirect targets that are registered: two ports, two ways to write the loopback host. */
const REDIRECTS = ['localhost', '127.0.0.1'].flatMap((host) =>
  [1455, 1457].map((port) => `http://${host}:${port}/auth/callback`),
);

export const DEFAULT_ACCOUNT_ID = 'acct_simulated';

/** `GET /oauth/authorize`: approves at once and sends the browser back with a code. */
export async function handleAuthorize({ url }: Call, world: World): Promise<Reply> {
  const query = url.searchParams;
  const problem = problemOf(query, world.clientId);
  if (problem !== undefined) return refusal(problem);
  const target = new URL(query.get('redirect_uri') ?? '');
  for (const [name, value] of Object.entries(outcomeOf(query, world))) target.searchParams.set(name, value);
  const state = query.get('state');
  if (state !== null) target.searchParams.set('state', state);
  return { status: 302, headers: { location: target.href } };
}

function problemOf(query: URLSearchParams, clientId: string): string | undefined {
  if (query.get('client_id') !== clientId) return 'unknown client_id';
  if (!REDIRECTS.includes(query.get('redirect_uri') ?? '')) {
    return 'redirect_uri is not registered for this client';
  }
  if (query.get('response_type') !== 'code') return 'response_type must be code';
  const hasChallenge = (query.get('code_challenge') ?? '') !== '';
  return hasChallenge && query.get('code_challenge_method') === 'S256'
    ? undefined
    : 'a code_challenge with method S256 is required';
}

function outcomeOf(query: URLSearchParams, { accounts, codes, settings }: World): Record<string, string> {
  if (settings().denyLogins) {
    return { error: 'access_denied', error_description: 'missing_codex_entitlement' };
  }
  const accountId = query.get('allowed_workspace_id')?.split(',')[0] ?? DEFAULT_ACCOUNT_ID;
  return {
    code: codes.give({
      account: accounts.account(accountId),
      redirectUri: query.get('redirect_uri') ?? '',
      challenge: query.get('code_challenge') ?? '',
    }),
  };
}

function refusal(why: string): Reply {
  return htmlReply(400, `<!DOCTYPE html><title>Error</title><p>Authentication error: ${why}</p>`);
}
