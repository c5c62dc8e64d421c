import type { RunningBroker, World } from './world.ts';

export const ADMIN_SECRET = 'admin-secret-canary';

/** A broker that adopts nothing by itself and lets the admin log in. */
export function startForAdmin(
  world: World,
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningBroker> {
  return world.start({ environment: { ADMIN_SECRET, CODEX_GATEWAY_CONTAINER: '1', ...environment } });
}

export interface AdminReply {
  readonly status: number;
  readonly body: unknown;
}

/** One call as the admin, or with another secret; a body that is no text is sent as JSON. */
export async function call(
  broker: RunningBroker,
  target: `${'GET' | 'POST' | 'DELETE'} /v1/${string}`,
  { body, secret = ADMIN_SECRET }: { readonly body?: object | string; readonly secret?: string } = {},
): Promise<AdminReply> {
  const [method = '', path = ''] = target.split(' ');
  const reply = await fetch(broker.url + path, {
    method,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: reply.status, body: await reply.json() };
}

/** The refusal that an answer is: its status, code and message. */
export function refusalOf({ status, body }: AdminReply): readonly [number, unknown, unknown] {
  const { error } = body as { error?: { code?: unknown; message?: unknown } };
  return [status, error?.code, error?.message];
}
