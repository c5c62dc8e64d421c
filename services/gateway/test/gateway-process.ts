import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The fields of the first log line with this message, also of one that is already out. */
  readonly untilSaid: (message: string) => Promise<Readonly<Record<string, unknown>>>;
  /** Exit code, or the signal that ended it. */
  readonly exit: Promise<number | string | null>;
}

/** Starts `src/main.ts` with exactly this environment; it is killed when the test ends. */
export function startProcess(
  t: TestContext,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): GatewayProcess {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const stdout = createInterface(child.stdout).on('line', (line) => void lines.push(line));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exit = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string | null); // as documented
  return {
    child,
    exit,
    stdout: () => lines.join('\n'),
    stderr: () => stderr,
    untilSaid: async (message) => {
      for (let next = 0; ; next++) {
        while (next >= lines.length) await once(stdout, 'line');
        const fields = fieldsOf(lines[next] ?? '');
        if (fields['msg'] === message) return fields;
      }
    },
  };
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  return JSON.parse(line) as Record<string, unknown>; // with LOG_FORMAT=json every line is one object
}
