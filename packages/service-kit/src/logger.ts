import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly name: string;
  readonly level: string;
  readonly format: 'json' | 'text';
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
  /**
   * Gathers lines and writes them a few times a second and at the process's end. A write for each line costs a busy
   * service a tenth of its CPU time; a kill that cannot be caught loses the last moment.
   */
  readonly buffered?: boolean;
}

const BUFFER_BYTES = 8_192;
const FLUSH_MS = 250;

/** A pino logger: one JSON object a line, or one readable line with `format: 'text'`. */
export function createLogger({ name, level, format, destination, buffered = false }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    base: { name },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (format === 'json') return pino(options, destination ?? standardOutput(buffered));
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

function standardOutput(buffered: boolean): DestinationStream {
  if (!buffered) return pino.destination({ dest: 1, sync: true });
  return pino.destination({ dest: 1, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
}
