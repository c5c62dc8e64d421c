import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly name: string;
  readonly level: string;
  readonly format: 'json' | 'text';
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

/** A pino logger: one JSON object a line, or one readable line with `format: 'text'`. */
export function createLogger({ name, level, format, destination }: LoggerOptions): Logger {
  const options = { name, level, base: { name }, timestamp: () => `,"time":"${new Date().toISOString()}"` };
  if (format === 'json') return destination ? pino(options, destination) : pino(options);
  const text = pretty({
    colorize: false,
    singleLine: true,
    hideObject: false,
    ignore: 'name',
    translateTime: 'SYS:HH:MM:ss',
    ...(destination ? { destination } : { sync: true }),
  });
  return pino(options, text);
}
