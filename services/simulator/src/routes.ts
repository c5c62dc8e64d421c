import { handleModels } from './backend/models.ts';
import { handleResponses } from './backend/responses.ts';
import { handleAccountsCheck, handleUsage } from './backend/wham.ts';
import { jsonReply, type Reply } from './http/reply.ts';
import { handleAuthorize } from './issuer/authorize.ts';
import {
  handleDeviceApproval,
  handleDevicePage,
  handleDeviceToken,
  handleUserCode,
} from './issuer/device.ts';
import { handleRevoke } from './issuer/revoke.ts';
import { handleToken } from './issuer/token.ts';
import { OPENAI_ELSEWHERE, OPENAI_PATH, OPENAI_ROUTES } from './openai/routes.ts';
import type { Route } from './world.ts';

/** Method and path of everything that the backend, the issuer and the API answer; `*` is any one segment. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['POST /backend-api/codex/responses', { endpoint: 'responses', handle: handleResponses }],
  ['GET /backend-api/codex/models', { endpoint: 'models', handle: handleModels }],
  ['GET /backend-api/wham/usage', { endpoint: 'wham', handle: handleUsage }],
  ['GET /backend-api/wham/accounts/check', { endpoint: 'wham', handle: handleAccountsCheck }],
  ['GET /oauth/authorize', { endpoint: 'authorize', handle: handleAuthorize }],
  ['POST /oauth/token', { endpoint: 'token', handle: handleToken }],
  ['POST /oauth/revoke', { endpoint: 'revoke', handle: handleRevoke }],
  ['POST /api/accounts/deviceauth/usercode', { endpoint: 'device', handle: handleUserCode }],
  ['POST /api/accounts/deviceauth/token', { endpoint: 'device', handle: handleDeviceToken }],
  ['GET /codex/device', { endpoint: 'device', handle: handleDevicePage }],
  ['POST /codex/device', { endpoint: 'device', handle: handleDeviceApproval }],
  ...OPENAI_ROUTES,
]);

const METHOD_NOT_ALLOWED = jsonReply(405, { detail: 'Method Not Allowed' });
const NOT_FOUND = jsonReply(404, { detail: 'Not Found' });

/** Who answers this method and path. */
export function routeOf(method: string, path: string): Route {
  const wildcard = path.replace(/[^/]+$/, '*');
  const known = ROUTES.get(`${method} ${path}`) ?? ROUTES.get(`${method} ${wildcard}`);
  if (known !== undefined) return known;
  if (path.startsWith(`${OPENAI_PATH}/`)) return OPENAI_ELSEWHERE;
  const hasOtherMethod = [...ROUTES.keys()].some((route) => route.endsWith(` ${path}`));
  return always('other', hasOtherMethod ? METHOD_NOT_ALLOWED : NOT_FOUND);
}

/** A route that gives every request the same reply. */
export function always(endpoint: Route['endpoint'], reply: Reply): Route {
  return { endpoint, handle: () => Promise.resolve(reply) };
}
