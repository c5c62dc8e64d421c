import { handleModels } from './backend/models.ts';
import { handleResponses } from './backend/responses.ts';
import { handleAccountsCheck, handleUsage } from './backend/wham.ts';
import type { Endpoint } from './control/journal.ts';
import { handleAuthorize } from './issuer/authorize.ts';
import {
  handleDeviceApproval,
  handleDevicePage,
  handleDeviceToken,
  handleUserCode,
} from './issuer/device.ts';
import { handleRevoke } from './issuer/revoke.ts';
import { handleToken } from './issuer/token.ts';
import type { Handler } from './world.ts';

export interface Route {
  readonly endpoint: Endpoint;
  readonly handle: Handler;
}

/** Method and path of everything that the backend and the issuer answer. */
export const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
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
]);
