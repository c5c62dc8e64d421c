import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import type { ServedAccount } from '@codex-gateway/wire/broker/contract.ts';
import { codexBackend } from '@codex-gateway/wire/codex/upstream.ts';
import { refusalOfReply } from '@codex-gateway/wire/codex/refusal.ts';
import { backendCatalogSchema, builtInCatalog, toCatalog } from '../models/catalog.ts';
import { createCatalogSource } from '../models/catalog-source.ts';
import { createBrokerApi, type BrokerProof } from '../tokens/broker-api.ts';
import { createBrokerClient, type BrokerClient } from '../tokens/broker-client.ts';
import { VERSION } from '../version.ts';
import { createAccounts, type Account } from './accounts.ts';
import type { Endpoint } from './endpoint.ts';
import type { Upstream, UpstreamDeps } from './upstream.ts';

/** The Codex backend, on the accounts whose tokens the broker gives. */
export function createCodexUpstream({ config, clock, logger, metrics, dispatcher }: UpstreamDeps): Upstream {
  const { CODEX_BASE_URL: baseUrl, CODEX_CLIENT_VERSION: clientVersion } = config;
  const timeoutMs = config.UPSTREAM_CONNECT_TIMEOUT_SECONDS * 1000;
  const inner = createHttpClient({
    connectTimeoutMs: timeoutMs,
    idleTimeoutMs: timeoutMs,
    ca: config.brokerCa,
  });
  const broker = createBrokerClient({
    api: createBrokerApi({ url: config.BROKER_URL, proof: brokerProof(config), dispatcher: inner }),
    clock,
    logger,
    count: (result) => metrics.brokerRequests.inc({ result }),
  });
  const accounts = createAccounts(
    async () => (await broker.accounts()).map((served) => toAccount(served, broker)),
    clock,
  );
  const endpoint = codexEndpoint({ baseUrl, clientVersion, dispatcher });
  // the backend filters the list by the version, and an old one gets an empty list
  const path = `/models?client_version=${encodeURIComponent(clientVersion)}`;
  return {
    endpoint,
    accounts,
    traits: codexBackend,
    readCatalog: createCatalogSource({
      endpoint,
      accounts,
      path,
      toCatalog: (body) => toCatalog(backendCatalogSchema.parse(body)),
    }),
    builtInCatalog,
    passesThrough: false,
    hasCredentials: broker.everReceived,
    start: () => {
      const stop = broker.start();
      return async () => {
        stop();
        await inner.destroy();
      };
    },
  };
}

/** Our own name, and the protocol version that we implement. */
export function codexEndpoint({
  baseUrl,
  clientVersion,
  dispatcher,
}: Pick<Endpoint, 'baseUrl' | 'dispatcher'> & { readonly clientVersion: string }): Endpoint {
  return {
    baseUrl,
    dispatcher,
    headers: ({ requestId, conversation }) => ({
      originator: 'codex_gateway',
      'user-agent': `codex-gateway/${VERSION}`,
      version: clientVersion,
      'x-client-request-id': requestId,
      ...(conversation !== null && { 'session-id': conversation }),
    }),
    passedHeaders: ['content-type', 'content-encoding', 'accept', 'session-id', 'thread-id'],
    refusalOf: refusalOfReply,
  };
}

/** A served account as requests use it. */
export function toAccount(served: ServedAccount, { reject }: Pick<BrokerClient, 'reject'>): Account {
  const { alias, accountId, accessToken } = served;
  return {
    alias,
    accountId,
    headers: {
      authorization: `Bearer ${accessToken}`,
      ...(accountId !== null && { 'chatgpt-account-id': accountId }),
    },
    renew: () => reject(served),
  };
}

/** A token of the pod's own is read for every call; the configuration has at most one of the two. */
function brokerProof({ BROKER_SECRET, BROKER_TOKEN_FILE }: UpstreamDeps['config']): BrokerProof {
  if (BROKER_TOKEN_FILE !== undefined) return { file: BROKER_TOKEN_FILE };
  return BROKER_SECRET && { secret: BROKER_SECRET };
}
