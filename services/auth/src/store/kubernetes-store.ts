import { z } from 'zod';
import { KubernetesError, type ApiAnswer, type KubernetesApi } from '../kubernetes/api-client.ts';
import { encodeRecord, toReading } from './record-codec.ts';
import type { Replacement, SignedOut, StoreReading, TokenRecord, TokenStore } from './token-store.ts';

export interface KubernetesStoreOptions {
  readonly api: KubernetesApi;
  /** The Secret of an account is named by this and its alias. */
  readonly secretPrefix: string;
}

const RECORD = 'record';
const NOT_FOUND = 404;
const CONFLICT = 409;
const MERGE_PATCH = 'application/merge-patch+json';
/** What the Secrets carry so that people and tools know whose they are; other labels are left as they are. */
const LABELS = { 'app.kubernetes.io/managed-by': 'codex-auth', 'app.kubernetes.io/component': 'token-state' };

type Stored = TokenRecord | SignedOut;

const secretSchema = z.object({
  metadata: z.object({ resourceVersion: z.string().min(1) }),
  data: z.record(z.string(), z.string()).nullish(),
});

/**
 * One Secret an account, in the pod's own namespace. The compare-and-swap is the API server's: a write names the
 * `resourceVersion` that it expects. The Secrets belong to no Helm release, so no upgrade, rollback or GitOps run
 * brings an old refresh token back.
 */
export function createKubernetesStore({ api, secretPrefix }: KubernetesStoreOptions): TokenStore {
  const secrets = `/api/v1/namespaces/${api.namespace}/secrets`;
  const pathOf = (alias: string) => `${secrets}/${secretPrefix}${alias}`;

  const create = (alias: string, record: Stored) =>
    api.call({ method: 'POST', path: secrets, body: newSecret(secretPrefix + alias, record) });
  const change = (alias: string, resourceVersion: string, record: Stored) =>
    api.call({
      method: 'PATCH',
      path: pathOf(alias),
      contentType: MERGE_PATCH,
      body: { metadata: { resourceVersion, labels: LABELS }, data: dataOf(record) },
    });

  return {
    exclusive: false,
    read: async (alias) => readingOf(await api.call({ method: 'GET', path: pathOf(alias) })),
    replace: async (alias, expectedVersion, record): Promise<Replacement> => {
      const answer = await (expectedVersion === null
        ? create(alias, record)
        : change(alias, expectedVersion, record));
      // a Secret that is gone was changed by somebody, too
      if (answer.status === CONFLICT || answer.status === NOT_FOUND) return { kind: 'conflict' };
      return { kind: 'stored', version: secretOf(answer).metadata.resourceVersion };
    },
    checkWritable: async () => {
      const probe = newSecret(`${secretPrefix}probe`, null);
      const answer = await api.call({ method: 'POST', path: `${secrets}?dryRun=All`, body: probe });
      if (answer.status !== CONFLICT) secretOf(answer);
    },
    close: api.close,
  };
}

function newSecret(name: string, record: Stored | null): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name, labels: LABELS },
    ...(record && { data: dataOf(record) }),
  };
}

function dataOf(record: Stored): Record<string, string> {
  return { [RECORD]: Buffer.from(encodeRecord(record)).toString('base64') };
}

function readingOf(answer: ApiAnswer): StoreReading {
  if (answer.status === NOT_FOUND) return { kind: 'absent' };
  const { metadata, data } = secretOf(answer);
  const stored = data?.[RECORD];
  if (stored === undefined) return { kind: 'unreadable', problem: `the Secret has no "${RECORD}"` };
  return toReading(Buffer.from(stored, 'base64').toString('utf8'), metadata.resourceVersion);
}

/** @throws KubernetesError for a refusal, and for what is no Secret */
function secretOf({ status, body }: ApiAnswer): z.infer<typeof secretSchema> {
  const parsed = secretSchema.safeParse(body);
  if (status >= 300 || !parsed.success) throw new KubernetesError(status);
  return parsed.data;
}
