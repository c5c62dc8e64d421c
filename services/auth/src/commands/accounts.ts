import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { errorCode } from '@codex-gateway/service-kit/config.ts';
import type { ImportCommand } from '../command-line.ts';
import type { Logins } from '../logins/logins.ts';
import type { AccountReply } from '../logins/contract.ts';

type Say = (line: string) => void;

/** `auth import`: the login of a Codex `auth.json` becomes the broker's. */
export async function importFile(
  logins: Logins,
  { file, alias, replace }: ImportCommand,
  say: Say,
): Promise<void> {
  const source = await readSource(file);
  say(describeAdopted(await logins.importLogin(await resolveAlias(logins, alias), source, { replace })));
  say('A Codex CLI that uses the same file is signed out at its next refresh.');
}

async function readSource(file: string): Promise<string> {
  try {
    return await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read (${errorCode(error)})`, { cause: error });
  }
}

/** `auth logout`. @throws Error when the issuer has not ended the login; here it has ended all the same */
export async function logOut(
  logins: Logins,
  command: { readonly alias: string | undefined },
  say: Say,
): Promise<void> {
  const { alias, ...ended } = await logins.logout(await resolveAlias(logins, command.alias));
  if (ended.result === 'not_signed_in') return say(`${alias}: there is no login to end`);
  if (ended.revoked) return say(`${alias}: signed out, here and at the issuer`);
  throw new Error(
    `${alias}: signed out here, but not at the issuer (${ended.message}): end that session in the settings of ChatGPT`,
  );
}

/** The account that is meant, as whoever keeps the accounts knows them. @throws Error when there is none */
export async function resolveAlias(logins: Logins, wanted: string | undefined): Promise<string> {
  const { accounts } = await logins.accounts();
  const found = accounts.find((account) =>
    wanted === undefined ? account.default : account.alias === wanted,
  );
  if (found !== undefined) return found.alias;
  throw new Error(`no account "${wanted}": ACCOUNTS lists ${accounts.map(({ alias }) => alias).join(', ')}`);
}

export function describeAdopted({ alias, plan, generation, accessTokenExpiresAt }: AccountReply): string {
  return `${alias}: signed in (plan ${plan ?? 'unknown'}, generation ${generation}), access token until ${accessTokenExpiresAt}`;
}
