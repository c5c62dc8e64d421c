import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A throw-away HOME. */
export async function makeHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'codex-gateway-auth-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  return home;
}

/** The program as a process of its own, on free ports and with no environment but this. */
export function run(t: TestContext, environment: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], PORT: '0', OPS_PORT: '0', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (output.out += chunk));
  child.stderr.on('data', (chunk) => (output.err += chunk));
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('{"level"')) lines.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  const exited = once(child, 'close').then(([code]) => ({ code, ...output }));
  return {
    child,
    exited,
    /** Resolves when its output has such a line. */
    said: (pattern: RegExp): Promise<RegExpExecArray> =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output.out);
          if (match !== null) resolve(match);
        };
        waiting.add(look);
        look();
        void exited.then(({ err }) => reject(new Error(`ended without ${String(pattern)}: ${err}`)));
      }),
    /** Resolves with the first line of the log that has this message. */
    line: (message: string): Promise<Record<string, unknown>> =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find(({ msg }) => msg === message);
          if (line !== undefined) resolve(line);
        };
        waiting.add(look);
        look();
        void exited.then(({ err }) => reject(new Error(`ended without "${message}": ${err}`)));
      }),
  };
}
