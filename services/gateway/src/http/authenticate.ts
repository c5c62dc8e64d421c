import { randomBytes } from 'node:crypto';
import { Secret } from '@codex-gateway/service-kit/secret.ts';
import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import type { Request, RequestHandler } from 'express';
import type { Owner } from '../conversation/conversation-store.ts';
import { apiKeyFromText, type ApiKey } from '../keys/api-keys.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { RequestRecord, Scopes } from './request-scope.ts';

export interface AuthenticateDeps {
  readonly ring: KeyRing;
  readonly scopes: Scopes;
  readonly now: () => number;
}

/** Who calls when no key is configured, which only loopback allows. */
const anonymous: ApiKey = { ...apiKeyFromText('anonymous', ''), hashes: [] };

const NOT_MOUNTED = 'authenticate is not mounted before this handler';

const refusals = {
  missing: {
    kind: 'missing_api_key',
    message: 'No API key was given. Send it as Authorization: Bearer <key> or x-api-key: <key>.',
  },
  unknown: { kind: 'invalid_api_key', message: 'The API key is not known.' },
  disabled: { kind: 'api_key_disabled', message: 'The API key is disabled.' },
  expired: { kind: 'api_key_expired', message: 'The API key has expired.' },
} as const satisfies Record<string, Fault>;

/** Lets a request pass with a key that is known, active and not expired. The body has not been read yet. */
export function authenticate({ ring, scopes, now }: AuthenticateDeps): RequestHandler {
  // what is kept for them can be unsealed by this process alone
  const nobody = { key: anonymous, keyText: new Secret(randomBytes(32).toString('base64url')) };
  return (req, res, next) => {
    const { key, keyText } = ring.isEmpty() ? nobody : callerOf(req, ring);
    if (key.status === 'disabled') throw new FaultError(refusals.disabled);
    if (key.expiresAt !== null && key.expiresAt <= now()) throw new FaultError(refusals.expired);
    const { record } = scopes.of(res);
    record.key = key;
    record.keyText = keyText;
    next();
  };
}

function callerOf(req: Request, ring: KeyRing): { key: ApiKey; keyText: Secret } {
  // two headers that differ: x-api-key wins, as at the Anthropic API
  const [apiKey, ...others] = new Set(req.headersDistinct['x-api-key']);
  if (others.length > 0) throw new FaultError(refusals.unknown);
  const text = apiKey || /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
  if (!text) throw new FaultError(refusals.missing);
  const key = ring.find(text);
  if (!key) throw new FaultError(refusals.unknown);
  return { key, keyText: new Secret(text) };
}

/** The key that `authenticate` accepted for this request. */
export function acceptedKey({ key }: RequestRecord): ApiKey {
  if (!key) throw new Error(NOT_MOUNTED);
  return key;
}

/** Whose the records of this request's conversation are. */
export function acceptedOwner({ key, keyText }: RequestRecord): Owner {
  if (!key || !keyText) throw new Error(NOT_MOUNTED);
  return { keyId: key.id, keyText };
}
