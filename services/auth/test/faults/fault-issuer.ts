import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { z } from 'zod';
import { makeToken } from '../logins.ts';

/** What the issuer does to the next refresh of a login, and the moments at which somebody may be killed. */
export interface Script {
  readonly answer: 'at_once' | 'slow' | 'hang' | 'reset' | 'server_error';
  /** The request has arrived, and with it goes its sender: nobody looks at it any more. */
  readonly beforeReading?: () => void;
  /** The token is spent and nobody was told. */
  readonly afterRotation?: () => void;
  /** The last byte of the answer has left. */
  readonly afterAnswer?: () => void;
}

/** The truth about a login, which only its issuer has. */
export interface LoginTruth {
  /** How often each refresh token was presented, the first one first. */
  readonly presentations: readonly number[];
  /** The one that is good; null when a spent one came again and everything was revoked. */
  readonly current: string | null;
}

export interface FaultIssuer {
  readonly url: string;
  /** A new login and its `auth.json`; `script` is for its first refresh, later ones are answered at once. */
  readonly login: (script: Script) => { readonly id: string; readonly authJson: object };
  readonly truth: (id: string) => LoginTruth;
  readonly close: () => Promise<void>;
}

interface Login {
  readonly tokens: { readonly text: string; presented: number }[];
  script: Script;
  revoked: boolean;
}

const TOKEN_LIFE_MS = 3_600_000;
const SLOW_MS = 200;
const smooth: Script = { answer: 'at_once' };
const bodySchema = z.object({ refresh_token: z.string() });

/** An issuer over loopback whose refresh tokens are good for one use, and that can be told when to fail. */
export async function startFaultIssuer(): Promise<FaultIssuer> {
  const logins = new Map<string, Login>();
  const { server, port } = await listen((req, res) => void handle(logins, req, res), {
    host: '127.0.0.1',
    port: 0,
    setting: 'PORT',
  });
  return {
    url: `http://127.0.0.1:${port}`,
    login: (script) => {
      const id = `login${logins.size + 1}`;
      logins.set(id, { tokens: [{ text: `${id}.1`, presented: 0 }], script, revoked: false });
      const tokens = {
        id_token: accessToken(id, 0),
        access_token: accessToken(id, 1),
        refresh_token: `${id}.1`,
      };
      return { id, authJson: { tokens, last_refresh: new Date().toISOString() } };
    },
    truth: (id) => {
      const { tokens, revoked } = loginOf(logins, id);
      return {
        presentations: tokens.map(({ presented }) => presented),
        current: revoked ? null : (tokens.at(-1)?.text ?? null),
      };
    },
    close: () => closeAtOnce(server),
  };
}

async function handle(logins: Map<string, Login>, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const text = await readText(req);
  const { refresh_token: given } = bodySchema.parse(JSON.parse(text));
  const id = given.split('.')[0] ?? '';
  const login = loginOf(logins, id);
  const { script } = login;
  login.script = smooth;
  if (script.beforeReading) return script.beforeReading();
  if (script.answer === 'server_error') return void res.writeHead(503).end();
  const answer = rotate(login, id, given);
  script.afterRotation?.();
  if (script.answer === 'hang') return;
  if (script.answer === 'reset') return void req.socket.resetAndDestroy();
  if (script.answer === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  res.writeHead(answer.status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(answer.body), () => script.afterAnswer?.());
}

function rotate(login: Login, id: string, given: string): { readonly status: number; readonly body: object } {
  const presented = login.tokens.find(({ text }) => text === given);
  if (!presented) throw new Error('a token that was never issued was presented');
  presented.presented += 1;
  if (presented !== login.tokens.at(-1) || login.revoked) {
    login.revoked = true;
    return { status: 401, body: { error: { code: 'refresh_token_reused' } } };
  }
  const next = login.tokens.length + 1;
  login.tokens.push({ text: `${id}.${next}`, presented: 0 });
  return { status: 200, body: { access_token: accessToken(id, next), refresh_token: `${id}.${next}` } };
}

function accessToken(id: string, generation: number): string {
  return makeToken({
    issuedAt: Math.floor(Date.now() / 1_000) * 1_000,
    lifeMs: TOKEN_LIFE_MS,
    accountId: id,
    id: `${id}.${generation}`,
  });
}

function loginOf(logins: Map<string, Login>, id: string): Login {
  const login = logins.get(id);
  if (!login) throw new Error(`no login ${id}`);
  return login;
}

async function readText(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) text += String(chunk);
  return text;
}

async function closeAtOnce(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
