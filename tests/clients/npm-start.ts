import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

const clientsFolder = import.meta.dirname;
const projectFolder = join(clientsFolder, '..', '..');
const portSettings = ['PORT', 'OPS_PORT', 'AUTH_PORT', 'AUTH_OPS_PORT', 'SIMULATOR_PORT'];

/** A stack that `npm start` brought up, as the person at its terminal has it. */
export interface StartedStack {
  /** What it printed until it was ready. */
  readonly output: string;
  /** The printed commands by title: each is a shell comment and what is to be pasted. */
  readonly commands: ReadonlyMap<string, string>;
  /** Pastes a printed command into a shell where the real clients are installed; answers what it prints. */
  readonly paste: (title: string) => Promise<string>;
  /** Presses Ctrl-C; does nothing when it has ended already. */
  readonly interrupt: () => Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts the stack on free ports and waits until it is ready. `home` is the home folder for all that runs. */
export async function npmStart(
  home: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<StartedStack> {
  const ports = await freePorts(portSettings.length);
  const chosen = Object.fromEntries(portSettings.map((name, index) => [name, String(ports[index])]));
  const environment = { ...process.env, ...chosen, ...homeAt(home), NO_COLOR: '1', ...settings };
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: projectFolder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = await outputUntil(child, /Ready in [^]*─{20}/);
  const commands = commandsIn(output);
  return {
    output,
    commands,
    paste: (title) => paste(commands.get(title), home),
    interrupt: () => ended(child),
  };
}

/** Starts the stack where it cannot start; rejects with its exit code and what it printed. */
export function npmStartFails(home: string, settings: Readonly<Record<string, string>>): Promise<unknown> {
  const environment = { ...process.env, ...homeAt(home), ...settings };
  return promisify(execFile)(process.execPath, ['scripts/start.mjs'], {
    cwd: projectFolder,
    env: environment,
  });
}

/** A listener on a free port of loopback. */
export async function listenAnywhere(): Promise<{
  readonly port: number;
  readonly close: () => Promise<unknown>;
}> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { port: address.port, close: () => new Promise((resolve) => server.close(resolve)) };
}

/** Ports that were free a moment ago; all are held until the last is known, so that no two are the same. */
async function freePorts(count: number): Promise<readonly number[]> {
  const listeners = await Promise.all(Array.from({ length: count }, listenAnywhere));
  await Promise.all(listeners.map(({ close }) => close()));
  return listeners.map(({ port }) => port);
}

function homeAt(home: string): Readonly<Record<string, string>> {
  return { HOME: home, CODEX_HOME: join(home, '.codex') };
}

function outputUntil({ stdout }: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (pattern.test(output)) resolve(output);
    });
    stdout?.once('end', () => reject(new Error(`ended before it was ready:\n${output}`)));
  });
}

function commandsIn(output: string): ReadonlyMap<string, string> {
  const block = output.slice(output.indexOf('# '), output.lastIndexOf('\n─'));
  return new Map(
    block.split(/\n\n(?=# )/).map((text) => [/^# ([^(\n]+)/.exec(text)?.[1]?.trim() ?? '', text]),
  );
}

async function paste(command: string | undefined, home: string): Promise<string> {
  assert.ok(command !== undefined, 'a command of that title is printed');
  const path = [
    join(clientsFolder, 'node_modules', '.bin'),
    dirname(process.execPath),
    process.env['PATH'],
  ].join(delimiter);
  const running = promisify(execFile)('bash', ['-c', command], {
    cwd: clientsFolder,
    // the Codex CLI would look for plugins outside: the tests reach nothing but loopback
    env: {
      PATH: path,
      HOME: home,
      CODEX_HOME: home,
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1',
    },
  });
  running.child.stdin?.end();
  return (await running).stdout;
}

function ended(child: ChildProcess): ReturnType<StartedStack['interrupt']> {
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.kill('SIGINT');
  });
}
