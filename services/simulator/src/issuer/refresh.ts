import type { LiveGrant, Redemption } from '../accounts.ts';
import { htmlReply, jsonReply, type Reply } from '../http/reply.ts';
import { untilAborted } from '../stream/sender.ts';
import type { Call, World } from '../world.ts';
import { invalidGrant, refreshTokenExpired, refreshTokenInvalidated, refreshTokenReused } from './errors.ts';
import type { RefreshFault } from './refresh-faults.ts';
import { tokensReply } from './messages.ts';

/** Spends a refresh token, or fails in the way the test chose. */
export async function refresh(token: string, call: Call, world: World): Promise<Reply | undefined> {
  const finished = world.journal.refreshStarted(token);
  let outcome = 'client_gone';
  try {
    await world.gates.pass('refresh', call.signal);
    const fault = world.faults.takeForRefresh();
    if (fault !== undefined) {
      outcome = fault.kind;
      return await failingRefresh(fault, token, call, world);
    }
    const redemption = world.accounts.redeem(token);
    outcome = redemption.kind === 'live' ? 'granted' : redemption.kind;
    if (redemption.kind === 'live') return tokensReply(redemption.rotate());
    return refusalOf(redemption.kind, token, world);
  } finally {
    finished(outcome);
  }
}

function refusalOf(kind: Exclude<Redemption['kind'], 'live'>, token: string, world: World): Reply {
  switch (kind) {
    case 'reused':
      if (world.settings().revokeOnReuse) world.accounts.revokeGrantOf(token);
      return refreshTokenReused();
    case 'expired':
      return refreshTokenExpired();
    case 'invalidated':
      return refreshTokenInvalidated();
    case 'unknown':
      return invalidGrant();
  }
}

async function failingRefresh(
  fault: RefreshFault,
  token: string,
  call: Call,
  world: World,
): Promise<Reply | undefined> {
  const redemption = world.accounts.redeem(token);
  const grant = redemption.kind === 'live' ? redemption : undefined;
  switch (fault.kind) {
    case 'refresh_token_expired':
      return refreshTokenExpired();
    case 'refresh_token_reused':
      return refreshTokenReused();
    case 'refresh_token_invalidated':
      return refreshTokenInvalidated();
    case 'invalid_grant':
      return invalidGrant();
    case 'status': {
      const { status, retryAfterSeconds } = fault;
      const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      return jsonReply(
        status,
        { error: { message: 'Simulated issuer error', code: 'server_error' } },
        headers,
      );
    }
    case 'html':
      return htmlReply(502, '<html><body><h1>502 Bad Gateway</h1></body></html>');
    case 'hang':
    case 'drop':
    case 'malformed':
      return withoutAnswer(fault.kind, call);
    case 'hang_after_rotation':
      grant?.rotate();
      return withoutAnswer('hang', call);
    case 'drop_after_rotation':
      grant?.rotate();
      return withoutAnswer('drop', call);
    case 'malformed_after_rotation':
      grant?.rotate();
      return withoutAnswer('malformed', call);
    case 'no_refresh_token':
    case 'no_id_token':
      return grant === undefined ? invalidGrant() : incompleteTokens(fault.kind, grant);
  }
}

/** Without a new refresh token the old one stays alive. */
function incompleteTokens(kind: 'no_refresh_token' | 'no_id_token', grant: LiveGrant): Reply {
  if (kind === 'no_refresh_token') return tokensReply(grant.renewAccess());
  const { idToken: _idToken, ...rest } = grant.rotate();
  return tokensReply(rest);
}

async function withoutAnswer(
  how: 'hang' | 'drop' | 'malformed',
  { res, record, signal }: Call,
): Promise<Reply | undefined> {
  switch (how) {
    case 'hang':
      await untilAborted(signal);
      record.ending = 'stalled';
      return undefined;
    case 'drop':
      record.ending = 'dropped';
      res.socket?.resetAndDestroy();
      return undefined;
    case 'malformed':
      return { status: 200, body: { text: '{"access_token": "eyJ', type: 'application/json' } };
  }
}
