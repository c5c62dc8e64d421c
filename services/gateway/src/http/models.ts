import type { ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import { FaultError, invalidRequest } from '@codex-gateway/wire/fault.ts';
import express, { type Request, type Router } from 'express';
import { mayUseModel, type ApiKey } from '../keys/api-keys.ts';
import { isDescribed, listed, modelObject, type Catalog, type CatalogEntry } from '../models/catalog.ts';
import type { ModelsCache } from '../models/cache.ts';
import { withoutPreset } from '../models/resolve.ts';
import { acceptedKey } from './authenticate.ts';
import { only } from './only.ts';
import { dialectOf } from './errors.ts';
import type { Scopes } from './request-scope.ts';

export interface ModelsDeps {
  readonly cache: ModelsCache;
  readonly resolveModel: (requested: string) => ResolvedModel;
  /** Whether clients that show only models of a vendor's name find every model under such a name too. */
  readonly listsAliases: boolean;
  readonly scopes: Scopes;
}

const MAX_PAGE = 1000;

/** `GET /models` and `/models/{id}`: objects that both SDK families read, only those that the key may use. */
export function modelsRoutes({ cache, scopes, resolveModel, listsAliases }: ModelsDeps): Router {
  const router = express.Router();
  router.get('/models', async (req, res) => {
    const key = acceptedKey(scopes.of(res).record);
    const catalog = req.query['refresh'] === 'true' ? await cache.refresh() : await cache.load();
    const entries = listed(catalog).filter((entry) => mayUseModel(key, [entry.slug]));
    const prefix = dialectOf(req.path, (name) => req.get(name) !== undefined)?.modelPrefix;
    const aliases = listsAliases && prefix !== undefined ? entries.map(withPrefix(prefix)) : [];
    if (req.query['client_version'] !== undefined) res.json({ models: entries.filter(isDescribed) });
    else res.json(page([...entries, ...aliases], req));
  });
  // an id may hold a slash (`openai/gpt-5.5`)
  router.get('/models/*id', async (req, res) => {
    const key = acceptedKey(scopes.of(res).record);
    const id = [req.params['id']].flat().join('/');
    const catalog = await cache.load();
    res.json(find(catalog, resolveModel(id), key));
  });
  router.all(['/models', '/models/*id'], only('GET, HEAD'));
  return router;
}

function withPrefix(prefix: string): (entry: CatalogEntry) => CatalogEntry {
  return (entry) => ({
    ...entry,
    slug: `${prefix}${entry.slug}`,
    display_name: entry.display_name ?? entry.slug,
  });
}

function find(catalog: Catalog, { requested: id, slug }: ResolvedModel, key: ApiKey): object {
  const entry = catalog.entries.find((candidate) => candidate.slug === slug);
  if (!entry || !mayUseModel(key, [withoutPreset(id), slug])) {
    throw new FaultError({
      kind: 'model_not_found',
      message: `The model '${id}' does not exist.`,
      param: 'model',
    });
  }
  return { ...modelObject(entry), id };
}

/** Anthropic's paging; OpenAI clients ask without parameters and get everything. */
function page(entries: readonly CatalogEntry[], req: Request): object {
  const limit = limitOf(req.query['limit']);
  const after = entries.findIndex(({ slug }) => slug === req.query['after_id']);
  const shown = entries.slice(after + 1, after + 1 + limit);
  return {
    object: 'list',
    data: shown.map(modelObject),
    has_more: after + 1 + limit < entries.length,
    first_id: shown[0]?.slug ?? null,
    last_id: shown.at(-1)?.slug ?? null,
  };
}

function limitOf(text: unknown): number {
  if (text === undefined) return MAX_PAGE;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw invalidRequest(`Invalid value for 'limit': must be a whole number from 1 to ${MAX_PAGE}.`, 'limit');
  }
  return limit;
}
