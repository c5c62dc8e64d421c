import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { FaultError, invalidRequest } from '@codex-gateway/wire/fault.ts';
import express, { type Request, type RequestHandler } from 'express';

const decoders: Readonly<
  Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>
> = {
  gzip: promisify(zlib.gunzip),
  'x-gzip': promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  br: promisify(zlib.brotliDecompress),
  zstd: promisify(zlib.zstdDecompress),
};

/** Reads the raw bytes of a body, at most `maxBytes`. */
export function readBody(maxBytes: number): RequestHandler {
  return express.raw({ type: () => true, inflate: false, limit: maxBytes });
}

export interface JsonBody {
  readonly value: unknown;
  /** After decompression. */
  readonly bytes: number;
}

/**
 * The body as JSON, decompressed.
 *
 * @throws FaultError 413, 415 or 400
 */
export async function parseJsonBody(req: Request, maxBytes: number): Promise<JsonBody> {
  // a request without any body has no raw bytes at all
  const raw = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const bytes = await decompress(raw, req.get('content-encoding'), maxBytes);
  const type = req.get('content-type');
  if (type !== undefined && !/^application\/(.+\+)?json\b/i.test(type)) {
    throw invalidRequest('The content-type must be application/json.', null);
  }
  try {
    return { value: JSON.parse(bytes.toString('utf8')), bytes: bytes.length };
  } catch {
    throw invalidRequest('The request body is not valid JSON.', null); // the parser's own text quotes the body
  }
}

async function decompress(bytes: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === 'identity' || name === '') return bytes;
  const decode = decoders[name];
  if (!decode) {
    const message = `The content-encoding is not supported; use one of ${Object.keys(decoders).join(', ')}.`;
    throw new FaultError({ kind: 'unsupported_encoding', message });
  }
  try {
    return await decode(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw invalidRequest(`The request body is not valid ${name}.`, null);
  }
}

export function tooLarge(maxBytes: number): FaultError {
  return new FaultError({
    kind: 'request_too_large',
    message: `The request body is larger than ${maxBytes} bytes.`,
  });
}
