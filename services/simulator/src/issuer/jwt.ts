import { hmac } from '../digest.ts';
import { type JsonObject, isJsonObject, parseJson } from '../json.ts';

// A fixed key: tokens of an earlier run stay valid after a restart, as they do at the real issuer.
const SIGNING_KEY = 'the simulator signs what only the simulator reads';

const HEADER = encode({ alg: 'HS256', typ: 'JWT', kid: 'simulator' });

function encode(part: JsonObject): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

export function signJwt(claims: JsonObject): string {
  const body = `${HEADER}.${encode(claims)}`;
  return `${body}.${hmac(SIGNING_KEY, body)}`;
}

export type JwtReading =
  | { readonly kind: 'valid'; readonly claims: JsonObject }
  | { readonly kind: 'forged'; readonly claims: JsonObject }
  | { readonly kind: 'not_a_jwt' };

const REMEMBERED_READINGS = 100;
const readings = new Map<string, JwtReading>();

/** Reads a JWT; `forged` is a well-formed one that this issuer did not sign. Expiry is the caller's to judge. */
export function readJwt(token: string): JwtReading {
  // one token serves thousands of requests of a load test
  const known = readings.get(token);
  if (known !== undefined) return known;
  if (readings.size >= REMEMBERED_READINGS) readings.clear();
  const reading = verify(token);
  readings.set(token, reading);
  return reading;
}

function verify(token: string): JwtReading {
  const [header, payload, signature, ...rest] = token.split('.');
  if (!header || !payload || signature === undefined || rest.length > 0) return { kind: 'not_a_jwt' };
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!isJsonObject(claims)) return { kind: 'not_a_jwt' };
  const genuine = signature === hmac(SIGNING_KEY, `${header}.${payload}`);
  return { kind: genuine ? 'valid' : 'forged', claims };
}
