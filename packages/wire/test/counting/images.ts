/** The heads of images of a size: as much of each format as tells it. */

export function png(width: number, height: number): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), size]);
}

export function gif(width: number, height: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([Buffer.from('GIF89a'), size, Buffer.alloc(3)]);
}

/** With a segment of the camera and a table before the frame, as cameras write it. */
export function jpeg(width: number, height: number): Buffer {
  const frame = Buffer.from('ffc0001108', 'hex');
  const size = Buffer.alloc(4);
  size.writeUInt16BE(height, 0);
  size.writeUInt16BE(width, 2);
  const camera = Buffer.concat([Buffer.from('ffe10010', 'hex'), Buffer.alloc(14)]);
  const table = Buffer.concat([Buffer.from('ffc40006', 'hex'), Buffer.alloc(4)]);
  return Buffer.concat([Buffer.from('ffd8', 'hex'), camera, table, frame, size, Buffer.alloc(10)]);
}

function riff(kind: string, payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from('RIFF'),
    Buffer.alloc(4),
    Buffer.from(`WEBP${kind}`),
    Buffer.alloc(4),
    payload,
  ]);
}

export function webpLossy(width: number, height: number): Buffer {
  const payload = Buffer.from('0000009d012a00000000', 'hex');
  payload.writeUInt16LE(width, 6);
  payload.writeUInt16LE(height, 8);
  return riff('VP8 ', payload);
}

export function webpLossless(width: number, height: number): Buffer {
  const payload = Buffer.from('2f00000000', 'hex');
  payload.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  return riff('VP8L', payload);
}

export function webpExtended(width: number, height: number): Buffer {
  const payload = Buffer.alloc(10);
  payload.writeUIntLE(width - 1, 4, 3);
  payload.writeUIntLE(height - 1, 7, 3);
  return riff('VP8X', payload);
}
