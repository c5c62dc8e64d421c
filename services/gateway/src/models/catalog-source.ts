import { FaultError } from '@codex-gateway/wire/fault.ts';
import { refusalOfReply } from '@codex-gateway/wire/codex/refusal.ts';
import type { Dispatcher } from 'undici';
import { request } from 'undici';
import type { Accounts } from '../upstream/accounts.ts';
import { upstreamHeaders } from '../upstream/headers.ts';
import { backendCatalogSchema, toCatalog, type Catalog } from './catalog.ts';

export interface CatalogSourceDeps {
  readonly baseUrl: string;
  readonly clientVersion: string;
  readonly dispatcher: Dispatcher;
  readonly accounts: Accounts;
}

/** What the backend says of its models; `unchanged` when it still has the version that `etag` names. */
export type CatalogReading = { readonly catalog: Catalog; readonly etag: string | null } | 'unchanged';

export type ReadCatalog = (etag: string | null) => Promise<CatalogReading>;

const TIMEOUT_MS = 10_000;

/** Reads `/models`; the backend filters the list by `client_version`, and an old version gets an empty one. */
export function createCatalogSource({
  baseUrl,
  clientVersion,
  dispatcher,
  accounts,
}: CatalogSourceDeps): ReadCatalog {
  return async (etag) => {
    const account = await accounts.choose(new Set());
    const answer = await request(`${baseUrl}/models?client_version=${encodeURIComponent(clientVersion)}`, {
      dispatcher,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      headers: {
        ...upstreamHeaders({ account, clientVersion, requestId: 'models' }),
        accept: 'application/json',
        ...(etag !== null && { 'if-none-match': etag }),
      },
    });
    const body = await answer.body.text();
    if (answer.statusCode === 304) return 'unchanged';
    if (answer.statusCode !== 200) {
      throw new FaultError(
        refusalOfReply({ status: answer.statusCode, body, retryAfterSeconds: null }).fault,
      );
    }
    const { etag: newEtag } = answer.headers;
    const catalog = toCatalog(backendCatalogSchema.parse(JSON.parse(body)));
    return { catalog, etag: typeof newEtag === 'string' ? newEtag : null };
  };
}
