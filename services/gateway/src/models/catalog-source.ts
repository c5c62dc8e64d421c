import { FaultError } from '@codex-gateway/wire/fault.ts';
import { request } from 'undici';
import type { Accounts } from '../upstream/accounts.ts';
import type { Endpoint } from '../upstream/endpoint.ts';
import type { Catalog } from './catalog.ts';

export interface CatalogSourceDeps {
  readonly endpoint: Endpoint;
  readonly accounts: Accounts;
  /** Below the upstream's base URL. */
  readonly path: string;
  /** Reads what the upstream says; throws when that is no list of models. */
  readonly toCatalog: (body: unknown) => Catalog;
}

/** What the upstream says of its models; `unchanged` when it still has the version that `etag` names. */
export type CatalogReading = { readonly catalog: Catalog; readonly etag: string | null } | 'unchanged';

export type ReadCatalog = (etag: string | null) => Promise<CatalogReading>;

const TIMEOUT_MS = 10_000;

/** Reads the upstream's list of models. */
export function createCatalogSource({ endpoint, accounts, path, toCatalog }: CatalogSourceDeps): ReadCatalog {
  const { baseUrl, dispatcher, headers, refusalOf } = endpoint;
  return async (etag) => {
    const account = await accounts.choose(new Set());
    const answer = await request(`${baseUrl}${path}`, {
      dispatcher,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      headers: {
        ...headers({ requestId: 'models', conversation: null }),
        ...account.headers,
        accept: 'application/json',
        ...(etag !== null && { 'if-none-match': etag }),
      },
    });
    const body = await answer.body.text();
    if (answer.statusCode === 304) return 'unchanged';
    if (answer.statusCode !== 200)
      throw new FaultError(refusalOf({ status: answer.statusCode, body, retryAfterSeconds: null }).fault);
    const { etag: newEtag } = answer.headers;
    return { catalog: toCatalog(JSON.parse(body)), etag: typeof newEtag === 'string' ? newEtag : null };
  };
}
