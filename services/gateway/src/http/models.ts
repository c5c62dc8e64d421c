import type { ResolvedModel } from '@codex-gateway/wire/dialects/dialect.ts';
import { FaultError } from '@codex-gateway/wire/fault.ts';
import express, { type Router } from 'express';
import { mayUseModel, type ApiKey } from '../keys/api-keys.ts';
import { isDescribed, listed, modelObject, type Catalog, type CatalogEntry } from '../models/catalog.ts';
import type { ModelsCache } from '../models/cache.ts';
import { withoutPreset } from '../models/resolve.ts';
import { acceptedKey } from './authenticate.ts';
import { modelsPage } from './models-page.ts';
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
    else res.json(modelsPage([...entries, ...aliases], req.query));
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
