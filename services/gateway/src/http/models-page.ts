import { invalidRequest } from '@codex-gateway/wire/fault.ts';
import { modelObject, type CatalogEntry, type ModelObject } from '../models/catalog.ts';

type Query = Readonly<Record<string, unknown>>;

/** The envelope of both APIs: OpenAI reads `object` and `data`, Anthropic `data` and what pages need. */
export interface ModelsPage {
  readonly object: 'list';
  readonly data: readonly ModelObject[];
  /** Whether there are more in the direction of the paging. */
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

const MAX_PAGE = 1000;

/**
 * Anthropic's paging (its SDK's `ModelListParams`); OpenAI clients ask without parameters and get everything.
 *
 * @throws FaultError 400 naming the parameter
 */
export function modelsPage(entries: readonly CatalogEntry[], query: Query): ModelsPage {
  const stages = textsOf(query, 'lifecycle');
  const models = entries.map(modelObject);
  const asked = stages.length > 0 ? models.filter(({ lifecycle }) => stages.includes(lifecycle)) : models;
  const limit = limitOf(query['limit']);
  const end = placeOf(asked, query, 'before_id') ?? asked.length;
  const start = (placeOf(asked, query, 'after_id') ?? -1) + 1;
  const between = asked.slice(start, end);
  const data = query['before_id'] === undefined ? between.slice(0, limit) : between.slice(-limit);
  return {
    object: 'list',
    data,
    has_more: data.length < between.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}

/** All values of a parameter that may come several times, by its own name or with brackets. */
function textsOf(query: Query, name: string): readonly unknown[] {
  return [query[name], query[`${name}[]`]].flat().filter((value) => value !== undefined);
}

/** Where the model stands that a page is to begin or end at; null when the parameter is not there. */
function placeOf(models: readonly ModelObject[], query: Query, name: string): number | null {
  const id = query[name];
  if (id === undefined) return null;
  const place = models.findIndex((model) => model.id === id);
  if (place === -1) throw invalidRequest(`Invalid value for '${name}': no such model is listed.`, name);
  return place;
}

function limitOf(text: unknown): number {
  if (text === undefined) return MAX_PAGE;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw invalidRequest(`Invalid value for 'limit': must be a whole number from 1 to ${MAX_PAGE}.`, 'limit');
  }
  return limit;
}
