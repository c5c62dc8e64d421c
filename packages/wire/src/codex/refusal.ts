import { z } from 'zod';
import type { Fault } from '../fault.ts';
import { upstreamErrorSchema, type CodexEvent, type UpstreamError } from './events.ts';

/** What may be tried once more, when nothing of an answer has been seen yet. */
export type Remedy =
  | 'none'
  /** The access token was refused: get a fresh one. */
  | 'fresh_token'
  /** This account cannot serve now: take another one. */
  | 'other_account'
  /** The backend is overloaded: once more after a pause. */
  | 'pause'
  /** A sealed reasoning item was refused: once more without them. */
  | 'without_reasoning';

/** Why the upstream did not answer: what the client is told, and what may help first. */
export interface Refusal {
  readonly fault: Fault;
  readonly remedy: Remedy;
}

/** Where an error came from. */
interface Origin {
  readonly status: number;
  /** The `retry-after` header in whole seconds, when there was one. */
  readonly retryAfterSeconds: number | null;
}

export interface UpstreamReply extends Origin {
  readonly body: string;
}

/** A failure inside a 200 has no status of its own; unless its code says otherwise it is a refusal of the request. */
const insideAnswer: Origin = { status: 400, retryAfterSeconds: null };

const OVERLOAD_RETRY_SECONDS = 5;
const BURST_RETRY_SECONDS = 5;
/** A quota is not filled up while a client waits. */
const QUOTA_RETRY_SECONDS = 3600;

const accountUnusable: Refusal = {
  fault: { kind: 'oauth_unavailable', message: 'oauth token unavailable, run auth login' },
  remedy: 'other_account',
};

const tooLarge: Refusal = {
  fault: { kind: 'request_too_large', message: 'The request is larger than the upstream takes.' },
  remedy: 'none',
};

/** Codes of the upstream that need more than being handed on; from the Codex CLI's own table (codex-api sse/responses.rs). */
const byCode: Readonly<Record<string, (error: UpstreamError, origin: Origin) => Refusal>> = {
  usage_limit_reached: usageLimit,
  usage_not_included: () => accountUnusable,
  server_is_overloaded: overloaded,
  slow_down: overloaded,
  context_length_exceeded: (error) => ({
    fault: {
      kind: 'context_length_exceeded',
      message: error.message ?? 'Your input exceeds the context window of this model.',
      param: error.param ?? 'input',
    },
    remedy: 'none',
  }),
  invalid_encrypted_content: (error, origin) => ({ ...handedOn(error, origin), remedy: 'without_reasoning' }),
  rate_limit_exceeded: (error, origin) => handedOn(error, { ...origin, status: 429 }),
  insufficient_quota: (error) => handedOn(error, { status: 429, retryAfterSeconds: QUOTA_RETRY_SECONDS }),
  cyber_policy: (error, origin) => handedOn(error, { ...origin, status: 400 }),
  bio_policy: (error, origin) => handedOn(error, { ...origin, status: 400 }),
  misalignment_policy_violation: (error, origin) => handedOn(error, { ...origin, status: 400 }),
  invalid_prompt: (error, origin) => handedOn(error, { ...origin, status: 400 }),
  model_not_found: (error) => modelNotFound(error.message ?? 'The model does not exist.'),
};

function usageLimit(error: UpstreamError): Refusal {
  const fault: Fault = {
    kind: 'usage_limit_reached',
    message: error.message ?? 'The usage limit has been reached',
    resetsAt: error.resets_at ?? null,
    resetsInSeconds: error.resets_in_seconds ?? null,
    planType: error.plan_type ?? null,
  };
  return { fault, remedy: 'other_account' };
}

function overloaded(error: UpstreamError, origin: Origin): Refusal {
  const message = error.message ?? 'The upstream is overloaded. Please try again later.';
  const retryAfterSeconds = origin.retryAfterSeconds ?? OVERLOAD_RETRY_SECONDS;
  return { fault: { kind: 'server_is_overloaded', message, retryAfterSeconds }, remedy: 'pause' };
}

