import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { z } from 'zod';

/** One of our services, started as a process of its own. */
export interface Service {
  /** Resolves with the first log line of this form, also one that was written before. */
  readonly logged: <Schema extends z.ZodType>(schema: Schema) => Promise<z.infer<Schema>>;
  /** Ends it as Ctrl-C does and resolves when it is gone. */
  readonly stop: () => Promise<void>;
}

/** Starts `services/<name>`; it logs JSON lines to its standard output. */
export function startService(name: string, environment: Readonly<Record<string, string>>): Service {
  const script = new URL(`../../services/${name}/src/main.ts`, import.meta.url).pathname;
  const child = spawn(process.execPath, [script], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const lines: unknown[] = [];
  const waiting = new Set<() => void>();
  const complaints: string[] = [];
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text));
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const ended = once(child, 'close').then(() => process.off('exit', endWithUs));

  return {
    logged: (schema) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.map((line) => schema.safeParse(line)).find(({ success }) => success);
          if (!found?.success) return;
          waiting.delete(look);
          resolve(found.data);
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
