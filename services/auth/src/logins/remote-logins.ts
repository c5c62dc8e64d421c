import { errorCode } from '@codex-gateway/service-kit/config.ts';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import { accountsReplySchema } from '@codex-gateway/wire/broker/contract.ts';
import { request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { accountReplySchema, deviceLoginSchema, logoutReplySchema } from './contract.ts';
import type { Logins } from './logins.ts';

export interface RemoteBroker {
  readonly url: string;
  readonly adminSecret: Secret;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** An adoption waits for its turn behind a running refresh. */
const ANSWER_TIMEOUT_MS = 60_000;

const problemSchema = z.object({ error: z.object({ message: z.string() }) });

/** Whether a broker answers there. */
export async function isBrokerAt(url: string): Promise<boolean> {
  const dispatcher = connect();
  try {
    const { body } = await request(`${url}/healthz`, { dispatcher });
    await body.dump();
    return true;
  } catch {
    // whatever the reason is, nobody can be talked to there
    return false;
  } finally {
    await dispatcher.destroy();
  }
}

/** The logins of a running broker, through its own interface. Rejects with what the broker, or the connection, says. */
export function createRemoteLogins({ url, adminSecret }: RemoteBroker): Logins {
  const dispatcher = connect();
  const headers = { authorization: `Bearer ${adminSecret.reveal()}`, 'content-type': 'application/json' };
  const call = async <Schema extends z.ZodType>(
    schema: Schema,
    { path, method, body }: Call,
  ): Promise<z.infer<Schema>> => {
    const answer = await answerTo(url, () =>
      request(url + path, { dispatcher, method, headers, body: body ?? null }),
    );
    const parsed = schema.safeParse(answer.body);
    if (answer.status === 200 && parsed.success) return parsed.data;
    throw new Error(refusalText(answer));
  };
  return {
    accounts: () => call(accountsReplySchema, { method: 'GET', path: '/v1/accounts' }),
    startDevice: (wish) =>
      call(deviceLoginSchema, { method: 'POST', path: '/v1/login/device', body: JSON.stringify(wish) }),
    device: (id) =>
      call(deviceLoginSchema, { method: 'GET', path: `/v1/login/device/${encodeURIComponent(id)}` }),
    importLogin: (alias, source, { replace }) =>
      call(accountReplySchema, {
        method: 'POST',
        path: `${pathOf(alias)}/import${replace ? '?replace=true' : ''}`,
        body: source,
      }),
    logout: (alias) => call(logoutReplySchema, { method: 'DELETE', path: pathOf(alias) }),
    close: () => dispatcher.destroy(),
  };
}

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: string;
}

function pathOf(alias: string): string {
  return `/v1/accounts/${encodeURIComponent(alias)}`;
}

function connect(): Dispatcher {
  return createHttpClient({ connectTimeoutMs: CONNECT_TIMEOUT_MS, idleTimeoutMs: ANSWER_TIMEOUT_MS });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function answerTo(url: string, ask: () => Promise<Dispatcher.ResponseData>): Promise<Answer> {
  try {
    const { statusCode, body } = await ask();
    return { status: statusCode, body: parseJson(await body.text()) };
  } catch (error) {
    throw new Error(`the broker at ${url} does not answer (${errorCode(error)})`, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // something else listens there
    return undefined;
  }
}

function refusalText({ status, body }: Answer): string {
  const problem = problemSchema.safeParse(body);
  const message = problem.success ? problem.data.error.message : 'nothing that can be understood';
  if (status === 401) return `the broker does not know this ADMIN_SECRET (${message})`;
  return problem.success ? message : `the broker answered ${status} with ${message}`;
}
