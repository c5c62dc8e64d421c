import { createHmac, hash } from 'node:crypto';

/** Hex SHA-256: how the journal names a token without holding it, and bytes without their content. */
export function fingerprintOf(value: string | Buffer): string {
  return hash('sha256', value, 'hex');
}

/** Base64url SHA-256, the S256 challenge of RFC 7636 and the source of every opaque-looking value here. */
export function base64urlDigest(text: string): string {
  return hash('sha256', text, 'base64url');
}

export function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
