import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@codex-gateway/service-kit/clock.ts';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';
import type { PromptCache } from './backend/prompt-cache.ts';
import type { Quota } from './backend/quota.ts';
import type { Seals } from './model-layer/seals.ts';
import type { FaultQueue } from './control/faults.ts';
import type { Gates } from './control/gates.ts';
import type { Endpoint, Journal, OpenRecord } from './control/journal.ts';
import type { Streams } from './control/streams.ts';
import type { Reply } from './http/reply.ts';
import type { Ids } from './ids.ts';
import type { AccessTokens } from './issuer/access-tokens.ts';
import type { Codes } from './issuer/codes.ts';
import type { DeviceLogins } from './issuer/device-logins.ts';
import type { StoredResponses } from './openai/responses/stored-responses.ts';

/** Switches that a test may turn at any time. */
export interface Settings {
  /** Whether a request without `instructions` is refused always, or accepted when a developer message comes first. */
  readonly instructions: 'strict' | 'lax';
  /** Every stream sends an event only when it is advanced. */
  readonly step: boolean;
  /** The second use of a refresh token ends its whole login. */
  readonly revokeOnReuse: boolean;
  /** The status of a device login that nobody has approved yet. */
  readonly devicePendingStatus: 403 | 404;
  /** Device logins approve themselves at the first poll, for demonstrations. */
  readonly deviceAutoApprove: boolean;
  /** The browser login comes back with `access_denied`, as for a workspace without Codex. */
  readonly denyLogins: boolean;
}

/** What only the OpenAI API has. */
export interface OpenaiWorld {
  /** The one key that it accepts. */
  readonly apiKey: string;
  readonly stored: StoredResponses;
}

/** Everything the simulator knows; each part has one owner. */
export interface World {
  readonly clock: Clock;
  readonly clientId: string;
  readonly origin: () => string;
  readonly ids: Ids;
  readonly accounts: Accounts;
  readonly accessTokens: AccessTokens;
  readonly codes: Codes;
  readonly deviceLogins: DeviceLogins;
  readonly seals: Seals;
  readonly promptCache: PromptCache;
  readonly openai: OpenaiWorld;
  readonly quotaOf: (account: Account) => Quota;
  readonly settings: () => Settings;
  readonly journal: Journal;
  readonly gates: Gates;
  readonly faults: FaultQueue;
  readonly streams: Streams;
  readonly listScenarioModels: boolean;
}

/** One request while it is answered. */
export interface Call {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly url: URL;
  readonly record: OpenRecord;
  /** Fires when the client has left or the answer is out. */
  readonly signal: AbortSignal;
}

/** Answers with a reply, or has written the answer itself when it gives none. */
export type Handler = (call: Call, world: World) => Promise<Reply | undefined>;

export interface Route {
  readonly endpoint: Endpoint;
  readonly handle: Handler;
}
