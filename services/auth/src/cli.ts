import {
  CONFIGURATION_EXIT_CODE,
  ConfigurationError,
  type Environment,
} from '@codex-gateway/service-kit/config.ts';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import packageJson from '../package.json' with { type: 'json' };
import { parseCommandLine, USAGE, UsageError, type Command } from './command-line.ts';
import { importFile, logOut } from './commands/accounts.ts';
import { examine } from './commands/doctor.ts';
import { logIn } from './commands/login.ts';
import { withLogins } from './commands/open-logins.ts';
import { statusText } from './commands/status.ts';
import { readCommandConfig, readConfig } from './config.ts';
import { checkConfig, serve } from './serve.ts';
import { StoreHeldError } from './store/token-store.ts';

/** `EX_USAGE` of sysexits.h. */
const USAGE_EXIT_CODE = 64;
/** `EX_TEMPFAIL` of sysexits.h: the store belongs to another broker; later it may not. */
const STORE_HELD_EXIT_CODE = 75;
const STORE_HELD_HINT =
  'To go through that broker, set ADMIN_SECRET to the one that it has, and PORT to its port.';

const { version } = packageJson;

/** Does what the command line asks for; a broker goes on running afterwards. Resolves with the exit code. */
export async function runCommandLine(words: readonly string[], environment: Environment): Promise<number> {
  let command: Command | null = null;
  try {
    command = parseCommandLine(words);
    return await run(command, environment);
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    if (error instanceof UsageError) complain('auth --help says what there is');
    if (error instanceof StoreHeldError && command?.name !== 'serve') complain(STORE_HELD_HINT);
    return exitCodeFor(error);
  }
}

async function run(command: Command, environment: Environment): Promise<number> {
  switch (command.name) {
    case 'help':
      say(USAGE);
      return 0;
    case 'serve': {
      const config = readConfig(environment);
      await (command.checkConfig ? checkConfig(config) : serve(config, version));
      return 0;
    }
    case 'doctor':
      return examine(environment, say);
    case 'login':
      await logIn(command, { config: readCommandConfig(environment), version, say, listen });
      return 0;
    case 'import':
      await withLogins(readCommandConfig(environment), { version, changes: true }, (logins) =>
        importFile(logins, command, say),
      );
      return 0;
    case 'logout':
      await withLogins(readCommandConfig(environment), { version, changes: true }, (logins) =>
        logOut(logins, command, say),
      );
      return 0;
    case 'status':
      await withLogins(readCommandConfig(environment), { version, changes: false }, async (logins) =>
        say(statusText(await logins.accounts(), { now: Date.now(), ...command })),
      );
      return 0;
  }
}

function exitCodeFor(error: unknown): number {
  if (error instanceof ConfigurationError) return CONFIGURATION_EXIT_CODE;
  if (error instanceof UsageError) return USAGE_EXIT_CODE;
  return error instanceof StoreHeldError ? STORE_HELD_EXIT_CODE : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
