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

/** A refusal of the broker, in its own words. */
export class BrokerRefusal extends Error {
  override readonly name = 'BrokerRefusal';
}

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

/** The logins of a running broker, through its own interface. */
export function createRemoteLogins({ url, adminSecret }: RemoteBroker): Logins {
  const dispatcher = connect();
  const call = async <Schema extends z.ZodType>(
    schema: Schema,
    method: 'GET' | 'POST' | 'DELETE',
    target: { readonly path: string; readonly body?: string },
  ): Promise<z.infer<Schema>> => {
    const answer = await send(dispatcher, {
      url: url + target.path,
      method,
      headers: {
        authorization: `Bearer ${adminSecret.reveal()}`,
        ...(target.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: target.body,
    });
    const parsed = schema.safeParse(answer.body);
    if (answer.status === 200 && parsed.success) return parsed.data;
    throw new BrokerRefusal(refusalText(answer));
  };
  const pathOf = (alias: string) => `/v1/accounts/${encodeURIComponent(alias)}`;
  return {
    accounts: () => call(accountsReplySchema, 'GET', { path: '/v1/accounts' }),
    startDevice: (body) =>
      call(deviceLoginSchema, 'POST', { path: '/v1/login/device', body: JSON.stringify(body) }),
    device: (id) => call(deviceLoginSchema, 'GET', { path: `/v1/login/device/${encodeURIComponent(id)}` }),
    importLogin: (alias, source, { replace }) => {
      const path = `${pathOf(alias)}/import${replace ? '?replace=true' : ''}`;
      return call(accountReplySchema, 'POST', { path, body: source });
    },
    logout: (alias) => call(logoutReplySchema, 'DELETE', { path: pathOf(alias) }),
    close: () => dispatcher.destroy(),
  };
}

function connect(): Dispatcher {
  return createHttpClient({ connectTimeoutMs: CONNECT_TIMEOUT_MS, idleTimeoutMs: ANSWER_TIMEOUT_MS });
}

interface Sent {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function send(dispatcher: Dispatcher, { url, body, ...rest }: Sent): Promise<Answer> {
  try {
    const answer = await request(url, { ...rest, body: body ?? null, dispatcher });
    return { status: answer.statusCode, body: parseJson(await answer.body.text()) };
  } catch (error) {
    throw new BrokerRefusal(`the broker at ${new URL(url).origin} does not answer (${errorCode(error)})`);
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
