import { spawn } from 'node:child_process';
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
