import { readBody } from '../http/body.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { asObject, asText, parseJson } from '../json.ts';
import type { Call, World } from '../world.ts';
import { oauthError } from './errors.ts';
import { withoutSecrets } from './messages.ts';

/** `POST /oauth/revoke`: ends the login of a refresh token, or one access token. Unknown tokens are fine (RFC 7009). */
export async function handleRevoke({ req, record }: Call, world: World): Promise<Reply> {
  const reading = await readBody(req);
  const fields = asObject(reading.kind === 'text' ? parseJson(reading.text) : undefined);
  record.body = withoutSecrets(fields);
  world.journal.changed();
  const token = asText(fields['token']);
  if (token === '') return oauthError(400, 'invalid_request', 'A token is required.');
  if (!world.accounts.revokeGrantOf(token)) world.accessTokens.revoke(token);
  return jsonReply(200, {});
}
