import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHttpClient } from '@codex-gateway/service-kit/http-client.ts';
import { request, type Dispatcher } from 'undici';

/** How a pod reaches the API server that runs it. */
export interface ApiServer {
  readonly url: string;
  /** Where Kubernetes mounts `token`, `ca.crt` and `namespace` for the pod's ServiceAccount. */
  readonly accountFolder: string;
}

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** From `/api` on, with its query. */
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** Null when the answer is not JSON. */
  readonly body: unknown;
}

export interface KubernetesApi {
  /** The namespace of this pod. */
  readonly namespace: string;
  /** Every status is an answer. Rejects when there was none: what was asked may have happened. */
  readonly call: (call: ApiCall) => Promise<ApiAnswer>;
  readonly close: () => Promise<void>;
}

const TIMEOUT_MS = 10_000;

/**
 * The few calls that the broker makes of the Kubernetes API. The official client is 60 MB for them. The token is read
 * for every call, since the kubelet replaces it.
 *
 * @throws a system error when the pod's ServiceAccount is not mounted
 */
export async function connectToKubernetes({ url, accountFolder }: ApiServer): Promise<KubernetesApi> {
  const read = (name: string) => readFile(join(accountFolder, name), 'utf8');
  const [ca, namespace] = await Promise.all([read('ca.crt'), read('namespace')]);
  const dispatcher = createHttpClient({ connectTimeoutMs: TIMEOUT_MS, idleTimeoutMs: TIMEOUT_MS, ca });
  return {
    namespace: namespace.trim(),
    call: async (call) => {
      const token = (await read('token')).trim();
      return send(call, { url, token, dispatcher });
    },
    close: () => dispatcher.destroy(),
  };
}

interface Connection {
  readonly url: string;
  readonly token: string;
  readonly dispatcher: Dispatcher;
}

async function send(
  { method, path, body, contentType = 'application/json' }: ApiCall,
  { url, token, dispatcher }: Connection,
): Promise<ApiAnswer> {
  const answer = await request(url + path, {
    method,
    dispatcher,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      ...(body && { 'content-type': contentType }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, body: parseJson(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // something in front of the API server: its status decides
    return null;
  }
}

/** The API server refused what it was asked; its answer is not told, for it may quote what was sent. */
export class KubernetesError extends Error {
  readonly code: string;

  constructor(status: number) {
    super(`the Kubernetes API answered ${status}`);
    this.name = 'KubernetesError';
    this.code = `KUBERNETES_${status}`;
  }
}
