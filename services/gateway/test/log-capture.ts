import { createLogger, type Logger } from '@codex-gateway/service-kit/logger.ts';

export interface LogCapture {
  readonly logger: Logger;
  /** Every line so far, as text. */
  readonly text: () => string;
  /** Level and message of every line so far. */
  readonly said: () => readonly string[];
}

/** A logger at its most talkative level, whose lines stay in memory. */
export function captureLog(): LogCapture {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return {
    logger: createLogger({ name: 'gateway', level: 'trace', format: 'json', destination }),
    text: () => lines.join(''),
    said: () => lines.map(phraseOf),
  };
}

function phraseOf(line: string): string {
  const { level, msg } = JSON.parse(line) as { level: string; msg: string }; // every pino line has both
  return `${level} ${msg}`;
}
