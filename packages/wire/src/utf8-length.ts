const highSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const lowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Bytes of a text in UTF-8. A lone surrogate counts as U+FFFD, which encoders write instead. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      bytes += 1;
      continue;
    }
    bytes += 2;
    // a pair: four bytes for two units
    if (highSurrogate(unit) && lowSurrogate(text.charCodeAt(at + 1))) at += 1;
  }
  return bytes;
}

/** Whether a text ends in the first half of a character whose second half may still come. */
export function endsWithinPair(text: string): boolean {
  return highSurrogate(text.charCodeAt(text.length - 1));
}
