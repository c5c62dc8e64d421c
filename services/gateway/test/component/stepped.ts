import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Stack } from './stack.ts';

export interface Reader {
  readonly answer: IncomingMessage;
  /** Resolves when the text that has arrived holds this. */
  readonly untilSeen: (text: string) => Promise<void>;
  readonly seen: () => string;
}

export function readerOf(answer: IncomingMessage): Reader {
  let seen = '';
  answer.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  return {
    answer,
    seen: () => seen,
    untilSeen: async (text) => {
      while (!seen.includes(text)) await once(answer, 'data');
    },
  };
}

/** The id of the one stream that the simulator steps, once it is open. */
export async function steppedStream({ simulator: { control } }: Stack): Promise<number> {
  await control.until(() => control.openStreams().length === 1);
  const [id] = control.openStreams();
  assert.ok(id !== undefined);
  return id;
}
