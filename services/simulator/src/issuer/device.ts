import { base64urlDigest } from '../digest.ts';
import { readBody } from '../http/body.ts';
import { htmlReply, jsonReply, type Reply } from '../http/reply.ts';
import { asObject, asText, type JsonObject, parseJson } from '../json.ts';
import type { Call, World } from '../world.ts';
import { DEFAULT_ACCOUNT_ID } from './authorize.ts';
import { oauthError } from './errors.ts';

const POLL_SECONDS = 1;

/** `POST /api/accounts/deviceauth/usercode`. The interval is a string, as the issuer sends it. */
export async function handleUserCode(call: Call, world: World): Promise<Reply> {
  const { client_id: clientId } = await bodyOf(call);
  if (clientId !== world.clientId) return oauthError(400, 'invalid_client', 'Unknown client.');
  const { deviceAuthId, userCode } = world.deviceLogins.start();
  world.journal.changed();
  return jsonReply(200, {
    device_auth_id: deviceAuthId,
    user_code: userCode,
    usercode: userCode,
    interval: String(POLL_SECONDS),
  });
}

/** `POST /api/accounts/deviceauth/token`: pending until the person has typed the code, then a code and its verifier. */
export async function handleDeviceToken(call: Call, world: World): Promise<Reply> {
  const body = await bodyOf(call);
  const deviceAuthId = asText(body['device_auth_id']);
  const userCode = asText(body['user_code']);
  if (world.settings().deviceAutoApprove) approve(userCode, world);
  const decision = world.deviceLogins.find(deviceAuthId, userCode)?.decision;
  if (decision === undefined) return oauthError(400, 'invalid_grant', 'No such device login.');
  if (decision === 'denied') return oauthError(400, 'access_denied', 'The login was denied.');
  if (decision === 'pending') {
    const status = world.settings().devicePendingStatus;
    return jsonReply(status, {
      error: { message: 'Authorization is pending', code: 'authorization_pending' },
    });
  }
  const verifier = world.ids.next('verifier_');
  const challenge = base64urlDigest(verifier);
  // the issuer's name is what the client calls it, not the address that it listens on
  const issuer = call.req.headers.host === undefined ? world.origin() : `http://${call.req.headers.host}`;
  const redirectUri = `${issuer}/deviceauth/callback`;
  world.deviceLogins.forget(deviceAuthId);
  return jsonReply(200, {
    authorization_code: world.codes.give({ account: decision.account, redirectUri, challenge }),
    code_challenge: challenge,
    code_verifier: verifier,
  });
}

/** `GET /codex/device`: the page where a person types the code. */
export async function handleDevicePage({ url }: Call): Promise<Reply> {
  const code = (url.searchParams.get('user_code') ?? '').replaceAll(/[^A-Za-z0-9-]/g, '');
  return page(
    `<form method="post"><label>Code <input name="user_code" value="${code}" autofocus></label> <button>Approve</button></form>`,
  );
}

/** `POST /codex/device`: approves the code for the default account. */
export async function handleDeviceApproval({ req }: Call, world: World): Promise<Reply> {
  const reading = await readBody(req);
  const form = new URLSearchParams(reading.kind === 'text' ? reading.text : '');
  const userCode = (form.get('user_code') ?? '').trim().toUpperCase();
  const approved = approve(userCode, world);
  return approved
    ? page('<p>Approved. You can close this page.</p>')
    : page('<p>No login waits under this code.</p>', 404);
}

function approve(userCode: string, { deviceLogins, accounts }: World): boolean {
  return deviceLogins.decide(userCode, { account: accounts.account(DEFAULT_ACCOUNT_ID) });
}

function page(content: string, status = 200): Reply {
  return htmlReply(status, `<!DOCTYPE html><title>Simulated device login</title>${content}`);
}

async function bodyOf({ req, record }: Call): Promise<JsonObject> {
  const reading = await readBody(req);
  const body = asObject(reading.kind === 'text' ? parseJson(reading.text) : undefined);
  record.body = body;
  return body;
}
