import { FaultError, type Fault } from '@codex-gateway/wire/fault.ts';
import type { Request, RequestHandler } from 'express';
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
  return (req, res, next) => {
    const key = ring.isEmpty() ? anonymous : keyOf(req, ring);
    if (key.status === 'disabled') throw new FaultError(refusals.disabled);
    if (key.expiresAt !== null && key.expiresAt <= now()) throw new FaultError(refusals.expired);
    scopes.of(res).record.key = key;
    next();
  };
}

function keyOf(req: Request, ring: KeyRing): ApiKey {
  // two headers that differ: x-api-key wins, as at the Anthropic API
  const [apiKey, ...others] = new Set(req.headersDistinct['x-api-key']);
  if (others.length > 0) throw new FaultError(refusals.unknown);
  const text = apiKey || /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
  if (!text) throw new FaultError(refusals.missing);
  const key = ring.find(text);
  if (!key) throw new FaultError(refusals.unknown);
  return key;
}

/** The key that `authenticate` accepted for this request. */
export function acceptedKey({ key }: RequestRecord): ApiKey {
  if (!key) throw new Error('authenticate is not mounted before this handler');
  return key;
}
