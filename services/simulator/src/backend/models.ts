import { fingerprintOf } from '../digest.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import { pick } from '../model/directives.ts';
import type { Call, World } from '../world.ts';
import { authorize } from './authorize.ts';
import { isOlder, MODELS, scenarioModel } from './catalog.ts';
import { statusReply } from './faults.ts';
import { detail } from './refusal.ts';
import { SCENARIO_MODELS } from '../scenario/scenario-models.ts';

const ALL_ENTRIES = [...MODELS.values()].map(({ entry }) => entry);

/** The version of the catalog: of the whole list, so that it is the same on every answer. */
export const MODELS_ETAG = `W/"${fingerprintOf(JSON.stringify(ALL_ENTRIES)).slice(0, 32)}"`;

/** `GET /backend-api/codex/models?client_version=X.Y.Z`: the models that this client version may use. */
export async function handleModels(call: Call, world: World): Promise<Reply | undefined> {
  const authorization = authorize(call.req, world);
  if (authorization.kind === 'refused') return authorization.reply;
  await world.gates.pass('models', call.signal);
  const fault = pick(world.faults.takeForModels(), 'status');
  if (fault !== undefined) {
    return statusReply(fault, { plan: authorization.account.plan, nowSeconds: 0, quotaHeaders: {} });
  }
  const version = call.url.searchParams.get('client_version');
  if (version === null || !/^\d+(\.\d+)*/.test(version)) return detail('client_version is required');
  const allowed = [...MODELS.values()].filter(
    ({ minimalClientVersion }) => !isOlder(version, minimalClientVersion),
  );
  const scenarios = world.listScenarioModels ? [...SCENARIO_MODELS.keys()].map(scenarioModel) : [];
  const models = [...allowed, ...scenarios].map(({ entry }) => entry);
  // the list depends on the client's version, so its tag does too
  const etag = models.length === ALL_ENTRIES.length ? MODELS_ETAG : `${MODELS_ETAG.slice(0, -1)}-${version}"`;
  const headers = { etag, 'x-models-etag': MODELS_ETAG };
  if (call.req.headers['if-none-match'] === etag) return { status: 304, headers };
  return jsonReply(200, { models }, headers);
}
