import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import {
  closeGracefully,
  ListenError,
  type Listening,
  type ListenOptions,
} from '@codex-gateway/service-kit/lifecycle.ts';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { CodeExchange, ExchangeCode } from './code-exchange.ts';

export interface BrowserLoginDeps {
  readonly issuer: string;
  readonly clientId: string;
  readonly exchangeCode: ExchangeCode;
  readonly clock: Clock;
  readonly listen: (handler: RequestListener, options: ListenOptions) => Promise<Listening>;
}

export interface BrowserLogin {
  /** Where a person signs in; their browser must run on this machine. */
  readonly url: string;
  /** Never rejects. */
  readonly outcome: Promise<CodeExchange>;
}

/** The only ports that the client's redirect addresses are registered with. */
const PORTS = [1455, 1457];
const HOST = '127.0.0.1';
const CALLBACK_PATH = '/auth/callback';
const LIFE_MS = 15 * 60_000;
const VERIFIER_BYTES = 64;
const STATE_BYTES = 32;
const SCOPE = 'openid profile email offline_access';
/** What the issuer may put behind the state it was given: openai/codex login/src/callback_params.rs. */
const STATE_SUFFIX = '.onboarding_entrypoint=';

/**
 * The authorization-code flow with PKCE and a loopback redirect (RFC 8252 §7.3) of openai/codex login/src/server.rs.
 *
 * @throws ListenError when both ports are taken
 */
export async function startBrowserLogin(deps: BrowserLoginDeps): Promise<BrowserLogin> {
  const verifier = new Secret(randomBytes(VERIFIER_BYTES).toString('base64url'));
  const state = randomBytes(STATE_BYTES).toString('base64url');
  const { promise: outcome, resolve } = Promise.withResolvers<CodeExchange>();
  let redirectUri = '';
  let isTaken = false;

  const exchange = (query: URLSearchParams): Promise<CodeExchange> | CodeExchange => {
    const code = query.get('code');
    if (code === null) return { kind: 'failed', problem: describeRefusal(query) };
    return deps.exchangeCode({ code: new Secret(code), redirectUri, verifier });
  };
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(req.url ?? '/', redirectUri);
    if (req.method !== 'GET' || url.pathname !== CALLBACK_PATH) return sendPage(res, 404, 'Nothing is here.');
    if (!isOurs(url.searchParams.get('state'), state)) return sendPage(res, 400, 'State mismatch');
    if (isTaken) return sendPage(res, 409, 'This sign-in was used already.');
    isTaken = true;
    const result = await exchange(url.searchParams);
    res.once('close', () => resolve(result));
    sendPage(res, 200, result.kind === 'issued' ? SIGNED_IN : NOT_SIGNED_IN);
  };

  const { server, port } = await listenOnOne((req, res) => void handle(req, res), deps.listen);
  redirectUri = `http://${HOST}:${port}${CALLBACK_PATH}`;
  const cancel = deps.clock.after(LIFE_MS, () =>
    resolve({ kind: 'failed', problem: 'nobody signed in within 15 minutes' }),
  );
  return {
    url: authorizeUrl(deps, { redirectUri, state, verifier }),
    outcome: outcome.then(async (result) => {
      cancel();
      await closeGracefully(server);
      return result;
    }),
  };
}

const SIGNED_IN = 'Signed in. You can close this page; the terminal says how it goes on.';
const NOT_SIGNED_IN = 'Not signed in. The terminal says why.';

async function listenOnOne(handler: RequestListener, listen: BrowserLoginDeps['listen']): Promise<Listening> {
  for (const port of PORTS)
    try {
      const { server } = await listen(handler, { host: HOST, port, setting: 'PORT' });
      return { server, port };
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
    }
  throw new ListenError(
    `ports ${PORTS.join(' and ')} of ${HOST} are in use, and the issuer sends browsers to no other; end what uses them (another sign-in?)`,
  );
}

function authorizeUrl(
  { issuer, clientId }: BrowserLoginDeps,
  {
    redirectUri,
    state,
    verifier,
  }: { readonly redirectUri: string; readonly state: string; readonly verifier: Secret },
): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: SCOPE,
    code_challenge: createHash('sha256').update(verifier.reveal()).digest('base64url'),
    code_challenge_method: 'S256',
    state,
    // they make the issuer's page the short one, whose tokens name the account
    id_token_add_organizations: 'true',
    codex_cli_simplified_flow: 'true',
    originator: 'codex_gateway',
  });
  return `${issuer}/oauth/authorize?${query.toString()}`;
}

function isOurs(given: string | null, state: string): boolean {
  return given === state || (given?.startsWith(state + STATE_SUFFIX) ?? false);
}

/** The issuer's codes as they are; anything else that came in the address is nobody's word. */
function describeRefusal(query: URLSearchParams): string {
  const codes = ['error', 'error_description'].map((name) => query.get(name) ?? '');
  const shown = codes.filter((code) => /^\w{1,64}$/.test(code));
  return `the sign-in was refused at the issuer${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`;
}

function sendPage(res: ServerResponse, status: number, sentence: string): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
    connection: 'close',
  });
  res.end(`<!DOCTYPE html><title>codex-gateway</title><p>${sentence}</p>`);
}
