import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { z } from 'zod';
import { readCode } from './classify.ts';
import type { AuthorizationCode } from './code-exchange.ts';
import { describeFailure, type IssuerAnswer, type IssuerPost } from './issuer-client.ts';

/** A code that a person types at `verificationUri`. */
export interface DeviceCode {
  readonly deviceAuthId: Secret;
  readonly userCode: string;
  readonly verificationUri: string;
  /** How long to wait between two polls. */
  readonly intervalMs: number;
}

export type DeviceStart =
  | { readonly kind: 'started'; readonly device: DeviceCode }
  /** The issuer, or the person's workspace, has device codes switched off. */
  | { readonly kind: 'switched_off' }
  | { readonly kind: 'failed'; readonly problem: string };

export type DevicePoll =
  | { readonly kind: 'pending' | 'slow_down' | 'denied' | 'expired' }
  | { readonly kind: 'approved'; readonly code: AuthorizationCode }
  | { readonly kind: 'failed'; readonly problem: string };

/** The issuer's device-code flow, which is its own and not that of RFC 8628. Never rejects. */
export interface DeviceCodes {
  readonly start: () => Promise<DeviceStart>;
  readonly poll: (device: DeviceCode) => Promise<DevicePoll>;
}

const TIMEOUT_MS = 10_000;
const LEAST_INTERVAL_SECONDS = 1;
const MOST_INTERVAL_SECONDS = 60;
const DEFAULT_INTERVAL_SECONDS = 5;

const seconds = z
  .union([z.string().regex(/^\d+$/).transform(Number), z.number()])
  .catch(DEFAULT_INTERVAL_SECONDS)
  .transform((value) => Math.min(MOST_INTERVAL_SECONDS, Math.max(LEAST_INTERVAL_SECONDS, value)));
const secret = z
  .string()
  .min(1)
  .transform((value) => new Secret(value));

/** Shown to people as it is, so it must be no more than a code. */
const userCode = z.string().regex(/^[\w-]{1,32}$/);
const startedSchema = z
  .object({
    device_auth_id: secret,
    user_code: userCode.optional(),
    usercode: userCode.optional(),
    interval: seconds,
  })
  .transform(({ device_auth_id, user_code, usercode, interval }) => ({
    deviceAuthId: device_auth_id,
    userCode: user_code ?? usercode,
    intervalMs: interval * 1_000,
  }));
const approvedSchema = z.object({ authorization_code: secret, code_verifier: secret });

/** Source: openai/codex login/src/device_code_auth.rs. */
export function createDeviceCodes(issuer: string, clientId: string, post: IssuerPost): DeviceCodes {
  return {
    start: async () => {
      const answer = await post({
        path: '/api/accounts/deviceauth/usercode',
        body: { json: { client_id: clientId } },
        timeoutMs: TIMEOUT_MS,
      });
      if (answer.kind === 'answer' && answer.status === 404) return { kind: 'switched_off' };
      const started = readSuccess(startedSchema, answer);
      if (started?.userCode === undefined) return { kind: 'failed', problem: describeFailure(answer) };
      const verificationUri = `${issuer}/codex/device`;
      return { kind: 'started', device: { ...started, userCode: started.userCode, verificationUri } };
    },
    poll: async ({ deviceAuthId, userCode: code }) => {
      const answer = await post({
        path: '/api/accounts/deviceauth/token',
        body: { json: { device_auth_id: deviceAuthId.reveal(), user_code: code } },
        timeoutMs: TIMEOUT_MS,
      });
      const approved = readSuccess(approvedSchema, answer);
      if (approved === null) return readRefusal(answer);
      const { authorization_code, code_verifier } = approved;
      const redirectUri = `${issuer}/deviceauth/callback`;
      return { kind: 'approved', code: { code: authorization_code, redirectUri, verifier: code_verifier } };
    },
  };
}

function readSuccess<Schema extends z.ZodType>(schema: Schema, answer: IssuerAnswer): z.infer<Schema> | null {
  if (answer.kind !== 'answer' || answer.status < 200 || answer.status > 299) return null;
  const parsed = schema.safeParse(answer.body);
  return parsed.success ? parsed.data : null;
}

/** What a code says, whatever its status: the issuer's own answers have none, those of RFC 8628 do. */
const REFUSALS: ReadonlyMap<string, 'pending' | 'slow_down' | 'denied' | 'expired'> = new Map([
  ['authorization_pending', 'pending'],
  ['slow_down', 'slow_down'],
  ['access_denied', 'denied'],
  ['expired_token', 'expired'],
]);

/** A poll spends nothing, so trouble on the way is waited out like a person who takes their time. */
function readRefusal(answer: IssuerAnswer): DevicePoll {
  if (answer.kind !== 'answer') return { kind: 'pending' };
  const { status } = answer;
  const known = REFUSALS.get(readCode(answer.body) ?? '');
  if (known !== undefined) return { kind: known };
  if (status === 429) return { kind: 'slow_down' };
  if (status === 403 || status === 404 || status >= 500) return { kind: 'pending' };
  return { kind: 'failed', problem: describeFailure(answer) };
}
