import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';

const MAX_BODY_BYTES = 256 * 1024 * 1024;

const decoders: Readonly<Record<string, (body: Buffer) => Promise<Buffer>>> = {
  zstd: promisify(zstdDecompress),
  gzip: promisify(gunzip),
};

export type BodyReading =
  | { readonly kind: 'text'; readonly text: string; readonly wire: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'undecodable'; readonly encoding: string };

/** Reads a request body, plain or compressed with zstd (what the Codex CLI sends) or gzip. */
export async function readBody(req: IncomingMessage): Promise<BodyReading> {
  const chunks: Buffer[] = [];
  let wireBytes = 0;
  for await (const chunk of req) {
    if (!Buffer.isBuffer(chunk)) continue;
    wireBytes += chunk.length;
    if (wireBytes > MAX_BODY_BYTES) return { kind: 'too_large' };
    chunks.push(chunk);
  }
  const wire = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return { kind: 'text', text: wire.toString('utf8'), wire };
  const decode = decoders[encoding];
  if (decode === undefined) return { kind: 'undecodable', encoding };
  try {
    return { kind: 'text', text: (await decode(wire)).toString('utf8'), wire };
  } catch {
    // a damaged body is the client's fault, answered like an unknown encoding
    return { kind: 'undecodable', encoding };
  }
}
