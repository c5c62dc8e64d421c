import { jsonReply } from '../http/reply.ts';
import { type ApiModel, apiModel, API_MODELS, SCENARIO_API_MODELS } from './catalog.ts';
import type { ApiHandler } from './endpoint.ts';
import { insteadOfAnswer, modelNotFound } from './statuses.ts';

/** `GET /models`. */
export const listModels: ApiHandler = async (_request, call, world) => {
  const instead = await insteadOfAnswer(world.faults.takeForModels(), call);
  if (instead !== undefined) return instead.reply;
  const scenarios = world.listScenarioModels ? SCENARIO_API_MODELS : [];
  const data = [...API_MODELS, ...scenarios].map(toEntry);
  return jsonReply(200, { object: 'list', data });
};

/** `GET /models/{id}`. */
export const showModel: ApiHandler = (_request, { url }) => {
  const id = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  const model = apiModel(id);
  return Promise.resolve(model === undefined ? modelNotFound(id) : jsonReply(200, toEntry(model)));
};

function toEntry({ id, created, ownedBy }: ApiModel): object {
  return { id, object: 'model', created, owned_by: ownedBy };
}
