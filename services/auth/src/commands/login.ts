import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '@codex-gateway/service-kit/clock.ts';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { LoginCommand } from '../command-line.ts';
import type { CommandConfig } from '../config.ts';
import type { Logins } from '../logins/logins.ts';
import { toAuthJson } from '../oauth/auth-json.ts';
import { startBrowserLogin, type BrowserLoginDeps } from '../oauth/browser-login.ts';
import { createIssuer } from '../oauth/issuer.ts';
import { describeAdopted, resolveAlias } from './accounts.ts';
import { withLogins } from './open-logins.ts';

export interface LoginContext {
  readonly config: CommandConfig;
  readonly version: string;
  readonly say: (line: string) => void;
  readonly listen: BrowserLoginDeps['listen'];
}

/** `auth login`. @throws Error when it came to nothing */
export async function logIn(command: LoginCommand, context: LoginContext): Promise<void> {
  const { config, version } = context;
  const { out } = command;
  if (out !== undefined) return writeSeed(out, context);
  return withLogins(config, { version, changes: true }, (logins) =>
    command.how === 'device'
      ? logInByDevice(logins, command, context)
      : logInByBrowser(logins, command, context),
  );
}

async function logInByDevice(
  logins: Logins,
  { alias, replace }: LoginCommand,
  { say }: LoginContext,
): Promise<void> {
  let login = await logins.startDevice({ alias, replace });
  say(`Open ${login.verificationUri} and enter the code ${login.userCode}`);
  say(`It is good until ${login.expiresAt}. Waiting …`);
  while (login.state === 'pending') {
    await pause(login.intervalSeconds * 1_000);
    login = await logins.device(login.id);
  }
  if (login.state !== 'complete') throw new Error(`not signed in: ${login.message ?? login.state}`);
  const { accounts } = await logins.accounts();
  for (const account of accounts) if (account.alias === login.alias) say(describeAdopted(account));
}

async function logInByBrowser(logins: Logins, command: LoginCommand, context: LoginContext): Promise<void> {
  // before anybody signs in: the broker may not know the account, or our secret
  const alias = await resolveAlias(logins, command.alias);
  const source = await askInBrowser(context);
  context.say(describeAdopted(await logins.importLogin(alias, source, command)));
}

const ONLY_OURS = 0o600;

/** The login as an `auth.json` that can be given to a broker elsewhere, as the content of a Secret. */
async function writeSeed(path: string, context: LoginContext): Promise<void> {
  // before anybody signs in: the file must be new, and such that it can be made
  await create(path, '');
  await rm(path);
  await create(path, await askInBrowser(context));
  context.say(`${path} holds the login: give it to one broker, then remove it. Whoever has it is signed in.`);
}

async function create(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx', mode: ONLY_OURS });
  } catch (error) {
    throw new Error(`${path} cannot be made (${errorCode(error)})`, { cause: error });
  }
}

async function askInBrowser({ config, version, say, listen }: LoginContext): Promise<string> {
  const clock = systemClock;
  const { exchangeCode } = createIssuer({ ...config, version, clock });
  const login = await startBrowserLogin({ ...config, exchangeCode, clock, listen });
  say('Open this address in a browser on this machine:');
  say(`\n  ${login.url}\n`);
  const outcome = await login.outcome;
  if (outcome.kind === 'failed') throw new Error(`not signed in: ${outcome.problem}`);
  return toAuthJson(outcome.login, clock.now());
}
