import { invalidRequest } from '@codex-gateway/wire/fault.ts';

/** Deeper than any real request, and far above what overflows a recursive reader or writer of JSON. */
const MAX_DEPTH = 512;
/** Objects, arrays and their members. A real request of 32 MiB is a few long strings and thousands of values. */
const MAX_VALUES = 1_000_000;
/** A body this small cannot be deep enough or full enough to hurt. */
const HARMLESS_BYTES = 2 * MAX_DEPTH;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Looks at JSON before it is parsed: a few kilobytes, compressed, can become millions of objects, and those take far
 * more memory than their text.
 *
 * @throws FaultError `invalid_request` when it is too deep or holds too many values
 */
export function checkJsonShape(bytes: Uint8Array): void {
  if (bytes.length <= HARMLESS_BYTES) return;
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else depth += depthStep(byte);
    if (depth > MAX_DEPTH)
      throw invalidRequest(`The request body is nested deeper than ${MAX_DEPTH} levels.`, null);
    // every value but the first of its list comes after a comma, and a list is a value itself
    if (byte === COMMA || byte === OPEN_ARRAY || byte === OPEN_OBJECT) values += 1;
    if (values > MAX_VALUES)
      throw invalidRequest(`The request body holds more than ${MAX_VALUES} values.`, null);
  }
}

function depthStep(byte: number | undefined): number {
  if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) return 1;
  return byte === CLOSE_ARRAY || byte === CLOSE_OBJECT ? -1 : 0;
}

/** The place of the quote that ends the string, or the end of the text. */
function endOfString(bytes: Uint8Array, start: number): number {
  let end = bytes.indexOf(QUOTE, start + 1);
  while (end !== -1 && isEscaped(bytes, end)) end = bytes.indexOf(QUOTE, end + 1);
  return end === -1 ? bytes.length : end;
}

function isEscaped(bytes: Uint8Array, at: number): boolean {
  let slashes = 0;
  while (bytes[at - 1 - slashes] === BACKSLASH) slashes += 1;
  return slashes % 2 === 1;
}
