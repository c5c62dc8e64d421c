import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, systemClock } from '@codex-gateway/service-kit/clock.ts';
import { listen } from '@codex-gateway/service-kit/lifecycle.ts';
import { createAccounts } from './accounts.ts';
import { createPromptCache } from './backend/prompt-cache.ts';
import { DEFAULT_QUOTA, type Quota } from './backend/quota.ts';
import { createControl, type SimulatorControl } from './control/control.ts';
import { createFaultQueue } from './control/faults.ts';
import { createGates } from './control/gates.ts';
import { createControlEndpoint } from './control/http.ts';
import { createJournal } from './control/journal.ts';
import { createStreams } from './control/streams.ts';
import { createDispatcher } from './dispatch.ts';
import { createIds } from './ids.ts';
import { createAccessTokens } from './issuer/access-tokens.ts';
import { createCodes } from './issuer/codes.ts';
import { createDeviceLogins } from './issuer/device-logins.ts';
import { createSeals } from './model-layer/seals.ts';
import { createStoredResponses } from './openai/responses/stored-responses.ts';
import { OPENAI_PATH } from './openai/routes.ts';
import type { Settings, World } from './world.ts';

export interface SimulatorOptions {
  /** 127.0.0.1 when absent. */
  readonly host?: string;
  /** 0, any free port, when absent. */
  readonly port?: number;
  readonly clock?: Clock;
  /** What ids and tokens are derived from; the same seed and the same calls give the same ids. */
  readonly seed?: string;
  readonly accessTokenSeconds?: number;
  /** The one API key that the OpenAI API accepts; `sk-simulated` when absent. */
  readonly openaiApiKey?: string;
  readonly instructions?: Settings['instructions'];
  readonly deviceAutoApprove?: boolean;
  /** Shows the `sim-…` models in `/models`, hidden; they can be asked for in any case. */
  readonly listScenarioModels?: boolean;
  /** How many requests the journal holds. */
  readonly journalLimit?: number;
  /** Called with an error nobody expected; the request got a 500. */
  readonly onError?: (error: unknown) => void;
}

export interface Simulator {
  readonly port: number;
  /** `http://127.0.0.1:<port>`: the OAuth issuer. */
  readonly issuerUrl: string;
  /** The issuer's origin with `/backend-api/codex`: what a gateway appends `/responses` to. */
  readonly backendUrl: string;
  /** The issuer's origin with `/openai/v1`: what a gateway takes as `OPENAI_BASE_URL`. */
  readonly openaiUrl: string;
  readonly control: SimulatorControl;
  /** Cuts what still streams and resolves when nothing is left. */
  readonly close: () => Promise<void>;
}

/** The client id of the Codex CLI (openai/codex login/src/auth/manager.rs). */
const CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';
export const DEFAULT_OPENAI_API_KEY = 'sk-simulated';
const DEFAULT_LIFETIME_SECONDS = 864_000;
const DEFAULT_JOURNAL_LIMIT = 2000;

/** Starts a Codex backend, its OAuth issuer and the OpenAI API on one port. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0 } = options;
  let origin = '';
  const { world, control } = createWorld(options, () => origin);
  const dispatch = createDispatcher(world, createControlEndpoint(control), options.onError);
  const handler = (req: IncomingMessage, res: ServerResponse): void => void dispatch(req, res);
  const listening = await listen(handler, { host, port, setting: 'PORT' });
  origin = `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}`;
  return {
    port: listening.port,
    issuerUrl: origin,
    backendUrl: `${origin}/backend-api/codex`,
    openaiUrl: `${origin}${OPENAI_PATH}`,
    control,
    close: () =>
      new Promise((resolve) => {
        listening.server.close(() => resolve());
        listening.server.closeAllConnections();
      }),
  };
}

function createWorld(
  options: SimulatorOptions,
  origin: () => string,
): { readonly world: World; readonly control: SimulatorControl } {
  const clock = options.clock ?? systemClock;
  const ids = createIds(options.seed ?? 'simulator');
  const journal = createJournal(clock.now, options.journalLimit ?? DEFAULT_JOURNAL_LIMIT);
  const accessTokens = createAccessTokens({ now: clock.now, ids, clientId: CLIENT_ID, issuer: origin });
  const accessTokenSeconds = options.accessTokenSeconds ?? DEFAULT_LIFETIME_SECONDS;
  const accounts = createAccounts({ ids, accessTokens, accessTokenSeconds });
  const quotas = new Map<string, Quota>();
  const promptCache = createPromptCache();
  const stored = createStoredResponses();
  const firstSettings: Settings = {
    instructions: options.instructions ?? 'strict',
    step: false,
    revokeOnReuse: false,
    devicePendingStatus: 403,
    deviceAutoApprove: options.deviceAutoApprove ?? false,
    denyLogins: false,
  };
  let settings = firstSettings;
  const world: World = {
    clock,
    clientId: CLIENT_ID,
    origin,
    ids,
    accounts,
    accessTokens,
    codes: createCodes(ids),
    deviceLogins: createDeviceLogins(ids),
    seals: createSeals(),
    promptCache,
    openai: { apiKey: options.openaiApiKey ?? DEFAULT_OPENAI_API_KEY, stored },
    quotaOf: ({ id }) => quotas.get(id) ?? DEFAULT_QUOTA,
    settings: () => settings,
    journal,
    gates: createGates(journal.changed),
    faults: createFaultQueue(),
    streams: createStreams(journal.changed),
    listScenarioModels: options.listScenarioModels ?? false,
  };
  const control = createControl({
    world,
    setQuota: (accountId, quota) =>
      void quotas.set(accountId, { ...(quotas.get(accountId) ?? DEFAULT_QUOTA), ...quota }),
    changeSettings: (changes) => {
      settings = { ...settings, ...changes };
    },
    resetSwitches: () => {
      settings = firstSettings;
      quotas.clear();
      promptCache.clear();
      stored.clear();
      accounts.setAccessTokenSeconds(accessTokenSeconds);
    },
  });
  return { world, control };
}
