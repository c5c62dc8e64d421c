import type { StoreConfig } from './config.ts';
import { connectToKubernetes } from './kubernetes/api-client.ts';
import { createFileStore } from './store/file-store.ts';
import { createKubernetesStore } from './store/kubernetes-store.ts';
import type { TokenStore } from './store/token-store.ts';

/** The store that the configuration names. `holder` says who we are, for another broker's error message. */
export async function openStore(store: StoreConfig, holder: string): Promise<TokenStore> {
  if (store.kind === 'file') return createFileStore({ folder: store.folder, holder });
  const { apiServer, secretPrefix } = store;
  return createKubernetesStore({ api: await connectToKubernetes(apiServer), secretPrefix });
}
