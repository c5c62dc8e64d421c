export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

type ReadSize = (bytes: Uint8Array) => ImageSize | null;

/** Formats by the bytes that they begin with; `null` is any byte. */
const formats: readonly { readonly magic: readonly (number | null)[]; readonly size: ReadSize }[] = [
  {
    magic: [0x89, 0x50, 0x4e, 0x47],
    size: (bytes) => ({ width: big(bytes, 16, 4), height: big(bytes, 20, 4) }),
  },
  {
    magic: [0x47, 0x49, 0x46],
    size: (bytes) => ({ width: little(bytes, 6, 2), height: little(bytes, 8, 2) }),
  },
  { magic: [0xff, 0xd8], size: jpegSize },
  {
    magic: [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50],
    size: webpSize,
  },
];

/** The size of a PNG, GIF, JPEG or WebP in pixels, from its first bytes; null when they do not tell. */
export function imageSize(bytes: Uint8Array): ImageSize | null {
  const format = formats.find(({ magic }) => magic.every((byte, at) => byte === null || byte === bytes[at]));
  const size = format?.size(bytes) ?? null;
  return size && size.width > 0 && size.height > 0 ? size : null;
}

/** Segments that begin a frame carry the size (ITU T.81, B.2.2); three of that range are something else. */
function jpegSize(bytes: Uint8Array): ImageSize | null {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + big(bytes, at + 2, 2)) {
    const marker = bytes[at + 1] ?? 0;
    const beginsFrame =
      marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (beginsFrame) return { width: big(bytes, at + 7, 2), height: big(bytes, at + 5, 2) };
  }
  return null;
}

/** Lossy, lossless and extended files keep it in three places (RFC 9649, 2.5 to 2.7); a letter of their names tells them apart. */
const webpSizes: ReadonlyMap<number | undefined, ReadSize> = new Map<number | undefined, ReadSize>([
  [0x20, (bytes) => ({ width: little(bytes, 26, 2) & 0x3fff, height: little(bytes, 28, 2) & 0x3fff })],
  [
    0x4c,
    (bytes) => {
      const packed = little(bytes, 21, 4);
      return { width: (packed & 0x3fff) + 1, height: ((packed >> 14) & 0x3fff) + 1 };
    },
  ],
  [0x58, (bytes) => ({ width: little(bytes, 24, 3) + 1, height: little(bytes, 27, 3) + 1 })],
]);

function webpSize(bytes: Uint8Array): ImageSize | null {
  return webpSizes.get(bytes[15])?.(bytes) ?? null;
}

function big(bytes: Uint8Array, at: number, length: number): number {
  return bytes.subarray(at, at + length).reduce((value, byte) => value * 256 + byte, 0);
}

function little(bytes: Uint8Array, at: number, length: number): number {
  return bytes.subarray(at, at + length).reduceRight((value, byte) => value * 256 + byte, 0);
}
