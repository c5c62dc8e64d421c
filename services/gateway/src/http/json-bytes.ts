/** The bytes by which JSON is found its way in; all of them ASCII, so none is ever part of another character. */
export const byteOf = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openArray: 0x5b,
  backslash: 0x5c,
  closeArray: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

const spaces: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** How an array or an object changes the depth by this byte, outside of strings. */
export function depthStep(byte: number | undefined): number {
  if (byte === byteOf.openArray || byte === byteOf.openObject) return 1;
  return byte === byteOf.closeArray || byte === byteOf.closeObject ? -1 : 0;
}

/** The place of the quote that ends the string that begins at `start`, or the end of the text. */
export function endOfString(bytes: Uint8Array, start: number): number {
  let end = bytes.indexOf(byteOf.quote, start + 1);
  while (end !== -1 && isEscaped(bytes, end)) end = bytes.indexOf(byteOf.quote, end + 1);
  return end === -1 ? bytes.length : end;
}

function isEscaped(bytes: Uint8Array, at: number): boolean {
  let slashes = 0;
  while (bytes[at - 1 - slashes] === byteOf.backslash) slashes += 1;
  return slashes % 2 === 1;
}

/** The value of a member, and where its bytes stand. */
export interface MemberSpan {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/**
 * The members of this name at the top of a JSON object, in their order: a name may stand more than once, and may be
 * written with escapes.
 *
 * @param bytes JSON that was parsed already: what is not JSON, or no object, has no members that make sense
 */
export function membersNamed(bytes: Buffer, name: string): readonly MemberSpan[] {
  const found: MemberSpan[] = [];
  let at = afterSpaces(bytes, 0) + 1;
  for (;;) {
    const keyStart = afterSpaces(bytes, at);
    if (bytes[keyStart] !== byteOf.quote) return found; // the end of the object
    const keyEnd = endOfString(bytes, keyStart) + 1;
    const start = afterSpaces(bytes, afterSpaces(bytes, keyEnd) + 1);
    const end = endOfValue(bytes, start);
    if (isNamed(bytes.toString('utf8', keyStart, keyEnd), name))
      found.push({ value: JSON.parse(bytes.toString('utf8', start, end)), start, end });
    at = afterSpaces(bytes, end) + 1;
  }
}

function isNamed(key: string, name: string): boolean {
  return key === `"${name}"` || (key.includes('\\') && JSON.parse(key) === name);
}

function afterSpaces(bytes: Uint8Array, start: number): number {
  let at = start;
  while (spaces.has(bytes[at])) at += 1;
  return at;
}

function endOfValue(bytes: Uint8Array, start: number): number {
  if (bytes[start] === byteOf.quote) return endOfString(bytes, start) + 1;
  let depth = 0;
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (depth === 0 && (byte === byteOf.comma || byte === byteOf.closeObject || spaces.has(byte))) return at;
    if (byte === byteOf.quote) at = endOfString(bytes, at);
    else depth += depthStep(byte);
    if (depth === 0 && (byte === byteOf.closeObject || byte === byteOf.closeArray)) return at + 1;
  }
  return at;
}
