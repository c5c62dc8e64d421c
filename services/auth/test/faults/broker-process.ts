import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  accountsReplySchema,
  rejectReplySchema,
  tokensReplySchema,
  type AccountsReply,
  type ServedAccount,
} from '@codex-gateway/wire/broker/contract.ts';

export const BROKER_SECRET = 'faults';
const LOOK_AGAIN_MS = 100;
const MOST_LOOKS = 150;
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

type Account = AccountsReply['accounts'][number];

/** A broker as a process of its own, on loopback and free ports. */
export interface BrokerProcess {
  /** From the start to the first answer. */
  readonly readyAfterMs: number;
  /** Ends it as the kernel's out-of-memory killer would. */
  readonly kill: () => void;
  readonly exited: Promise<unknown>;
  readonly tokens: () => Promise<readonly ServedAccount[]>;
  /** The account as soon as it is as asked for, else as it is after a while. */
  readonly accountOnce: (is: (account: Account) => boolean) => Promise<Account>;
  /** Reports the token as refused by the backend, which makes the broker refresh it now. */
  readonly reject: (fingerprint: string) => Promise<string>;
  readonly metrics: () => Promise<string>;
}

export async function startBroker(environment: Readonly<Record<string, string>>): Promise<BrokerProcess> {
  const begin = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      OPS_PORT: '0',
      LOG_LEVEL: 'info',
      BROKER_SECRET,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close');
  const ports = new Map<string, number>();
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const listening = Promise.withResolvers<void>();
  createInterface(child.stdout).on('line', (text) => {
    const line: { msg?: string; setting?: string; port?: number } = JSON.parse(text);
    if (line.msg === 'listening' && line.setting && line.port) ports.set(line.setting, line.port);
    if (ports.size === 2) listening.resolve();
  });
  void exited.then(() => listening.reject(new Error(`the broker ended at its start: ${errors}`)));
  await listening.promise;
  const call = async (setting: string, path: string, body?: object): Promise<Response> => {
    const answer = await fetch(`http://127.0.0.1:${ports.get(setting)}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${BROKER_SECRET}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    return answer;
  };
  const tokens = async () =>
    tokensReplySchema.parse(await (await call('PORT', '/v1/tokens', {})).json()).accounts;
  await tokens();
  return {
    readyAfterMs: performance.now() - begin,
    kill: () => void child.kill('SIGKILL'),
    exited,
    tokens,
    accountOnce: async (is) => {
      for (let tries = 1; ; tries++) {
        const { accounts } = accountsReplySchema.parse(await (await call('PORT', '/v1/accounts')).json());
        const [account] = accounts;
        if (!account) throw new Error('the broker knows no account');
        if (is(account) || tries === MOST_LOOKS) return account;
        await setTimeout(LOOK_AGAIN_MS);
      }
    },
    reject: async (fingerprint) => {
      const answer = await call('PORT', '/v1/tokens/default/reject', { fingerprint });
      return rejectReplySchema.parse(await answer.json()).result;
    },
    metrics: async () => (await call('OPS_PORT', '/metrics')).text(),
  };
}
