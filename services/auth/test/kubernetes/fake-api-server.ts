import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { connectToKubernetes, type KubernetesApi } from '../../src/kubernetes/api-client.ts';
import { createFakeApi, type FakeApi } from './fake-api.ts';

const NAMESPACE = 'codex';

export interface FakeApiServer extends FakeApi {
  readonly connect: () => Promise<KubernetesApi>;
  /** Writes what the kubelet mounts anew, as it does when a token is replaced. */
  readonly mountToken: (token: string) => Promise<void>;
}

/** The fake over plain HTTP, with the folder that the kubelet would mount; it ends with the test. */
export async function startFakeApiServer(t: TestContext): Promise<FakeApiServer> {
  const fake = createFakeApi();
  const accountFolder = await mkdtemp(join(tmpdir(), 'codex-auth-kubernetes-'));
  await writeAccountFolder(accountFolder, { token: fake.token, ca: '' });
  const { server, port } = await listen(fake.handle, { host: '127.0.0.1', port: 0, setting: 'PORT' });
  t.after(async () => {
    server.close();
    server.closeAllConnections();
    await rm(accountFolder, { recursive: true, force: true });
  });
  return Object.assign(fake, {
    connect: () => connectToKubernetes({ url: `http://127.0.0.1:${port}`, accountFolder }),
    mountToken: async (token: string) => {
      fake.token = token;
      await writeFile(join(accountFolder, 'token'), `${token}\n`);
    },
  });
}

/** What the kubelet mounts for a pod's ServiceAccount. */
export async function writeAccountFolder(
  folder: string,
  { token, ca }: { readonly token: string; readonly ca: string },
): Promise<void> {
  await Promise.all([
    writeFile(join(folder, 'token'), `${token}\n`),
    writeFile(join(folder, 'namespace'), NAMESPACE),
    writeFile(join(folder, 'ca.crt'), ca),
  ]);
}
