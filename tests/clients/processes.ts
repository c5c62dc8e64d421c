import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const logLineSchema = z.looseObject({});
type LogLine = z.infer<typeof logLineSchema>;

/** One of our services, started as a process of its own. */
export interface Service {
  /** Resolves with the first log line that the pick accepts, also one that was written before. */
  readonly logged: <T>(pick: (line: LogLine) => T | undefined) => Promise<T>;
  /** Ends it as Ctrl-C does and resolves when it is gone. */
  readonly stop: () => Promise<void>;
}

/** Starts `services/<name>`; it logs JSON lines to its standard output. */
export function startService(name: string, environment: Readonly<Record<string, string>>): Service {
  const script = new URL(`../../services/${name}/src/main.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, [script], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  const complaints: string[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(logLineSchema.parse(JSON.parse(text)));
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const ended = once(child, 'close').then(() => process.off('exit', endWithUs));

  return {
    logged: (pick) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.map(pick).find((picked) => picked !== undefined);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`${name} ended: ${complaints.join('')}`)));
      }),
    stop: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Kills the program when it fires: the signal of the test that runs it. */
  readonly signal: AbortSignal;
}

/** Runs a program to its end, with no input. */
export async function run(
  executable: string,
  args: readonly string[],
  { environment, folder, signal }: RunOptions,
): Promise<Run> {
  const child = spawn(executable, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return { ...output, exitCode: await exitCodeOf(child), ...output };
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'close');
  return child.exitCode;
}
