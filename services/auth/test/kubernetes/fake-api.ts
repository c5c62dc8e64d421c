import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';

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

/** What befalls a call instead of its answer: a status, or nothing more after it was done. */
export type Trouble = { readonly status: number } | 'done_then_cut' | 'cut';

export interface FakeApi {
  readonly handle: RequestListener;
  readonly asked: readonly Asked[];
  /** By name. */
  readonly secrets: Map<string, StoredSecret>;
  /** Befalls the next calls, one after the other. */
  readonly trouble: Trouble[];
  /** Answers `POST …/tokenreviews`; by default nobody is known. */
  review: (spec: unknown) => object | number;
  /** Runs when a change of a Secret has arrived; `lost` goes no further. */
  beforeChange: (name: string) => 'lost' | 'goes on';
  /** Runs when it was made and nobody was told. */
  afterChange: (name: string) => void;
  /** The token that is good. */
  token: string;
}

const objectSchema = z.looseObject({
  metadata: z
    .looseObject({ name: z.string().optional(), resourceVersion: z.string().optional() })
    .default({}),
  data: z.record(z.string(), z.string()).optional(),
  spec: z.unknown().optional(),
});

/** As much of a Kubernetes API server as the broker uses; the real one passes the same tests. */
export function createFakeApi(): FakeApi {
  const asked: Asked[] = [];
  const fake: FakeApi = {
    asked,
    secrets: new Map(),
    trouble: [],
    token: POD_TOKEN,
    review: () => ({ authenticated: false }),
    beforeChange: () => 'goes on',
    afterChange: () => {},
    handle: (req, res) => void answer(fake, asked, { req, res }),
  };
  return fake;
}

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

async function answer(fake: FakeApi, asked: Asked[], { req, res }: Exchange): Promise<void> {
  const body = await readBody(req);
  const { method = '', url: path = '' } = req;
  const { authorization } = req.headers;
  asked.push({ method, path, authorization, body });
  const befalls = fake.trouble.shift();
  if (befalls === 'cut') return void req.socket.destroy();
  if (typeof befalls === 'object') return send(res, befalls.status, { kind: 'Status' });
  if (authorization !== `Bearer ${fake.token}`) return send(res, 401, {});
  const changed = method === 'PATCH' ? path.slice(path.lastIndexOf('/') + 1) : null;
  if (changed !== null && fake.beforeChange(changed) === 'lost') return;
  const [status, object] = handle(fake, { method, path, body });
  if (changed !== null) fake.afterChange(changed);
  if (befalls === 'done_then_cut') req.socket.destroy();
  else send(res, status, object);
}

type Handling = readonly [status: number, body: object];

function handle(fake: FakeApi, asked: Omit<Asked, 'authorization'>): Handling {
  const object = objectSchema.parse(asked.body ?? {});
  if (asked.path === '/apis/authentication.k8s.io/v1/tokenreviews') {
    const status = fake.review(object.spec);
    return typeof status === 'number' ? [status, {}] : [201, { ...object, status }];
  }
  return handleSecret(fake, asked, object);
}

function handleSecret(
  { secrets, asked }: FakeApi,
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
