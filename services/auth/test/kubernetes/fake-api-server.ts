import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { z } from 'zod';
import { connectToKubernetes, type KubernetesApi } from '../../src/kubernetes/api-client.ts';

export const NAMESPACE = 'codex';
/** What the fake takes for the ServiceAccount's token. */
export const POD_TOKEN = 'pod-token-canary';

interface StoredSecret {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly resourceVersion: string };
  readonly data: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** What a test does to the next call instead of its answer: a status, or nothing more after it was done. */
export type Trouble = { readonly status: number } | 'done_then_cut' | 'cut';

export interface FakeApiServer {
  readonly connect: () => Promise<KubernetesApi>;
  readonly asked: readonly Asked[];
  /** By name. */
  readonly secrets: Map<string, StoredSecret>;
  /** Answers `POST …/tokenreviews`; by default nobody is known. */
  review: (spec: unknown) => object | number;
  /** Befalls the next calls, one after the other. */
  readonly trouble: Trouble[];
  /** Writes what the kubelet mounts anew, as it does when a token is replaced. */
  readonly mountToken: (token: string) => Promise<void>;
}

const objectSchema = z.looseObject({
  metadata: z
    .looseObject({ name: z.string().optional(), resourceVersion: z.string().optional() })
    .default({}),
  data: z.record(z.string(), z.string()).optional(),
  spec: z.unknown().optional(),
});

/** As much of a Kubernetes API server as the broker uses, over plain HTTP; the real one passes the same tests. */
export async function startFakeApiServer(t: TestContext): Promise<FakeApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'codex-auth-kubernetes-'));
  const asked: Asked[] = [];
  const secrets = new Map<string, StoredSecret>();
  const trouble: Trouble[] = [];
  let tokens: readonly string[] = [POD_TOKEN];
  const fake: FakeApiServer = {
    asked,
    secrets,
    trouble,
    review: () => ({ authenticated: false }),
    mountToken: async (token) => {
      tokens = [token];
      await writeFile(join(folder, 'token'), `${token}\n`);
    },
    connect: () => connectToKubernetes({ url, accountFolder: folder }),
  };
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await readBody(req);
    const { method = '', url: path = '' } = req;
    const { authorization } = req.headers;
    asked.push({ method, path, authorization, body });
    const befalls = trouble.shift();
    if (befalls === 'cut') return void req.socket.destroy();
    if (typeof befalls === 'object') return send(res, befalls.status, { kind: 'Status' });
    if (!tokens.some((token) => authorization === `Bearer ${token}`)) return send(res, 401, {});
    const [status, object] = handle(fake, { method, path, body });
    if (befalls === 'done_then_cut') req.socket.destroy();
    else send(res, status, object);
  };
  const { server, port } = await listen((req, res) => void answer(req, res), {
    host: '127.0.0.1',
    port: 0,
    setting: 'PORT',
  });
  const url = `http://127.0.0.1:${port}`;
  await Promise.all([
    writeFile(join(folder, 'token'), `${POD_TOKEN}\n`),
    writeFile(join(folder, 'namespace'), NAMESPACE),
    writeFile(join(folder, 'ca.crt'), ''),
  ]);
  t.after(async () => {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });
  return fake;
}

type Handling = readonly [status: number, body: object];

function handle(fake: FakeApiServer, asked: Omit<Asked, 'authorization'>): Handling {
  const object = objectSchema.parse(asked.body ?? {});
  if (asked.path === '/apis/authentication.k8s.io/v1/tokenreviews') {
    const status = fake.review(object.spec);
    return typeof status === 'number' ? [status, {}] : [201, { ...object, status }];
  }
  return handleSecret(fake, asked, object);
}

function handleSecret(
  { secrets, asked }: FakeApiServer,
  { method, path }: Pick<Asked, 'method' | 'path'>,
  { metadata, data }: z.infer<typeof objectSchema>,
): Handling {
  const { pathname, searchParams } = new URL(path, 'http://api');
  const name = /\/secrets\/(.+)$/.exec(pathname)?.[1] ?? metadata.name ?? '';
  const stored = secrets.get(name);
  const refusal = refusalOf(method, stored, metadata.resourceVersion);
  if (refusal !== null) return [refusal, {}];
  if (method === 'GET') return [200, { ...stored }];
  const next: StoredSecret = {
    metadata: { ...stored?.metadata, ...metadata, resourceVersion: `${asked.length}` },
    data: { ...stored?.data, ...data },
  };
  if (searchParams.get('dryRun') !== 'All') secrets.set(name, next);
  return [method === 'POST' ? 201 : 200, next];
}

function refusalOf(
  method: string,
  stored: StoredSecret | undefined,
  expected: string | undefined,
): number | null {
  if (method === 'POST') return stored ? 409 : null;
  if (!stored) return 404;
  return expected === undefined || expected === stored.metadata.resourceVersion ? null : 409;
}

function send(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(req: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) text += String(chunk);
  return text === '' ? null : JSON.parse(text);
}
