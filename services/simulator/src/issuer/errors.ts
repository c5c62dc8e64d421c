import { jsonReply, type Reply } from '../http/reply.ts';

/** An error of the token endpoint in the form the issuer gives. */
export function issuerError(status: number, code: string, message: string): Reply {
  return jsonReply(status, { error: { message, type: 'invalid_request_error', param: null, code } });
}

/** The plain OAuth form (RFC 6749 §5.2). */
export function oauthError(status: number, error: string, description: string): Reply {
  return jsonReply(status, { error, error_description: description });
}

export function refreshTokenReused(): Reply {
  return issuerError(
    401,
    'refresh_token_reused',
    'Your refresh token has already been used to generate a new access token. Please try signing in again.',
  );
}

export function refreshTokenExpired(): Reply {
  return issuerError(
    401,
    'refresh_token_expired',
    'Your refresh token has expired. Please try signing in again.',
  );
}

export function refreshTokenInvalidated(): Reply {
  return issuerError(
    401,
    'refresh_token_invalidated',
    'Your refresh token has been invalidated. Please try signing in again.',
  );
}

export function invalidGrant(): Reply {
  return oauthError(400, 'invalid_grant', 'The provided grant is invalid, expired or revoked.');
}
