import { z } from 'zod';
import type { OperatorChoices } from '../operator-choices.ts';
import { capabilitiesOf, type ModelCapabilities } from './capabilities.ts';

/** What is read of a backend catalog entry; the entry itself is kept for the Codex CLI, which wants all of it. */
const entrySchema = z.object({
  slug: z.string(),
  display_name: z.string().nullish(),
  visibility: z.string().nullish(),
  priority: z.number().nullish(),
  supported_reasoning_levels: z.array(z.looseObject({ effort: z.string() })).nullish(),
  context_window: z.number().nullish(),
  input_modalities: z.array(z.string()).nullish(),
  web_search_tool_type: z.string().nullish(),
});

export const backendCatalogSchema = z.object({ models: z.array(z.looseObject(entrySchema.shape)) });
export type CatalogEntry = z.infer<typeof backendCatalogSchema>['models'][number] & {
  /** The upstream's own object for a listing, where it has one. */
  readonly listing?: Readonly<Record<string, unknown>>;
};

/** The model list of the OpenAI API, whose objects are passed on with all their members. */
export const modelListSchema = z.object({
  data: z.array(z.looseObject({ id: z.string() })),
});

/** The models there are, best first. */
export interface Catalog {
  readonly entries: readonly CatalogEntry[];
  /** False for the built-in list: it cannot tell that a model does not exist. */
  readonly complete: boolean;
}

/** Served while the backend was never reached; names only. */
export const builtInCatalog: Catalog = {
  complete: false,
  entries: [
    'gpt-6.1-sol',
    'gpt-6-astra',
    'gpt-6-sol',
    'gpt-6-luna',
    'gpt-5.6-sol',
    'gpt-5.6-terra',
    'gpt-5.6-luna',
    'gpt-5.5',
  ].map((slug) => ({
    slug,
  })),
};

export function toCatalog({ models }: z.infer<typeof backendCatalogSchema>): Catalog {
  const last = Number.MAX_SAFE_INTEGER;
  return {
    complete: models.length > 0, // the backend gives an empty list to a client version that it finds too old
    entries: models.toSorted((left, right) => (left.priority ?? last) - (right.priority ?? last)),
  };
}

export function listedCatalog({ data }: z.infer<typeof modelListSchema>): Catalog {
  return { complete: data.length > 0, entries: data.map((listing) => ({ slug: listing.id, listing })) };
}

/** Models that are shown; hidden ones can still be used by name. */
export function listed({ entries }: Catalog): readonly CatalogEntry[] {
  return entries.filter(({ visibility }) => visibility !== 'hide' && visibility !== 'none');
}

/** Whether the backend has said what a model can do; the Codex CLI refuses a whole catalog for one bare name. */
export function isDescribed({ supported_reasoning_levels: levels }: CatalogEntry): boolean {
  return levels !== undefined;
}

/** The catalog with what the operator has chosen: models shown or hidden, and models that the backend does not list. */
export function withChoices(catalog: Catalog, { models, extraModels }: OperatorChoices): Catalog {
  const known = new Set(catalog.entries.map(({ slug }) => slug));
  const extra = [...new Set(extraModels)].filter((slug) => !known.has(slug)).map((slug) => ({ slug }));
  return {
    ...catalog,
    entries: [...catalog.entries, ...extra].map((entry) => {
      const shown = Object.hasOwn(models, entry.slug) ? models[entry.slug]?.listed : undefined;
      return shown === undefined ? entry : { ...entry, visibility: shown ? 'list' : 'hide' };
    }),
  };
}

/** The slug when the catalog lists it, else `other`: what clients make up is no metric label. */
export function modelLabel({ entries }: Catalog, slug: string): string {
  return entries.some((entry) => entry.slug === slug) ? slug : 'other';
}

/** One object that both SDK families read. */
export interface ModelObject {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  readonly type: 'model';
  readonly display_name: string;
  readonly created_at: string;
  readonly lifecycle: 'active';
  readonly line: null;
  readonly max_input_tokens: number | null;
  readonly max_tokens: number | null;
  readonly capabilities: ModelCapabilities;
  readonly deprecated_at: null;
  readonly retires_at: null;
}

/** The backend's catalog has no dates; both dialects require one. */
const UNKNOWN_CREATION = 0;

/** What the upstream says of a model itself is kept. */
export function modelObject(entry: CatalogEntry): ModelObject {
  const { slug, display_name: name, context_window: window, listing = {} } = entry;
  const created = typeof listing['created'] === 'number' ? listing['created'] : UNKNOWN_CREATION;
  return {
    object: 'model',
    created,
    owned_by: 'openai',
    type: 'model',
    display_name: name ?? slug,
    created_at: timeOf(created),
    lifecycle: 'active',
    line: null,
    max_input_tokens: window ?? null,
    max_tokens: null,
    capabilities: capabilitiesOf(entry),
    deprecated_at: null,
    retires_at: null,
    ...listing,
    id: slug,
  };
}

function timeOf(seconds: number): string {
  const time = new Date(seconds * 1000);
  return (Number.isNaN(time.getTime()) ? new Date(UNKNOWN_CREATION) : time).toISOString();
}
