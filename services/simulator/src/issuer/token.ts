import { readBody } from '../http/body.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { asObject, asText, isJsonObject, type JsonObject, parseJson } from '../json.ts';
import type { Call, World } from '../world.ts';
import { invalidGrant, oauthError } from './errors.ts';
import { readJwt } from './jwt.ts';
import { tokensReply, withoutSecrets } from './messages.ts';
import { refresh } from './refresh.ts';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** `POST /oauth/token`: form bodies for a login, JSON for a refresh. */
export async function handleToken(call: Call, world: World): Promise<Reply | undefined> {
  const reading = await readBody(call.req);
  if (reading.kind !== 'text') return oauthError(400, 'invalid_request', 'The body cannot be read.');
  const type = call.req.headers['content-type'] ?? '';
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  const fields = isForm ? Object.fromEntries(new URLSearchParams(reading.text)) : parseJson(reading.text);
  call.record.body = withoutSecrets(asObject(fields));
  call.record.bodyBytes = reading.wire.length;
  world.journal.changed();
  if (!isJsonObject(fields))
    return oauthError(400, 'invalid_request', 'The body is neither a form nor JSON.');
  const grantType = asText(fields['grant_type']);
  const expectsForm = grantType !== 'refresh_token';
  if (expectsForm !== isForm) {
    const wanted = expectsForm ? 'a form' : 'JSON';
    return oauthError(400, 'invalid_request', `The grant type '${grantType}' takes ${wanted}.`);
  }
  if (fields['client_id'] !== world.clientId) return oauthError(401, 'invalid_client', 'Unknown client.');
  if (grantType === 'refresh_token') return refresh(asText(fields['refresh_token']), call, world);
  if (grantType === 'authorization_code') return exchangeCode(fields, world);
  if (grantType === TOKEN_EXCHANGE) return exchangeForApiKey(fields);
  return oauthError(400, 'unsupported_grant_type', `The grant type '${grantType}' is not supported.`);
}

function exchangeCode(fields: JsonObject, { codes, accounts }: World): Reply {
  const account = codes.redeem({
    code: asText(fields['code']),
    redirectUri: asText(fields['redirect_uri']),
    verifier: asText(fields['code_verifier']),
  });
  return account === undefined ? invalidGrant() : tokensReply(accounts.logIn(account));
}

/** Best effort of the browser login: an API key for an id token. */
function exchangeForApiKey(fields: JsonObject): Reply {
  const idToken = readJwt(asText(fields['subject_token']));
  return idToken.kind === 'valid' ? jsonReply(200, { access_token: 'sk-simulated-api-key' }) : invalidGrant();
}
