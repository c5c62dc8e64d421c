import { rootCertificates } from 'node:tls';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';

export interface HttpClientOptions {
  readonly connectTimeoutMs: number;
  /** The longest silence before and inside an answer. undici lets it stand still while the reader is the slow side. */
  readonly idleTimeoutMs: number;
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: string | undefined;
  /** PEM text of a certificate authority that is trusted beside the usual ones. */
  readonly ca?: string | undefined;
  /** Connections to one origin; unlimited when absent. */
  readonly connections?: number | undefined;
}

/** One connection pool: keep-alive, deadlines, and the way out through a proxy when one is set. */
export function createHttpClient(options: HttpClientOptions): Dispatcher {
  const shared = {
    connect: {
      timeout: options.connectTimeoutMs,
      ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }),
    },
    headersTimeout: options.idleTimeoutMs,
    bodyTimeout: options.idleTimeoutMs,
    keepAliveTimeout: 30_000,
    connections: options.connections ?? null,
    // over HTTP/2 undici sends requests again after a GOAWAY, also a POST: what is sent twice is ours to decide
    allowH2: false,
    // one stream a connection: a pipelined request would wait behind a stream that lasts minutes
    pipelining: 1,
  };
  if (options.httpsProxy === undefined) return new Agent(shared);
  return new EnvHttpProxyAgent({
    ...shared,
    httpProxy: options.httpsProxy,
    httpsProxy: options.httpsProxy,
    noProxy: options.noProxy ?? '',
  });
}
