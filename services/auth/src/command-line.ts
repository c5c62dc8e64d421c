import { parseArgs } from 'node:util';

/** What a person, or the image's entry point, can ask of this program. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'serve'; readonly checkConfig: boolean }
  | LoginCommand
  | ImportCommand
  | { readonly name: 'logout'; readonly alias: string | undefined }
  | { readonly name: 'status'; readonly json: boolean }
  | { readonly name: 'doctor' };

/** Without an alias a command means the default account. */
export interface LoginCommand {
  readonly name: 'login';
  readonly how: 'device' | 'browser';
  readonly alias: string | undefined;
  readonly replace: boolean;
  /** Where the login is written to instead of being adopted. */
  readonly out: string | undefined;
}

export interface ImportCommand {
  readonly name: 'import';
  /** `-`: standard input. */
  readonly file: string;
  readonly alias: string | undefined;
  readonly replace: boolean;
}

export const USAGE = `auth [serve] [--check-config]      run the token broker; --check-config only checks and prints its settings
auth login [--device]              sign in with a code that you type on another page or machine
auth login --browser [--out FILE]  sign in with a browser on this machine; --out writes an auth.json instead of adopting it
auth import FILE                   adopt the login of a Codex auth.json ("-": from standard input)
auth logout                        end the login, here and at the issuer
auth status [--json]               the accounts, and what to do about them
auth doctor                        configuration, store, issuer, clock

--alias A     the account that is meant (login, import, logout); else the first one of ACCOUNTS
--replace     also over the record of another ChatGPT account (login, import)

The commands take the broker's settings (README). They go through the running broker when ADMIN_SECRET is set; else they
work on its store, while no broker runs.
Exit codes: 0 done, 1 not done, 64 usage, 75 the store is in use and ADMIN_SECRET is not set, 78 configuration.`;

/** The words of the command line that cannot be understood; exit code 64 (`EX_USAGE`). */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError */
export function parseCommandLine(words: readonly string[]): Command {
  const [first = 'serve'] = words;
  if (first === 'help' || words.includes('--help') || words.includes('-h')) return { name: 'help' };
  const [name, args] = first.startsWith('-') ? ['serve', words] : [first, words.slice(1)];
  const parse = PARSERS.get(name);
  if (parse === undefined) throw new UsageError(`there is no command "${name}"`);
  try {
    return parse([...args]);
  } catch (error) {
    // parseArgs says which word it did not understand
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

const PARSERS: ReadonlyMap<string, (args: string[]) => Command> = new Map([
  ['serve', parseServe],
  ['login', parseLogin],
  ['import', parseImport],
  ['logout', parseLogout],
  ['status', parseStatus],
  ['doctor', parseDoctor],
]);

const flag = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;

function parseServe(args: string[]): Command {
  const { values } = parseArgs({ args, options: { 'check-config': flag } });
  return { name: 'serve', checkConfig: values['check-config'] };
}

function parseLogin(args: string[]): Command {
  const options = { device: flag, browser: flag, replace: flag, alias: text, out: text };
  const { device, browser, replace, alias, out } = parseArgs({ args, options }).values;
  if (device && browser) throw new UsageError('login takes --device or --browser, not both');
  if (out !== undefined && !browser) throw new UsageError('--out belongs to login --browser');
  if (out !== undefined && (alias !== undefined || replace))
    throw new UsageError('--out touches no account: it goes without --alias and --replace');
  return { name: 'login', how: browser ? 'browser' : 'device', alias, replace, out };
}

function parseImport(args: string[]): Command {
  const options = { replace: flag, alias: text };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw new UsageError('import takes one FILE');
  return { name: 'import', file, alias: values.alias, replace: values.replace };
}

function parseLogout(args: string[]): Command {
  return { name: 'logout', alias: parseArgs({ args, options: { alias: text } }).values.alias };
}

function parseStatus(args: string[]): Command {
  return { name: 'status', json: parseArgs({ args, options: { json: flag } }).values.json };
}

function parseDoctor(args: string[]): Command {
  parseArgs({ args, options: {} });
  return { name: 'doctor' };
}
