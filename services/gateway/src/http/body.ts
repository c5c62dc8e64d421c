import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { FaultError, invalidRequest } from '@codex-gateway/wire/fault.ts';
import { checkJsonShape } from './json-shape.ts';

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify(zlib.gunzip)],
  ['x-gzip', promisify(zlib.gunzip)],
  ['deflate', promisify(zlib.inflate)],
  ['br', promisify(zlib.brotliDecompress)],
  ['zstd', promisify(zlib.zstdDecompress)],
]);

export interface BodyLimits {
  /** Before and after decompression. */
  readonly maxBytes: number;
  /** Ends the wait for a body that does not come. */
  readonly signal: AbortSignal;
}

export interface JsonBody {
  readonly value: unknown;
  /** As it came, perhaps compressed. */
  readonly received: Buffer;
  /** After decompression: the text that `value` was parsed from. */
  readonly decoded: Buffer;
}

/**
 * Reads a body as JSON, decompressed. One that is too large is refused at once, not when its last byte has come.
 *
 * @throws FaultError 413, 415 or 400, or with the signal's own reason
 */
export async function readJsonBody(req: IncomingMessage, limits: BodyLimits): Promise<JsonBody> {
  const { 'content-encoding': encoding, 'content-type': type } = req.headers;
  const received = await readBytes(req, limits);
  const decoded = await decompress(received, encoding, limits.maxBytes);
  if (type !== undefined && !/^application\/(.+\+)?json\b/i.test(type)) {
    throw invalidRequest('The content-type must be application/json.', null);
  }
  // whatever is no character would become U+FFFD without a word
  if (!isUtf8(decoded)) throw invalidRequest('The request body is not valid UTF-8.', null);
  checkJsonShape(decoded);
  try {
    return { value: JSON.parse(decoded.toString('utf8')), received, decoded };
  } catch {
    throw invalidRequest('The request body is not valid JSON.', null); // the parser's own text quotes the body
  }
}

/** What comes after a refusal is thrown away here, so that the client gets to see the answer. */
function readBytes(req: IncomingMessage, { maxBytes, signal }: BodyLimits): Promise<Buffer> {
  const whole = Promise.withResolvers<Buffer>();
  if (Number(req.headers['content-length']) > maxBytes) whole.reject(tooLarge(maxBytes));
  const chunks: Buffer[] = [];
  let size = 0;
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else whole.reject(tooLarge(maxBytes));
  });
  req.once('end', () => whole.resolve(Buffer.concat(chunks)));
  req.once('error', () => {}); // the client has left: the signal says so
  signal.addEventListener('abort', () => whole.reject(signal.reason), { once: true });
  return whole.promise;
}

/** @throws FaultError 413, 415 or 400 */
export async function decompress(
  bytes: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? 'identity';
  if (name === 'identity' || name === '') return bytes;
  const decode = decoders.get(name);
  if (!decode) {
    const message = `The content-encoding is not supported; use one of ${[...decoders.keys()].join(', ')}.`;
    throw new FaultError({ kind: 'unsupported_encoding', message });
  }
  try {
    return await decode(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes);
    throw invalidRequest(`The request body is not valid ${name}.`, null);
  }
}

function tooLarge(maxBytes: number): FaultError {
  return new FaultError({
    kind: 'request_too_large',
    message: `The request body is larger than ${maxBytes} bytes.`,
  });
}
