import { createHash } from 'node:crypto';
import type { Secret } from '@codex-gateway/service-kit/secret.ts';

/** Hex SHA-256 of a token: the only form in which a token may be remembered, compared with or told to others. */
export function digest(token: Secret): string {
  return createHash('sha256').update(token.reveal()).digest('hex');
}

/** The part of a digest that may stand in a log line. */
export function shortDigest(token: Secret): string {
  return digest(token).slice(0, 8);
}
