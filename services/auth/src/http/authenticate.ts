import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@codex-gateway/service-kit/secret.ts';
import type { RequestHandler } from 'express';
import type { CallerResult } from '../metrics.ts';
import { sendProblem } from './errors.ts';

/** Tells whether a text is one of the secrets, in a time that depends on neither the text nor which one it is. */
export function createSecretCheck(
  secrets: readonly Secret[],
  equal: (a: Uint8Array, b: Uint8Array) => boolean = timingSafeEqual,
): (text: string) => boolean {
  const digests = secrets.map((secret) => sha256(secret.reveal()));
  return (text) => {
    const given = sha256(text);
    return digests.map((digest) => equal(digest, given)).includes(true);
  };
}

export interface AuthenticateDeps {
  readonly isSecret: (text: string) => boolean;
  readonly noted: (result: CallerResult) => void;
}

/** Lets only callers through that send `Authorization: Bearer <secret>`. */
export function authenticate({ isSecret, noted }: AuthenticateDeps): RequestHandler {
  return (req, res, next) => {
    const given = /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
    const result = given === undefined ? 'missing' : isSecret(given) ? 'ok' : 'invalid';
    noted(result);
    if (result === 'ok') {
      next();
      return;
    }
    res.set('www-authenticate', 'Bearer');
    sendProblem(res, {
      status: 401,
      code: `${result}_caller_secret`,
      message:
        result === 'missing'
          ? 'send Authorization: Bearer with the secret of BROKER_SECRET'
          : 'the caller secret is not the one of BROKER_SECRET',
    });
  };
}

/** Digests have one length, which timingSafeEqual asks for and which hides that of the secret. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
