// Gives every line of a process's output the process's name.
import { StringDecoder } from 'node:string_decoder';

/**
 * Cuts chunks of output into lines and writes each with the prefix; a character or a line that is split over two
 * chunks comes out whole. `end` writes what came after the last line break.
 * @param {string} prefix
 * @param {(text: string) => void} write
 * @returns {{ push: (chunk: Buffer) => void, end: () => void }}
 */
export function prefixedLines(prefix, write) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    push: (chunk) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) write(lines.map((line) => `${prefix}${line}\n`).join(''));
    },
    end: () => {
      const last = rest + decoder.end();
      rest = '';
      if (last !== '') write(`${prefix}${last}\n`);
    },
  };
}