function modelNotFound(message: string): Refusal {
  return { fault: { kind: 'model_not_found', message, param: 'model' }, remedy: 'none' };
}

function handedOn(error: UpstreamError, { status, retryAfterSeconds }: Origin): Refusal {
  const fault: Fault = {
    kind: 'upstream_refused',
    message: error.message ?? `The upstream refused the request with status ${status}.`,
    status,
    type: error.type ?? 'invalid_request_error',
    code: error.code ?? null,
    param: error.param ?? null,
    retryAfterSeconds: status === 429 ? (retryAfterSeconds ?? BURST_RETRY_SECONDS) : retryAfterSeconds,
  };
  return { fault, remedy: 'none' };
}

function upstreamBroken(message: string): Refusal {
  return { fault: { kind: 'upstream_error', message }, remedy: 'none' };
}

/** The failure inside a 200: an `error` event or a failed response. Null when the event is neither. */
export function refusalOfEvent(event: CodexEvent): Refusal | null {
  if (event.type !== 'error' && event.type !== 'response.failed') return null;
  const error = event.type === 'error' ? event.error : (event.response.error ?? {});
  const special = specialCase(error, insideAnswer);
  return special ?? upstreamBroken(error.message ?? 'The upstream failed while it answered.');
}

function specialCase(error: UpstreamError, origin: Origin): Refusal | null {
  for (const code of [error.code, error.type]) {
    const rule = code && Object.hasOwn(byCode, code) ? byCode[code] : undefined;
    if (rule) return rule(error, origin);
  }
  return null;
}

const errorBody = z.object({ error: upstreamErrorSchema });
const detailBody = z.object({ detail: z.string() });

/** Refusals with only a sentence; the backend gives them no code. The second group can only be our own fault. */
const byDetail: readonly { readonly pattern: RegExp; readonly refusal: (detail: string) => Refusal }[] = [
  {
    pattern: /model is not supported when using Codex|requires a newer version of Codex|^Model not found/,
    refusal: modelNotFound,
  },
  {
    pattern:
      /^(Unsupported parameter|Unsupported service_tier|System messages are not allowed|Instructions are|Stream must be|Store must be|Input must be)/,
    refusal: () => upstreamBroken('The gateway sent a request that the upstream does not take.'),
  },
];

/** Every answer of the upstream that is not a 2xx. Bodies that are not the API's own JSON (HTML, empty) are never handed on. */
export function refusalOfReply(reply: UpstreamReply): Refusal {
  const { status, body } = reply;
  if (status === 401) return { ...accountUnusable, remedy: 'fresh_token' };
  const error = parsed(errorBody, body)?.error ?? null;
  const special = error && specialCase(error, reply);
  if (special) return special;
  if (status === 402 || status === 403) return accountUnusable;
  if (status === 413) return tooLarge;
  if (status === 503) return overloaded({}, reply); // without a code: a proxy before the backend says it so
  if (status >= 500) return upstreamBroken(`The upstream answered with status ${status}.`);
  return clientsFault(reply, error);
}

function clientsFault(reply: UpstreamReply, error: UpstreamError | null): Refusal {
  if (error) return handedOn(error, reply);
  const detail = parsed(detailBody, reply.body)?.detail;
  const row = detail === undefined ? undefined : byDetail.find(({ pattern }) => pattern.test(detail));
  if (detail !== undefined) return row ? row.refusal(detail) : handedOn({ message: detail }, reply);
  if (reply.status === 429)
    return handedOn({ message: 'The upstream is limiting requests.', code: 'rate_limit_exceeded' }, reply);
  return upstreamBroken(`The upstream answered with status ${reply.status} and no error that can be read.`);
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: string): z.infer<Schema> | null {
  try {
    const result = schema.safeParse(JSON.parse(body));
    return result.success ? result.data : null;
  } catch {
    return null; // not JSON: HTML of a proxy, or nothing
  }
}
