import { isIP } from 'node:net';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import { request, type Dispatcher } from 'undici';
import { VERSION } from '../version.ts';
import { isPublicAddress } from './addresses.ts';
import type { Network } from './network.ts';
import { UrlFailure } from './url-failure.ts';

/** What a fetch may cost. */
export interface Allowance {
  /** Takes so many bytes of what is left, or says that they are too many. */
  readonly take: (bytes: number) => boolean;
  readonly signal: AbortSignal;
}

/**
 * Fetches what stands at a client's URL.
 *
 * @throws UrlFailure, or with the reason of the signal
 */
export type FetchUrl = (url: string, allowance: Allowance) => Promise<Buffer>;

export interface FetchUrlDeps {
  readonly network: Network;
  readonly clock: Clock;
}

const FETCH_MS = 10_000;
const MAX_REDIRECTS = 3;
const MAX_BYTES = 16 * 1024 * 1024;

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Says who asks, and nothing of the client: no cookie, no key, no referrer. What is packed could unpack to anything. */
const headers = { 'user-agent': `codex-gateway/${VERSION}`, accept: '*/*', 'accept-encoding': 'identity' };

export function createUrlFetcher({ network, clock }: FetchUrlDeps): FetchUrl {
  return async (text, { take, signal }) => {
    const late = new AbortController();
    const cancel = clock.after(FETCH_MS, () => late.abort());
    const allowance = { take, signal: AbortSignal.any([signal, late.signal]) };
    try {
      let url = fetchableUrl(text);
      for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
        const found = await visit(url, network, allowance);
        if (Buffer.isBuffer(found)) return found;
        url = found;
      }
      throw new UrlFailure('redirects');
    } catch (error) {
      signal.throwIfAborted();
      if (late.signal.aborted) throw new UrlFailure('deadline');
      throw error instanceof UrlFailure ? error : new UrlFailure('connection', { cause: error });
    } finally {
      cancel();
    }
  };
}

/**
 * The form of a URL that is fetched. Not http: services inside a network (those that give cloud credentials to whoever
 * asks among them) speak it, and hardly one has a certificate for a name that a stranger has chosen. The host has
 * become plain here: no other spelling of an address (`0x7f.1`, full-width digits) gets past `URL`.
 */
function fetchableUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  const isFit = url?.protocol === 'https:' && url.username === '' && url.password === '' && url.port === '';
  if (!isFit) throw new UrlFailure(base ? 'redirects' : 'form');
  return url;
}

/** One hop: its bytes, or where it leads. The connection goes to the very addresses that were looked at. */
async function visit(url: URL, network: Network, allowance: Allowance): Promise<Buffer | URL> {
  const { signal } = allowance;
  const host = url.hostname.replaceAll(/^\[|\]$/g, ''); // of an IPv6 address
  const addresses = isIP(host) === 0 ? await network.resolve(host, signal) : [host];
  if (addresses.length === 0) throw new UrlFailure('name');
  if (!addresses.every(isPublicAddress)) throw new UrlFailure('address');
  const dispatcher = network.dispatcherTo(addresses);
  try {
    const answer = await request(url, { dispatcher, headers, signal });
    const { location } = answer.headers;
    if (redirects.has(answer.statusCode) && typeof location === 'string') return fetchableUrl(location, url);
    if (answer.statusCode !== 200) throw new UrlFailure('status');
    return await readBytes(answer, allowance);
  } finally {
    await dispatcher.destroy();
  }
}

async function readBytes(answer: Dispatcher.ResponseData, { take }: Allowance): Promise<Buffer> {
  const { 'content-length': length, 'content-encoding': encoding = 'identity' } = answer.headers;
  if (encoding !== 'identity') throw new UrlFailure('status');
  if (Number(length) > MAX_BYTES) throw new UrlFailure('too_large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > MAX_BYTES || !take(chunk.length)) throw new UrlFailure('too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
