import { invalidRequest } from '@codex-gateway/wire/fault.ts';
import { byteOf, depthStep, endOfString } from './json-bytes.ts';

/** Deeper than any real request, and far above what overflows a recursive reader or writer of JSON. */
const MAX_DEPTH = 512;
/** Objects, arrays and their members. A real request of 32 MiB is a few long strings and thousands of values. */
const MAX_VALUES = 250_000;
/** A body this small cannot be deep enough or full enough to hurt. */
const HARMLESS_BYTES = 2 * MAX_DEPTH;

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
    if (byte === byteOf.quote) at = endOfString(bytes, at);
    else depth += depthStep(byte);
    if (depth > MAX_DEPTH)
      throw invalidRequest(`The request body is nested deeper than ${MAX_DEPTH} levels.`, null);
    // every value but the first of its list comes after a comma, and a list is a value itself
    if (byte === byteOf.comma || depthStep(byte) === 1) values += 1;
    if (values > MAX_VALUES)
      throw invalidRequest(`The request body holds more than ${MAX_VALUES} values.`, null);
  }
}
