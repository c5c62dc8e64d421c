const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ALPHABET = `${LETTERS}-_`;
const NO_LETTER = 0xff;
/** Values by character code. The two alphabets differ in their last two letters. */
const valueOf = new Uint8Array(128).fill(NO_LETTER);
for (const alphabet of [ALPHABET, `${LETTERS}+/`])
  for (const [value, letter] of alphabet.split('').entries()) valueOf[letter.charCodeAt(0)] = value;

/** A text as base64url of its UTF-8 bytes, without padding. A lone surrogate becomes U+FFFD, as everywhere in UTF-8. */
export function encodeBase64url(text: string): string {
  const bytes = utf8Bytes(text);
  let encoded = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const letters = Math.min(bytes.length - at, 3) + 1;
    for (let letter = 0; letter < letters; letter += 1)
      encoded += ALPHABET[(group >> (18 - 6 * letter)) & 63] ?? '';
  }
  return encoded;
}

/** The text again, or null when it is not base64url of UTF-8. */
export function decodeBase64url(encoded: string): string | null {
  const bytes = base64Bytes(encoded);
  return bytes && utf8Text(bytes);
}

/** The bytes of a text in base64 or base64url without padding, or null when it is neither. */
export function base64Bytes(encoded: string): Uint8Array | null {
  const bytes = new Uint8Array((encoded.length * 3) >> 2);
  let length = 0;
  let buffer = 0;
  let bits = 0;
  for (let at = 0; at < encoded.length; at += 1) {
    const value = valueOf[encoded.charCodeAt(at)] ?? NO_LETTER;
    if (value === NO_LETTER) return null;
    buffer = ((buffer << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length] = (buffer >> bits) & 255;
    length += 1;
  }
  return bits < 6 ? bytes : null;
}

function utf8Bytes(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text.toWellFormed()) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), trail(point, 0));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), trail(point, 6), trail(point, 0));
    else bytes.push(0xf0 | (point >> 18), trail(point, 12), trail(point, 6), trail(point, 0));
  }
  return bytes;
}

function trail(point: number, shift: number): number {
  return 0x80 | ((point >> shift) & 63);
}

/** Lead bytes by what follows them; `smallest` refuses the same character written longer than needed. */
const sequences = [
  { mask: 0x80, lead: 0x00, more: 0, smallest: 0 },
  { mask: 0xe0, lead: 0xc0, more: 1, smallest: 0x80 },
  { mask: 0xf0, lead: 0xe0, more: 2, smallest: 0x800 },
  { mask: 0xf8, lead: 0xf0, more: 3, smallest: 0x10000 },
] as const;

function utf8Text(bytes: Uint8Array): string | null {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0;
    const sequence = sequences.find(({ mask, lead }) => (first & mask) === lead);
    if (!sequence) return null;
    let point = first & ~sequence.mask;
    for (let more = 1; more <= sequence.more; more += 1) {
      const next = bytes[at + more] ?? 0;
      if ((next & 0xc0) !== 0x80) return null;
      point = (point << 6) | (next & 63);
    }
    if (point < sequence.smallest || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return null;
    text += String.fromCodePoint(point);
    at += sequence.more + 1;
  }
  return text;
}
