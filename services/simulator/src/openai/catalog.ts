import { MODELS, scenarioModel } from '../backend/catalog.ts';
import { SCENARIO_MODELS } from '../scenario/scenario-models.ts';

/** A model of the API. */
export interface ApiModel {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly ownedBy: string;
  /** What an answer calls itself: an alias answers as its dated snapshot. */
  readonly answersAs: string;
  /** Undefined for a model that does not reason. */
  readonly defaultEffort: string | undefined;
  /** The efforts it takes. */
  readonly efforts: readonly string[];
  /** Whether it takes `/responses` and `/chat/completions`. */
  readonly converses: boolean;
}

const CREATED = 1_776_000_000;
const SNAPSHOTS: Readonly<Record<string, string>> = {
  'gpt-5.5': 'gpt-5.5-2026-04-23',
  'gpt-5.4-mini': 'gpt-5.4-mini-2026-03-17',
  'gpt-4.1': 'gpt-4.1-2025-04-14',
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
};

/** Models that only the API has: without reasoning, and without conversation. */
const PLAIN = ['gpt-4.1', 'gpt-4o-mini'];
const MUTE = ['text-embedding-3-small', 'whisper-1'];

function known(id: string, created: number): ApiModel {
  return {
    id,
    created,
    ownedBy: 'system',
    answersAs: SNAPSHOTS[id] ?? id,
    defaultEffort: PLAIN.includes(id) ? undefined : 'medium',
    efforts: (MODELS.get(id) ?? scenarioModel(id)).wireEfforts,
    converses: !MUTE.includes(id),
  };
}

function catalog(): readonly ApiModel[] {
  const listed = [...MODELS.values()].filter(({ entry }) => entry['visibility'] === 'list');
  const ids = [...listed.map(({ slug }) => slug), ...PLAIN, ...MUTE];
  const models = ids.map((id, index) => known(id, CREATED - index * 86_400));
  const snapshots = models.filter(({ id, answersAs }) => id !== answersAs);
  return [...models, ...snapshots.map((model) => ({ ...model, id: model.answersAs }))];
}

/** What `GET /models` lists. */
export const API_MODELS: readonly ApiModel[] = catalog();

/** The models that choose a scenario. */
export const SCENARIO_API_MODELS: readonly ApiModel[] = [...SCENARIO_MODELS.keys()].map((id) =>
  known(id, CREATED),
);

const BY_ID: ReadonlyMap<string, ApiModel> = new Map(
  [...API_MODELS, ...SCENARIO_API_MODELS].map((model) => [model.id, model]),
);

/** A model by its id; those that choose a scenario are there too, under their own name. */
export function apiModel(id: string): ApiModel | undefined {
  return BY_ID.get(id);
}
